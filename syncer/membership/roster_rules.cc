// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/membership/formulas.h"
#include "syncer/membership/roster.h"

namespace syncer::membership {

namespace {

constexpr std::string_view kJump = "incarnation_jump";

void read_versions(ByteView from, Versions& to) {
  if (from.size() >= to.size()) std::copy_n(from.begin(), to.size(), to.begin());
}

bool same_versions(ByteView a, const Versions& b) {
  return a == ByteView(reinterpret_cast<const char*>(b.data()), b.size());
}

}  // namespace

std::string_view Roster::objection(const Alive& message) const {
  if (!valid_versions(message.versions)) return "vsn_invalid";
  if (message.meta.size() > kMaxMeta) return "meta_too_large";
  if (!options_.alive_filter) return {};
  if (message.versions.size() < kOwnVersions.size()) return "vsn_short";
  return options_.alive_filter(message) ? std::string_view() : "vetoed";
}

bool Roster::is_allowed(const Endpoint& address) const {
  const auto inside = [&](const Network& n) { return n.contains(address); };
  return options_.allowed.empty() || std::any_of(options_.allowed.begin(), options_.allowed.end(), inside);
}

bool Roster::may_take_name(const Member& known, Instant now) const {
  if (known.state == State::Left) return true;
  const bool reclaimable = options_.dead_reclaim > Duration::zero() && now - known.changed > options_.dead_reclaim;
  return known.state == State::Dead && reclaimable;
}

Member* Roster::newcomer(Instant now, const Alive& message) {
  if (table_.size() >= options_.max_members) return nullptr;
  Member member;
  member.name = std::string(message.node);
  member.address = message.address;
  member.meta = Bytes(message.meta);
  member.changed = now;
  read_versions(message.versions, member.versions);
  return &table_.add(std::move(member));
}

void Roster::alive(Instant now, const Alive& message, Outputs& out) {
  const bool about_me = message.node == self_;
  if (about_me && leaving_) return;
  if (const auto reason = objection(message); !reason.empty()) return out.refusals.push_back(reason);
  Member* known = table_.find(message.node);
  const bool moved = known != nullptr && known->address != message.address;
  if ((known == nullptr || moved) && !is_allowed(message.address)) return out.refusals.push_back("address_not_allowed");
  if (known == nullptr) {
    known = newcomer(now, message);
    if (known == nullptr) return out.refusals.push_back("too_many_members");
  } else if (moved && !may_take_name(*known, now)) {
    note(Change::Kind::Conflict, *known, out, message.address);
    return;
  } else if (jumps_too_far(known->incarnation, message.incarnation)) {
    return out.refusals.push_back(kJump);
  }
  if (about_me) {
    alive_about_me(*known, message);
    return;
  }
  const bool newer =
      message.incarnation > known->incarnation ||
      (SYNCER_MUTATED("membership.accept_equal_incarnation") && message.incarnation == known->incarnation) ||
      (SYNCER_MUTATED("membership.revive_the_gone") && is_gone(known->state));
  if (newer || moved) accept_alive(now, *known, message, out);
}

void Roster::alive_about_me(Member& me, const Alive& message) {
  if (message.incarnation < me.incarnation) return;
  const bool mine = message.meta == me.meta && same_versions(message.versions, me.versions);
  if (message.incarnation == me.incarnation && mine) return;
  refute(me, message.incarnation);
}

void Roster::accept_alive(Instant now, Member& member, const Alive& message, Outputs& out) {
  const State before = member.state;
  const bool updated = member.meta != message.meta;
  broadcast(message.node, message);
  clear_suspicion(member);
  read_versions(message.versions, member.versions);
  member.incarnation = message.incarnation;
  member.meta = Bytes(message.meta);
  table_.move(member, message.address);
  if (before != State::Alive) {
    member.state = State::Alive;
    member.changed = now;
  }
  if (is_gone(before)) {
    note(Change::Kind::Joined, member, out);
    return;
  }
  if (before == State::Suspect) note(Change::Kind::Refuted, member, out);
  if (updated) note(Change::Kind::Updated, member, out);
}

void Roster::suspect(Instant now, const Suspect& message, Outputs& out) {
  Member* known = table_.find(message.node);
  if (known == nullptr) return;
  if (message.incarnation < known->incarnation && !SYNCER_MUTATED("membership.hear_late_accusers")) return;
  if (jumps_too_far(known->incarnation, message.incarnation)) return out.refusals.push_back(kJump);
  if (known->suspicion) {
    if (known->suspicion->confirm(message.from, now)) broadcast(message.node, message);
    return;
  }
  if (known->state != State::Alive) return;
  if (known->name == self_) {
    refute(*known, message.incarnation);
    return;
  }
  start_suspicion(now, *known, message, out);
}

void Roster::start_suspicion(Instant now, Member& member, const Suspect& message, Outputs& out) {
  broadcast(message.node, message);
  member.incarnation = message.incarnation;
  member.state = State::Suspect;
  member.changed = now;
  SuspicionStart start =
      suspicion_start(options_.suspicion_mult, options_.suspicion_max_mult, table_.size(), options_.probe_interval);
  if (SYNCER_MUTATED("membership.hasty_suspicion")) start.min = start.initial = options_.probe_interval;
  if (!options_.lifeguard.suspicion) start = {0, start.min, start.min, start.min};
  member.suspicion.emplace(message.from, start, now);
  ++suspects_;
  note(Change::Kind::Suspected, member, out);
}

void Roster::dead(Instant now, const Dead& message, Outputs& out) {
  Member* known = table_.find(message.node);
  if (known == nullptr || message.incarnation < known->incarnation) return;
  if (jumps_too_far(known->incarnation, message.incarnation)) return out.refusals.push_back(kJump);
  if (is_gone(known->state)) return;
  if (known->name == self_ && !leaving_ && !SYNCER_MUTATED("membership.believe_own_death")) {
    refute(*known, message.incarnation);
    return;
  }
  clear_suspicion(*known);
  broadcast(message.node, message);
  const bool by_itself = message.node == message.from && !SYNCER_MUTATED("membership.leave_counts_as_death");
  known->incarnation = message.incarnation;
  known->state = by_itself ? State::Left : State::Dead;
  known->changed = now;
  note(by_itself ? Change::Kind::Left : Change::Kind::Died, *known, out);
}

}  // namespace syncer::membership
