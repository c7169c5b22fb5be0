// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/roster.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/membership/formulas.h"

namespace syncer::membership {

namespace {

constexpr std::string_view kJump = "incarnation_jump";
/// No honest member comes so far. Up to here a newcomer is believed by hearsay, and lies about ourselves are outbid
/// however far they jump; the other half of the numbers is for those that go on.
constexpr std::uint64_t kMostHeard = 1ULL << 31U;

void read_versions(ByteView from, Versions& to) {
  if (from.size() >= to.size()) std::copy_n(from.begin(), to.size(), to.begin());
}

bool same_versions(ByteView a, const Versions& b) {
  return a == ByteView(reinterpret_cast<const char*>(b.data()), b.size());
}

using Ranges = std::vector<VersionRange>;

/// `v` has six bytes.
void add_ranges(ByteView v, bool alive, Ranges& core, Ranges& application) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(v[i]); };
  core.push_back({at(0), at(1), at(2), alive});
  application.push_back({at(3), at(4), at(5), alive});
}

}  // namespace

Roster::Roster(std::string self, const Options& options, Random random)
    : self_(std::move(self)),
      options_(options),
      table_(random),
      queue_(options.retransmit_mult, options.max_queued_broadcasts),
      awareness_(options.lifeguard.probe ? options.awareness_max : 1) {}

const Member& Roster::self() const {
  const Member* me = table_.find(self_);
  SYNCER_ASSERT(me != nullptr);
  return *me;
}

void Roster::bootstrap(Instant now, const Endpoint& address, Bytes meta, Outputs& out) {
  Member me;
  me.name = self_;
  me.address = address;
  me.meta = std::move(meta);
  me.versions = options_.versions;
  me.state = State::Alive;
  me.incarnation = ++counter_;
  me.changed = now;
  const Member& added = table_.add(std::move(me));
  announce(added);
  note(Change::Kind::Joined, added, out);
}

void Roster::restore(RosterState state) {
  for (Member& member : state.members) {
    suspects_ += member.suspicion ? 1 : 0;
    table_.add(std::move(member));
  }
  counter_ = state.counter;
  leaving_ = state.leaving;
  awareness_.apply(state.health);
}

Endpoint Roster::with_port(Endpoint address) const {
  if (address.port == 0) address.port = self().address.port;
  return address;
}

void Roster::update_meta(Instant, Bytes meta, Outputs& out) {
  Member& me = *table_.find(self_);
  if (leaving_ || meta == me.meta) return;
  me.meta = std::move(meta);
  me.incarnation = ++counter_;
  announce(me);
  note(Change::Kind::Updated, me, out);
}

void Roster::leave(Instant now, Outputs& out) {
  if (leaving_) return;
  leaving_ = true;
  const Member& me = self();
  dead(now, Dead{me.incarnation, self_, self_}, out);
}

Instant Roster::next_expiry() const {
  Instant next = kNever;
  if (suspects_ == 0) return next;
  table_.for_each([&](const Member& m) {
    if (m.suspicion) next = std::min(next, m.suspicion->deadline());
  });
  return next;
}

void Roster::expire(Instant now, Outputs& out) {
  if (suspects_ == 0) return;
  std::vector<std::string> expired;
  table_.for_each([&](const Member& m) {
    if (m.suspicion && m.suspicion->deadline() <= now) expired.push_back(m.name);
  });
  for (const std::string& name : expired) {
    Member& member = *table_.find(name);
    const auto defence = member.suspicion->defence();
    if (defence && defence->incarnation > member.incarnation && !SYNCER_MUTATED("membership.hear_no_far_defence"))
      accept_alive(now, member, {defence->incarnation, name, member.address, defence->meta, defence->versions}, out);
    else
      dead(now, Dead{member.incarnation, name, self_}, out);
  }
}

void Roster::refute(Member& me, std::uint64_t accused) {
  const auto incarnation = refute_incarnation(counter_, accused);
  if (!incarnation) return;
  SYNCER_SOMETIMES(true, "membership.refutes_an_accusation");
  counter_ = SYNCER_MUTATED("membership.refute_without_outbidding") ? counter_ : *incarnation;
  me.incarnation = counter_;
  awareness_.apply(1);
  if (SYNCER_MUTATED("membership.refute_without_tags")) {
    Member bare = me;
    bare.meta.clear();
    return announce(bare);
  }
  announce(me);
}

void Roster::clear_suspicion(Member& member) {
  if (!member.suspicion) return;
  member.suspicion.reset();
  if (!SYNCER_MUTATED("membership.count_suspicions_up_only")) --suspects_;
}

void Roster::announce(const Member& member) { broadcast(member.name, account_of(member)); }

void Roster::broadcast(std::string_view name, const Message& message) {
  Bytes encoded;
  options_.encode(message, encoded);
  queue_.push(name, std::move(encoded));
}

void Roster::note(Change::Kind kind, const Member& m, Outputs& out, const Endpoint& other) const {
  out.changes.push_back({kind, m.name, m.address, m.state, m.incarnation, m.meta, other});
}

