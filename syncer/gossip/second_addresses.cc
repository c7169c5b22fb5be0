// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/second_addresses.h"

#include <algorithm>
#include <vector>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

std::optional<Endpoint> second_of(const Endpoint& first, std::string_view text, std::uint16_t port) {
  const bool is_v6 = text.find(':') != std::string_view::npos;
  const std::string host = is_v6 ? "[" + std::string(text) + "]" : std::string(text);
  const auto second = parse_endpoint(host + ":" + std::to_string(port));
  if (!second || second->is_unspecified() || second->is_v4() == first.is_v4()) return std::nullopt;
  return *second;
}

bool speaks(const Endpoint& own, const std::optional<Endpoint>& own_second, const Endpoint& other) {
  return own_second.has_value() || own.is_v4() == other.is_v4();
}

void SecondAddresses::note(const membership::Change& change) {
  using Kind = membership::Change::Kind;
  if (change.kind == Kind::Conflict || change.name == config_.node) return;
  forget(change.name);
  if (change.kind == Kind::Left || config_.pool.keys.empty() || SYNCER_MUTATED("gossip.know_one_address_each")) return;
  if (speaks(config_.address, config_.second, change.address)) return;
  const auto tags = wire::gossip::decode_tags(change.meta).value_or(wire::gossip::Tags{});
  const auto tag = tags.find(std::string(kTag));
  if (tag == tags.end()) return;
  const auto second = second_of(change.address, tag->second, change.address.port);
  const auto taken = second ? first_.find(*second) : first_.end();
  if (!second || (taken != first_.end() && taken->second != change.address)) return;  // it is another one's already
  SYNCER_SOMETIMES(true, "gossip.member_is_reached_at_its_second_address");
  by_name_.insert_or_assign(change.name, Pair{change.address, *second});
  second_.insert_or_assign(change.address, *second);
  first_.insert_or_assign(*second, change.address);
}

void SecondAddresses::forget(const std::string& name) {
  const auto known = by_name_.find(name);
  if (known == by_name_.end()) return;
  const Pair pair = known->second;
  by_name_.erase(known);
  // Who came back under another name is where it was.
  const bool shared =
      std::any_of(by_name_.begin(), by_name_.end(), [&](const auto& one) { return one.second == pair; });
  if (shared && !SYNCER_MUTATED("gossip.forget_the_place_with_the_name")) return;
  second_.erase(pair.first);
  first_.erase(pair.second);
}

void SecondAddresses::keep_only(const std::function<bool(const std::string&)>& is_member) {
  std::vector<std::string> gone;
  for (const auto& [name, pair] : by_name_) {
    if (!is_member(name)) gone.push_back(name);
  }
  for (const std::string& name : gone) forget(name);
}

Endpoint SecondAddresses::reached(const Endpoint& member) const {
  const auto second = second_.find(member);
  return second == second_.end() ? member : second->second;
}

Endpoint SecondAddresses::known(const Endpoint& from) const {
  const auto first = first_.find(from);
  return first == first_.end() ? from : first->second;
}

}  // namespace syncer::gossip
