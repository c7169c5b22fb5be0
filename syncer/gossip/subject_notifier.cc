// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/subject_notifier.h"

#include "syncer/base/mutation.h"

namespace syncer::gossip {

using membership::Alive;
using membership::Change;
using membership::Dead;
using membership::Member;
using membership::Suspect;

namespace {

/// The message says of `me` what is not so.
bool is_wrong_about(const Member& me, const membership::Message& message) {
  const auto* suspect = std::get_if<Suspect>(&message);
  const auto* dead = std::get_if<Dead>(&message);
  const auto* alive = std::get_if<Alive>(&message);
  return (suspect != nullptr && suspect->node == me.name) || (dead != nullptr && dead->node == me.name) ||
         (alive != nullptr && alive->node == me.name && alive->meta != me.meta);
}

}  // namespace

void SubjectNotifier::notify_subject(const Change& change) {
  const std::string& me = swim_.self_name();
  if (SYNCER_MUTATED("gossip.accuse_by_rumour_only") || change.name == me) return;
  switch (change.kind) {
    case Change::Kind::Suspected:
      return swim_.send(change.address, {Suspect{change.incarnation, change.name, me}}, out_);
    case Change::Kind::Died:
      return swim_.send(change.address, {Dead{change.incarnation, change.name, me}}, out_);
    case Change::Kind::Left:
      return swim_.send(change.address, {Dead{change.incarnation, change.name, change.name}}, out_);
    case Change::Kind::Updated:
      if (const Member* member = swim_.members().find(change.name)) {
        swim_.send(change.address, {account_of(*member)}, out_);
      }
      return;
    case Change::Kind::Joined:
    case Change::Kind::Refuted:
    case Change::Kind::Conflict:
      return;
  }
}

void SubjectNotifier::refute_to(const Endpoint& from, const membership::Message& message) {
  const Member& me = *swim_.members().find(swim_.self_name());
  if (!is_wrong_about(me, message) || swim_.leaving() || swim_.members().find(from) == nullptr) return;
  swim_.send(from, {account_of(me)}, out_);
}

void SubjectNotifier::send_both_accounts(const Alive& account) {
  const Member* known = swim_.members().find(account.node);
  if (known == nullptr || known->name == swim_.self_name() || membership::is_gone(known->state)) return;
  if (SYNCER_MUTATED("gossip.keep_quiet_about_contradictions")) return;
  if (account.incarnation != known->incarnation || account.address != known->address) return;
  const Alive ours = account_of(*known);
  const bool other_versions = account.versions.size() == ours.versions.size() && account.versions != ours.versions;
  if (account.meta == ours.meta && !other_versions) return;
  swim_.send(known->address, {ours, account}, out_);
}

}  // namespace syncer::gossip