bool Roster::jumps_too_far(Instant now, const Member& member, std::uint64_t to) const {
  const std::uint64_t most = options_.max_incarnation_jump;
  if (most == 0 || to <= member.incarnation) return false;
  const std::uint64_t by = to - member.incarnation;
  const bool about_me = member.name == self_ && !SYNCER_MUTATED("membership.hear_no_far_lies_about_itself");
  return about_me ? by > most && to > kMostHeard : !member.raises.allow(now, by, most);
}

void Roster::raise(Instant now, Member& member, std::uint64_t to) {
  if (to > member.incarnation) member.raises.add(now, to - member.incarnation);
  member.incarnation = to;
}

bool Roster::is_beyond_hearsay(Instant now, const Alive& account) const {
  const Member* known = table_.find(account.node);
  if (known == nullptr || known->name == self_ || known->address != account.address) return false;
  // It cannot, or does not, outbid what others said.
  const bool is_used_up = options_.max_incarnation_jump > 0 && known->incarnation > kMostHeard;
  const bool differs = known->meta != account.meta || known->state != State::Alive;
  return jumps_too_far(now, *known, account.incarnation) || (is_used_up && differs);
}

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
  if (table_.size() >= options_.max_members && !SYNCER_MUTATED("membership.take_every_member")) return nullptr;
  Member member;
  member.name = std::string(message.node);
  member.address = message.address;
  member.meta = Bytes(message.meta);
  member.changed = now;
  read_versions(message.versions, member.versions);
  return &table_.add(std::move(member));
}

void Roster::alive(Instant now, Alive message, Outputs& out) {
  message.address = with_port(message.address);
  const bool about_me = message.node == self_;
  if (about_me && leaving_) return;
  Member* member = admit(now, message, out);
  if (member == nullptr) return;
  if (about_me) return alive_about_me(*member, message);
  const bool newer =
      message.incarnation > member->incarnation ||
      (SYNCER_MUTATED("membership.accept_equal_incarnation") && message.incarnation == member->incarnation) ||
      (SYNCER_MUTATED("membership.revive_the_gone") && is_gone(member->state));
  if (newer || member->address != message.address) accept_alive(now, *member, message, out);
}

Member* Roster::admit(Instant now, const Alive& message, Outputs& out) {
  const auto refuse = [&](std::string_view reason) -> Member* {
    out.refusals.push_back(reason);
    return nullptr;
  };
  if (const auto reason = objection(message); !reason.empty()) return refuse(reason);
  Member* known = table_.find(message.node);
  const bool moved = known != nullptr && known->address != message.address;
  if ((known == nullptr || moved) && !is_allowed(message.address)) return refuse("address_not_allowed");
  if (known == nullptr) {
    const bool too_far = options_.max_incarnation_jump > 0 && message.incarnation > kMostHeard;
    if (too_far && !SYNCER_MUTATED("membership.take_a_newcomer_with_any_number")) return refuse(kJump);
    Member* added = newcomer(now, message);
    return added != nullptr ? added : refuse("too_many_members");
  }
  SYNCER_SOMETIMES(moved && !may_take_name(*known, now), "membership.two_want_one_name");
  SYNCER_SOMETIMES(moved && may_take_name(*known, now), "membership.member_moved");
  if (moved && !may_take_name(*known, now)) {
    note(Change::Kind::Conflict, *known, out, message.address);
    return nullptr;
  }
  if (!jumps_too_far(now, *known, message.incarnation)) return known;
  // A suspect may have outbid what is not known here: so far ahead it is not believed at once, but before it is buried.
  const bool is_near = message.incarnation - known->incarnation <= options_.max_incarnation_jump;
  if (known->suspicion && !moved && is_near) known->suspicion->hear(message);
  return refuse(kJump);
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
  raise(now, member, message.incarnation);
  member.meta = Bytes(message.meta);
  table_.move(member, message.address);
  if (before != State::Alive) {
    member.state = State::Alive;
    member.changed = now;
  }
  SYNCER_SOMETIMES(is_gone(before), "membership.comes_back_from_the_dead");
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
  SYNCER_SOMETIMES(message.incarnation < known->incarnation, "membership.accuser_is_late");
  if (message.incarnation < known->incarnation && !SYNCER_MUTATED("membership.hear_late_accusers")) return;
  if (jumps_too_far(now, *known, message.incarnation)) return out.refusals.push_back(kJump);
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
  raise(now, member, message.incarnation);
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
  if (jumps_too_far(now, *known, message.incarnation)) return out.refusals.push_back(kJump);
  if (is_gone(known->state)) return;
  SYNCER_SOMETIMES(known->name == self_, "membership.hears_of_its_own_death");
  if (known->name == self_ && !leaving_ && !SYNCER_MUTATED("membership.believe_own_death")) {
    refute(*known, message.incarnation);
    return;
  }
  clear_suspicion(*known);
  broadcast(message.node, message);
  const bool by_itself = message.node == message.from && !SYNCER_MUTATED("membership.leave_counts_as_death");
  raise(now, *known, message.incarnation);
  known->state = by_itself ? State::Left : State::Dead;
  known->changed = now;
  note(by_itself ? Change::Kind::Left : Change::Kind::Died, *known, out);
}

