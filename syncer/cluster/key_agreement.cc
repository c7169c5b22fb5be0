// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/key_agreement.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::cluster {
namespace {

using crypto::Keyring;

/// A key that could not be written down is tried again after this.
constexpr Duration kKeepAgain = std::chrono::seconds(5);

tl::unexpected<Error> refused(std::string why) { return failure(ErrorCode::Refused, "", std::move(why)); }

bool contains(const std::vector<std::string>& ids, const std::string& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

std::vector<std::string> ids_of(const Keyring& ring) {
  std::vector<std::string> ids;
  for (const Bytes& key : ring.keys()) ids.push_back(Keyring::id(key));
  return ids;
}

}  // namespace

std::vector<std::string> KeyAgreement::ids() const { return ids_of(ring_); }

Result<void> KeyAgreement::set_keys(Instant now, Keyring keys) {
  for (const std::string& id : ids_of(keys)) {
    if (is_removed(id)) return refused("key " + id + " was removed by the region's group: make a new one");
  }
  return put_in_force(now, std::move(keys));
}

bool KeyAgreement::is_removed(const std::string& id) const {
  return contains(state_.removed_keys, id) && !SYNCER_MUTATED("cluster.forget_removed_keys");
}

Result<void> KeyAgreement::put_in_force(Instant now, Keyring ring) {
  if (ring.keys() == ring_.keys()) return {};
  if (auto possible = links_.set_keys(ring); !possible) return possible;
  ring_ = std::move(ring);
  if (roster_.voters().disk != 0) roster_.announce(now);
  share(now);
  return {};
}

void KeyAgreement::share(Instant now) {
  for (const wire::ClusterHello& hello : links_.hellos()) {
    for (const Bytes& key : ring_.keys()) {
      const std::string id = Keyring::id(key);
      if (!contains(hello.keys, id) && !is_removed(id)) links_.send(now, hello.node, wire::KeyShare{key});
    }
  }
}

void KeyAgreement::follow_log(Instant now) {
  Keyring ring = ring_;
  // Refused while we lack that key: it is put to use when another syncer gives it to us.
  static_cast<void>(ring.use(state_.key_in_use));
  for (const std::string& id : ids_of(ring)) {
    // Refused for the one that seals: then we have no other yet.
    if (is_removed(id)) static_cast<void>(ring.remove(id));
  }
  static_cast<void>(put_in_force(now, std::move(ring)));
}

void KeyAgreement::receive(Instant now, Bytes key) {
  if (ring_.empty() || is_removed(Keyring::id(key))) return;
  Keyring ring = ring_;
  if (!ring.install(key)) return;  // the ring is full: the operator sees it in the list of keys
  if (!keep(now, ring)) {
    const bool noted = std::find(unkept_.begin(), unkept_.end(), key) != unkept_.end();
    if (!noted && unkept_.size() < wire::kMaxKeyIds) unkept_.push_back(std::move(key));
    return;
  }
  static_cast<void>(put_in_force(now, std::move(ring)));
  follow_log(now);
}

/// On disk first: once every voter announces a key, that key may seal, and a voter that forgot it would be locked out.
bool KeyAgreement::keep(Instant now, const Keyring& ring) {
  const bool asks = config_.keep_keys && !SYNCER_MUTATED("cluster.say_keys_before_keeping_them");
  const Result<void> kept = asks ? config_.keep_keys(ring) : Result<void>{};
  not_kept_ = kept ? "" : "a gossip key of another voter cannot be kept: " + to_string(kept.error());
  if (kept) return true;
  retry_at_ = now + kKeepAgain;
  observe(observer_, now, EventKind::FrameDropped, Severity::Warning,
          {{"region", config_.region}, {"reason", "cluster port: " + not_kept_}});
  return false;
}

void KeyAgreement::advance(Instant now) {
  if (now < retry_at_) return;
  retry_at_ = kNever;
  not_kept_.clear();
  for (Bytes& key : std::exchange(unkept_, {})) receive(now, std::move(key));
}

Result<void> KeyAgreement::use(Instant now, const std::string& id) {
  if (!contains(ids(), id)) return failure(ErrorCode::NotFound, "gossip key", "no key " + id);
  for (const wire::VoterSlot& slot : roster_.voters().slots) {
    if (slot.node == config_.node) continue;
    const wire::ClusterHello* hello = roster_.hello(slot.node);
    if (hello == nullptr) return refused("voter \"" + slot.node + "\" is not there, and would be locked out");
    if (!contains(hello->keys, id)) return refused("voter \"" + slot.node + "\" does not have the key yet");
  }
  return raft_.propose(now, UseKey{id});
}

Result<void> KeyAgreement::remove(Instant now, const std::string& id) {
  Keyring ring = ring_;
  if (auto possible = ring.remove(id); !possible) return possible;
  if (raft_.node() == nullptr) return refused("this syncer is no voter of its region yet");
  const raft::Log& log = raft_.log();
  if (log.applied() < log.last().index) return refused("another change is under way; try again in a moment");
  return raft_.propose(now, RemoveKey{id});
}

}  // namespace syncer::cluster
