// SPDX-License-Identifier: Apache-2.0
// What is said of a member is said to that member, and what is wrong about it is answered at once.
#include "syncer/base/mutation.h"
#include "syncer/gossip/gossip.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

/// What is wrongly said of us is answered to whoever brought it, not only by rumour: where many members are told of,
/// and few are there, a rumour may come too late.
void Gossip::refute_to(const Endpoint& from, const membership::Message& message) {
  const membership::Member& me = *swim_.members().find(config_.node);
  const auto* suspect = std::get_if<membership::Suspect>(&message);
  const auto* dead = std::get_if<membership::Dead>(&message);
  const auto* alive = std::get_if<membership::Alive>(&message);
  const bool wrong = (suspect != nullptr && suspect->node == me.name) || (dead != nullptr && dead->node == me.name) ||
                     (alive != nullptr && alive->node == me.name && alive->meta != me.meta);
  if (!wrong || leaving_ || swim_.members().find(from) == nullptr) return;
  say_alive(from, me);
}

/// Who is suspected, declared gone, or said to have changed hears of it at once and from us: if that is wrong, he says
/// so.
void Gossip::confront(const membership::Change& change) {
  using Kind = membership::Change::Kind;
  if (SYNCER_MUTATED("gossip.accuse_by_rumour_only") || change.name == config_.node) return;
  if (change.kind == Kind::Suspected) {
    say(change.address, membership::Suspect{change.incarnation, change.name, config_.node});
  } else if (change.kind == Kind::Died || change.kind == Kind::Left) {
    const std::string& from = change.kind == Kind::Left ? change.name : config_.node;
    say(change.address, membership::Dead{change.incarnation, change.name, from});
  } else if (change.kind == Kind::Updated) {
    if (const membership::Member* member = swim_.members().find(change.name)) say_alive(change.address, *member);
  }
}

/// Two accounts of one member with the same incarnation: it restarted, and began to count anew. Neither account beats
/// the other, so that who heard the older one keeps it. The member itself is sent both and outbids the one that is
/// wrong.
void Gossip::ask_for_truth(const membership::Alive& account) {
  const membership::Member* known = swim_.members().find(account.node);
  if (known == nullptr || known->name == config_.node || membership::is_gone(known->state)) return;
  if (SYNCER_MUTATED("gossip.keep_quiet_about_contradictions")) return;
  if (account.incarnation != known->incarnation || account.address != known->address) return;
  const ByteView versions(reinterpret_cast<const char*>(known->versions.data()), known->versions.size());
  const bool other_versions = account.versions.size() == versions.size() && account.versions != versions;
  if (account.meta == known->meta && !other_versions) return;
  say_alive(known->address, *known);
  out_.encode_part([&](Bytes& bytes) { wire::gossip::encode(account, bytes); });
}

/// Members that moved together would not learn of each other here: we hold the former address of each, and pass on
/// that one. So each that came to us itself is sent the claims of the others that did.
void Gossip::note_claim(const membership::Alive& account, bool own_account) {
  const membership::Member* known = swim_.members().find(account.node);
  if (known == nullptr || known->name == config_.node || known->address == account.address) return;
  const MemberInfo claim{
      known->name,         account.address,     membership::State::Alive,
      account.incarnation, Bytes(account.meta), wire::gossip::decode_tags(account.meta).value_or(wire::gossip::Tags{})};
  claims_[known->name] = {claim, own_account};
  if (!own_account || SYNCER_MUTATED("gossip.introduce_no_claimants")) return;
  for (const auto& [name, other] : claims_) {
    if (name == claim.name || !other.second) continue;
    introduce(claim, other.first);
    introduce(other.first, claim);
  }
}

/// Sends the first to the second.
void Gossip::introduce(const MemberInfo& one, const MemberInfo& other) {
  const membership::Member* member = swim_.members().find(one.name);
  if (member == nullptr || member->address == one.address) return;
  const ByteView versions(reinterpret_cast<const char*>(member->versions.data()), member->versions.size());
  say(other.address, membership::Alive{one.incarnation, one.name, one.address, one.tags_raw, versions});
}

void Gossip::say_alive(const Endpoint& to, const membership::Member& member) {
  const ByteView versions(reinterpret_cast<const char*>(member.versions.data()), member.versions.size());
  say(to, membership::Alive{member.incarnation, member.name, member.address, member.meta, versions});
}

void Gossip::say(const Endpoint& to, const membership::Message& message) {
  out_.begin_packet(to, 0);
  out_.encode_part([&](Bytes& octets) { wire::gossip::encode(message, octets); });
}

}  // namespace syncer::gossip
