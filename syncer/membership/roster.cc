// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/roster.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/membership/formulas.h"

namespace syncer::membership {

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
  for (const std::string& name : expired) dead(now, Dead{table_.find(name)->incarnation, name, self_}, out);
}

void Roster::refute(Member& me, std::uint64_t accused) {
  const auto incarnation = refute_incarnation(counter_, accused);
  if (!incarnation) return;
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
  --suspects_;
}

void Roster::announce(const Member& member) {
  const ByteView versions(reinterpret_cast<const char*>(member.versions.data()), member.versions.size());
  broadcast(member.name, Alive{member.incarnation, member.name, member.address, member.meta, versions});
}

void Roster::broadcast(std::string_view name, const Message& message) {
  Bytes encoded;
  options_.encode(message, encoded);
  queue_.push(name, std::move(encoded));
}

void Roster::note(Change::Kind kind, const Member& m, Outputs& out, const Endpoint& other) const {
  out.changes.push_back({kind, m.name, m.address, m.state, m.incarnation, m.meta, other});
}

bool Roster::jumps_too_far(std::uint64_t from, std::uint64_t to) const {
  return options_.max_incarnation_jump > 0 && to > from && to - from > options_.max_incarnation_jump;
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
