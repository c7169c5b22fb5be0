// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/rejoin.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace syncer::gossip {

void Seeds::assign(Instant now, const std::vector<Endpoint>& seeds, const Endpoint& self) {
  std::vector<Seed> next;
  for (const Endpoint& address : seeds) {
    const bool twice = std::any_of(next.begin(), next.end(), [&](const Seed& s) { return s.address == address; });
    if (address == self || twice) continue;
    const Seed* known = find(address);
    next.push_back(known != nullptr ? *known : Seed{address, now, min_});
  }
  seeds_ = std::move(next);
}

Seeds::Seed* Seeds::find(const Endpoint& address) {
  const auto it = std::find_if(seeds_.begin(), seeds_.end(), [&](const Seed& s) { return s.address == address; });
  return it == seeds_.end() ? nullptr : &*it;
}

void Seeds::wake(Instant now) {
  for (Seed& s : seeds_) {
    s.wait = min_;
    s.next = std::min(s.next, now);
  }
}

void Seeds::wait_longer(Instant now, Seed& s) {
  // Half fixed, half random: many nodes that lost the same seed do not come back together.
  s.next = now + s.wait / 2 + random_.between(Duration::zero(), s.wait / 2);
  s.wait = std::min(2 * s.wait, max_);
  s.asked = false;
}

void Seeds::answered(Instant now, const Endpoint& seed) {
  Seed* s = find(seed);
  if (s == nullptr) return;
  s->answered = true;
  s->problem.clear();
  wait_longer(now, *s);  // still alone after an answer: it was ourselves behind another address
}

void Seeds::failed(Instant now, const Endpoint& seed, std::string_view reason) {
  Seed* s = find(seed);
  if (s == nullptr) return;
  s->problem = reason;
  wait_longer(now, *s);
}

std::vector<JoinStatus> Seeds::status() const {
  std::vector<JoinStatus> all;
  for (const Seed& s : seeds_) {
    JoinStatus status{to_string(s.address), s.answered && ever_joined_, "", !ever_joined_};
    if (!status.joined) status.problem = s.problem.empty() ? "not joined yet" : "not joined: " + s.problem;
    if (s.answered && !ever_joined_) status.problem = "it answered, but it is alone or this very syncer";
    all.push_back(std::move(status));
  }
  return all;
}

Instant Seeds::next_deadline() const {
  Instant next = kNever;
  for (const Seed& s : seeds_) {
    if (wanted(s)) next = std::min(next, s.next);
  }
  return next;
}

void Seeds::hash(StateHasher& h) const {
  for (const Seed& s : seeds_) {
    h.add(ByteView(to_string(s.address)));
    h.add(static_cast<std::uint64_t>(nanos(s.next)));
    h.add((s.answered ? 1U : 0U) + (s.asked ? 2U : 0U));
  }
}

void FailedMembers::add(Instant now, MemberInfo member) {
  if (members_.empty()) tick_ = now + interval_ / 2 + random_.between(Duration::zero(), interval_ / 2);
  const std::string name = member.name;
  members_.insert_or_assign(name, Failed{std::move(member), now});
  if (members_.size() <= kMost) return;
  const auto earlier = [](const auto& a, const auto& b) { return a.second.since < b.second.since; };
  members_.erase(std::min_element(members_.begin(), members_.end(), earlier));
}

bool FailedMembers::is_awaited(std::string_view name) const {
  const auto found = members_.find(name);
  return found != members_.end() && found->second.member.state != membership::State::Left;
}

void FailedMembers::set_left(std::string_view name) {
  const auto found = members_.find(name);
  if (found != members_.end()) found->second.member.state = membership::State::Left;
}

std::optional<Endpoint> FailedMembers::take_due(Instant now) {
  if (members_.empty() || now < tick_) return std::nullopt;
  tick_ = now + interval_;
  for (auto it = members_.begin(); it != members_.end();) {
    it = now - it->second.since > timeout_ ? members_.erase(it) : std::next(it);
  }
  if (members_.empty()) return std::nullopt;
  const auto chosen = static_cast<std::ptrdiff_t>(random_.below(members_.size()));
  return std::next(members_.begin(), chosen)->second.member.address;
}

}  // namespace syncer::gossip
