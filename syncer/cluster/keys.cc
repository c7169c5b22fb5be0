// SPDX-License-Identifier: Apache-2.0
// How the voters of a region come to have the same gossip keys.
//
// A key that one of them is given goes to all that lack it, over the sealed links, also to those that come back later.
// Which key seals, and which ones are gone for good, is decided by the log: the first only when every voter has it, so
// that nobody is locked out; the second is remembered, so that whoever was away does not bring it back.
#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/cluster/cluster.h"

namespace syncer::cluster {
namespace {

using wire::gossip::Keyring;

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

std::vector<std::string> Cluster::key_ids() const { return ids_of(config_.keys); }

Result<void> Cluster::set_keys(Instant now, Keyring keys) {
  for (const std::string& id : ids_of(keys)) {
    if (is_removed(id)) return refused("key " + id + " was removed by the region's group: make a new one");
  }
  take_ring(now, std::move(keys));
  return {};
}

bool Cluster::is_removed(const std::string& id) const {
  return contains(state_.removed_keys, id) && !SYNCER_MUTATED("cluster.forget_removed_keys");
}

void Cluster::take_ring(Instant now, Keyring keys) {
  if (keys.keys() == config_.keys.keys()) return;
  config_.keys = std::move(keys);
  links_.set_keys(config_.keys);
  if (charter_.disk != 0) advertise(now);
  share_keys(now);
}

void Cluster::share_keys(Instant now) {
  for (const wire::ClusterHello& hello : links_.hellos()) {
    for (const Bytes& key : config_.keys.keys()) {
      const std::string id = Keyring::id(key);
      if (!contains(hello.keys, id) && !is_removed(id)) links_.send(now, hello.node, wire::KeyShare{key});
    }
  }
}

/// What the log says about keys, applied to those that we have.
void Cluster::order_keys(Instant now) {
  Keyring ring = config_.keys;
  static_cast<void>(ring.use(state_.key_in_use));  // not ours yet: as soon as somebody gives it to us
  for (const std::string& id : ids_of(ring)) {
    if (is_removed(id)) static_cast<void>(ring.remove(id));  // not the one that seals: then we have no other yet
  }
  take_ring(now, std::move(ring));
}

void Cluster::hear_key(Instant now, Bytes key) {
  if (config_.keys.empty() || is_removed(Keyring::id(key))) return;
  Keyring ring = config_.keys;
  if (!ring.install(key)) return;  // the ring is full: the operator sees it in the list of keys
  if (!keep_ring(now, ring)) {
    const bool noted = std::find(unkept_.begin(), unkept_.end(), key) != unkept_.end();
    if (!noted && unkept_.size() < wire::kMaxKeyIds) unkept_.push_back(std::move(key));
    return;
  }
  take_ring(now, std::move(ring));
  order_keys(now);
}

/// On disk first: once every voter says it has a key, that key may seal, and who forgot it would be locked out.
bool Cluster::keep_ring(Instant now, const Keyring& ring) {
  const bool asks = config_.keep_keys && !SYNCER_MUTATED("cluster.say_keys_before_keeping_them");
  const Result<void> kept = asks ? config_.keep_keys(ring) : Result<void>{};
  not_kept_ = kept ? "" : "a gossip key of another voter cannot be kept: " + to_string(kept.error());
  if (kept) return true;
  keep_again_at_ = now + kKeepAgain;
  observe(observer_, now, EventKind::FrameDropped, Severity::Warning,
          {{"region", config_.region}, {"reason", "cluster port: " + not_kept_}});
  return false;
}

void Cluster::keep_again(Instant now) {
  keep_again_at_ = kNever;
  not_kept_.clear();
  for (Bytes& key : std::exchange(unkept_, {})) hear_key(now, std::move(key));
}

Result<void> Cluster::use_key(Instant now, const std::string& id) {
  if (!contains(key_ids(), id)) return failure(ErrorCode::NotFound, "gossip key", "no key " + id);
  for (const wire::Seat& seat : charter_.seats) {
    if (seat.node == config_.node) continue;
    const wire::ClusterHello* hello = links_.hello(seat.node);
    if (hello == nullptr) return refused("voter \"" + seat.node + "\" is not there, and would be locked out");
    if (!contains(hello->keys, id)) return refused("voter \"" + seat.node + "\" does not have the key yet");
  }
  return propose(now, UseKey{id});
}

Result<void> Cluster::remove_key(Instant now, const std::string& id) {
  Keyring ring = config_.keys;
  if (auto possible = ring.remove(id); !possible) return possible;
  const raft::Log& log = raft_->raft().log();
  if (log.applied() < log.last().index) return refused("another change is under way; try again in a moment");
  return propose(now, RemoveKey{id});
}

}  // namespace syncer::cluster
