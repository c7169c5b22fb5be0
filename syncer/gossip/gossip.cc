// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/gossip.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

using membership::State;

namespace {

membership::Options filled_in(const GossipConfig& config) {
  membership::Options options = config.options;
  options.encode = [](const membership::Message& m, Bytes& out) { wire::gossip::encode(m, out); };
  options.packet_overhead = wire::gossip::packet_overhead(config.pool);
  return options;
}

MemberInfo info_of(const membership::Member& m) {
  return {m.name,
          m.address,
          m.state,
          m.incarnation,
          m.meta,
          wire::gossip::decode_tags(m.meta).value_or(wire::gossip::Tags{}),
          m.round_trips.latest()};
}

}  // namespace

Gossip::Gossip(GossipConfig config, Datagrams& datagrams, Streams& streams, Observer& observer, Random random,
               Instant now, LinkAllocator links)
    : config_(std::move(config)),
      datagrams_(datagrams),
      streams_(streams),
      observer_(observer),
      allocate_(std::move(links)),
      swim_(config_.node, filled_in(config_), random, now),
      seeds_(config_.seed_retry_min, config_.seed_retry_max, random.stream("seeds")),
      failed_(config_.reconnect_interval, config_.reconnect_timeout, random.stream("failed"), now),
      started_(now) {
  SYNCER_ASSERT(config_.pool.keys.empty() || config_.nonce != nullptr);
}

void Gossip::start(Instant now) {
  started_ = now;
  auto meta = wire::gossip::encode_tags(config_.tags);
  SYNCER_ASSERT(meta.has_value());  // whoever fills in the configuration checked the tags
  swim_.start(now, config_.address, std::move(*meta), out_);
  flush(now);
}

void Gossip::set_seeds(Instant now, std::vector<Endpoint> seeds) {
  seeds_.assign(now, seeds, config_.address);
  ask_seeds(now);
  flush(now);
}

Result<void> Gossip::set_tags(Instant now, std::map<std::string, std::string> tags) {
  auto meta = wire::gossip::encode_tags(tags);
  if (!meta) return tl::unexpected(meta.error());
  config_.tags = std::move(tags);
  swim_.update_meta(now, std::move(*meta), out_);
  flush(now);
  return {};
}

Result<void> Gossip::set_keys(crypto::Keyring keys) {
  // The room that encryption takes from each packet was set aside at the start.
  if (keys.empty() != config_.pool.keys.empty()) {
    return failure(ErrorCode::Refused, "", keys.empty() ? "the pool must keep a key" : "the pool runs without keys");
  }
  config_.pool.keys = std::move(keys);
  return {};
}

void Gossip::leave(Instant now) {
  if (leaving_) return;
  leaving_ = true;
  leave_deadline_ = now + config_.leave_timeout;
  say_intent(now, true);
  if (!SYNCER_MUTATED("gossip.leave_in_silence")) swim_.leave(now, out_);
  left_ = swim_.leave_announced();
  flush(now);
}

bool Gossip::alone() const {
  bool found = false;
  swim_.members().for_each(
      [&](const membership::Member& m) { found = found || (m.name != config_.node && !membership::is_gone(m.state)); });
  return !found;
}

void Gossip::ask_seeds(Instant now) {
  if (leaving_ || seeds_.empty()) return;
  const auto is_member = [&](const Endpoint& address) {
    const membership::Member* member = swim_.members().find(address);
    return member != nullptr && member->state == State::Alive;
  };
  for (const Endpoint& seed : seeds_.take_due(now, alone(), is_member)) {
    open_link(LinkPurpose::Join, seed, 0, now + config_.options.stream_timeout);
  }
}

void Gossip::advance(Instant now) {
  if (now >= swim_.next_deadline()) swim_.advance(now, out_);
  while (const auto id = links_.expired(now)) {
    streams_.close(*id);
    link_failed(now, *links_.take(*id), "timeout");
  }
  ask_seeds(now);
  stay_when_due(now);
  if (const auto address = failed_.take_due(now); address && !leaving_) {
    open_link(LinkPurpose::Reconnect, *address, 0, now + config_.options.stream_timeout);
  }
  const bool told = swim_.leave_announced() && !SYNCER_MUTATED("gossip.wait_in_vain_to_leave");
  left_ = left_ || (leaving_ && (told || now >= leave_deadline_));
  flush(now);
}

Instant Gossip::next_deadline() const {
  Instant next = std::min({swim_.next_deadline(), links_.next_deadline(), failed_.next_deadline(), stay_due_});
  if (!leaving_) next = std::min(next, seeds_.next_deadline());
  if (leaving_ && !left_) next = std::min(next, leave_deadline_);
  return next;
}

std::vector<MembershipChange> Gossip::take_changes() { return std::exchange(changes_, {}); }

std::vector<MemberInfo> Gossip::claims() const {
  std::vector<MemberInfo> claims;
  for (const auto& [name, claim] : claims_) {
    const membership::Member* member = swim_.members().find(name);
    if (member != nullptr && member->address != claim.first.address) claims.push_back(claim.first);
  }
  return claims;
}

std::vector<MemberInfo> Gossip::members() const {
  std::map<std::string, MemberInfo> all;
  failed_.for_each([&](const MemberInfo& m) { all.emplace(m.name, m); });
  swim_.members().for_each([&](const membership::Member& m) { all.insert_or_assign(m.name, info_of(m)); });
  std::vector<MemberInfo> result;
  for (auto& [name, member] : all) result.push_back(std::move(member));
  return result;
}

void Gossip::hash(StateHasher& h) const {
  swim_.hash(h);
  seeds_.hash(h);
  h.add(links_.size());
  h.add(clock_);
  h.add((leaving_ ? 1U : 0U) + (left_ ? 2U : 0U));
}

}  // namespace syncer::gossip