bool Roster::force_leave(Instant now, std::string_view name, Outputs& out) {
  Member* known = table_.find(name);
  if (known == nullptr || known->name == self_) return false;
  if (known->state != State::Dead && !SYNCER_MUTATED("membership.let_the_living_be_forced_to_leave")) return false;
  known->state = State::Left;
  known->changed = now;
  note(Change::Kind::Left, *known, out);
  return true;
}

bool Roster::merges_with(std::span<const Entry> entries) const {
  Ranges core;
  Ranges application;
  for (const Entry& e : entries) {
    // Versions that are not there count as 0, which no member of today understands.
    if (e.versions.size() < kOwnVersions.size()) return false;
    add_ranges(e.versions, e.state == static_cast<std::int64_t>(State::Alive), core, application);
  }
  table_.for_each([&](const Member& m) {
    // A member whose versions are not known says nothing about compatibility; the reference counts it as version 0
    // and then refuses every exchange.
    if (m.versions == Versions{}) return;
    add_ranges(account_of(m).versions, m.state == State::Alive, core, application);
  });
  return compatible(core) && compatible(application);
}

Merge Roster::merge(Instant now, std::span<const Entry> entries, bool join, Outputs& out) {
  if (!merges_with(entries)) return Merge::Incompatible;
  if (join && options_.merge_filter && !options_.merge_filter(entries)) return Merge::Vetoed;
  for (const Entry& entry : entries) merge_entry(now, entry, out);
  return Merge::Merged;
}

void Roster::meet(Instant now, Alive account, Outputs& out) {
  account.address = with_port(account.address);
  Member* known = table_.find(account.node);
  if (known == nullptr || known->name == self_ || known->address == account.address) return;
  if (SYNCER_MUTATED("membership.believe_rumours_before_the_seed")) return;
  if (!is_allowed(account.address) || !objection(account).empty()) return;
  believe_itself(now, *known, account, out);
}

void Roster::hear_itself(Instant now, Alive account, Outputs& out) {
  account.address = with_port(account.address);
  if (options_.max_incarnation_jump == 0 || SYNCER_MUTATED("membership.hear_nobody_himself")) return;
  if (!is_allowed(account.address) || !objection(account).empty()) return;
  Member* known = table_.find(account.node);
  if (known == nullptr && account.incarnation > kMostHeard) known = newcomer(now, account);
  if (known == nullptr || !is_beyond_hearsay(now, account)) return;
  SYNCER_SOMETIMES(true, "membership.believes_itself_what_it_believes_of_nobody");
  believe_itself(now, *known, account, out);
}

void Roster::believe_itself(Instant now, Member& known, Alive account, Outputs& out) {
  // It outbids by itself what was said in its name, and a suspicion of that as well.
  const bool is_suspected = known.state == State::Suspect && known.incarnation < kMaxIncarnation;
  account.incarnation = std::max(account.incarnation, known.incarnation + (is_suspected ? 1 : 0));
  const bool goes_unsaid = known.state == State::Alive && known.meta == account.meta;
  accept_alive(now, known, account, out);
  if (goes_unsaid) note(Change::Kind::Updated, known, out);
}

void Roster::merge_entry(Instant now, const Entry& e, Outputs& out) {
  switch (e.state) {
    case static_cast<std::int64_t>(State::Alive):
      alive(now, Alive{e.incarnation, e.name, e.address, e.meta, e.versions}, out);
      break;
    case static_cast<std::int64_t>(State::Left):
      dead(now, Dead{e.incarnation, e.name, e.name}, out);
      break;
    case static_cast<std::int64_t>(State::Dead):
      // Hearsay of a death only raises a suspicion: the member gets its chance to refute.
      SYNCER_SOMETIMES(true, "membership.hearsay_of_a_death");
      if (SYNCER_MUTATED("membership.believe_hearsay_of_death")) {
        dead(now, Dead{e.incarnation, e.name, self_}, out);
        break;
      }
      [[fallthrough]];
    case static_cast<std::int64_t>(State::Suspect):
      suspect(now, Suspect{e.incarnation, e.name, self_}, out);
      break;
    default:
      out.refusals.push_back("bad_state");
  }
}

void Roster::hash_members(StateHasher& h) const {
  table_.for_each([&](const Member& m) {
    h.add(ByteView(m.name));
    h.add(ByteView(m.meta));
    h.add(ByteView(reinterpret_cast<const char*>(m.address.address.data()), m.address.address.size()));
    h.add(m.address.port);
    h.add(static_cast<std::uint64_t>(m.state));
    h.add(m.incarnation);
    h.add(static_cast<std::uint64_t>(nanos(m.changed)));
    if (m.suspicion) m.suspicion->hash(h);
  });
}

void Roster::hash(StateHasher& h) const {
  hash_members(h);
  queue_.hash(h);
  h.add(static_cast<std::uint64_t>(awareness_.score()));
  h.add(counter_);
  h.add(leaving_ ? 1U : 0U);
}

}  // namespace syncer::membership
