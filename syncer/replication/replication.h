// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "syncer/base/indexed_map.h"
#include "syncer/replication/audiences.h"
#include "syncer/replication/publisher.h"
#include "syncer/replication/receiver.h"
#include "syncer/replication/relayed_log.h"
#include "syncer/replication/sizes.h"
#include "syncer/replication/vouched.h"

namespace syncer::replication {

/// Exchange between regions: publishes the own region's log and keeps a replica of every other region's. No I/O; what
/// is to be done is appended to the outputs.
class Replication {
 public:
  Replication(Options options, Instant now) : options_(options), publisher_(options, now) {}

  /// Other timing, batching and quotas from now on, for all regions.
  void set_options(Instant now, const Options& options) {
    options_ = options;
    publisher_.set_options(now, options);
    for (auto& [peer, audience] : audiences_) audience.publisher().set_options(now, options);
    for (auto& [region, receiver] : receivers_) receiver.set_options(options);
    for (auto& [origin, relayed] : relayed_) relayed.set_options(now, options);
  }
  /// Starts a new log of the own region that holds exactly this set. `epoch` must be higher than the one before.
  void open_epoch(Instant now, Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set, Outputs& out);
  /// One entry of the own region; the same payload again changes nothing. False when it goes over a limit.
  bool put(Instant now, Bytes key, Bytes payload, Outputs& out);
  void erase(Instant now, ByteView key, Outputs& out);

  /// A region is shown the own log through this view from now on; what the view takes away leaves at this pace, and is
  /// never shown to a `newcomer`.
  void set_view(Instant now, RegionId peer, View view, Duration pace, bool newcomer, Outputs& out);
  /// A region is told no changes until it is resumed, and goes on with what it has. It has a view of its own from then
  /// on.
  void pause(RegionId peer);
  /// Nothing when it is not paused.
  void resume(Instant now, RegionId peer, Outputs& out);
  /// The records that changed since, while a region is paused; nullptr while it is not.
  const std::set<Bytes>* waiting(RegionId peer) const {
    const auto it = audiences_.find(peer);
    return it == audiences_.end() || !it->second.is_paused() ? nullptr : &it->second.waiting();
  }
  /// The region has a view of its own.
  bool has_view(RegionId peer) const { return audiences_.contains(peer); }
  /// What a region with a view of its own is shown; nullptr for others.
  const Projection* projection(RegionId peer) const {
    const auto it = audiences_.find(peer);
    return it == audiences_.end() ? nullptr : &it->second.projection();
  }

  /// All that goes to this reader, of the own region and of others that are passed on, waits for turns of that many
  /// bytes from now on; nothing: it waits no more.
  void set_pace(RegionId reader, std::optional<std::size_t> turn_bytes, Outputs& out);
  /// The regions of which something waits for it, in order; the own one is RegionId{}.
  std::vector<RegionId> wanting(RegionId reader) const;
  /// Sends the next message of one of them.
  void take_turn(RegionId reader, RegionId origin, Outputs& out);
  /// Records of all of them that wait.
  std::size_t waiting_records(RegionId reader) const;

  /// A region to publish to, and the link over which that is done.
  void add_peer(RegionId peer) { publisher_of(peer).add_peer(peer); }
  void remove_peer(RegionId peer) { publisher_of(peer).remove_peer(peer); }
  /// The region is not known any more, nor that it had a view.
  void erase_peer(RegionId peer);
  void reader_up(RegionId peer, Outputs& out) { publisher_of(peer).peer_up(peer, out); }
  void reader_down(RegionId peer) { publisher_of(peer).peer_down(peer); }
  void set_healthy(bool healthy) {
    publisher_.set_healthy(healthy);
    for (auto& [peer, audience] : audiences_) audience.publisher().set_healthy(healthy);
  }
  /// A new link over which that region publishes to us.
  void writer_up(RegionId region) { receiver(region).restart(); }
  /// From now on what writers vouch for can be told and compared, and nothing else is passed on; once.
  void keep_digests(const Expand& expand);
  bool keeps_digests() const { return expand_ != nullptr; }
  /// What is said of that region comes by way of others from now on, or of itself; with digests alone.
  void read_by_others(RegionId region, bool by_others);
  /// What its writer vouched for last; nullptr when there is none.
  const Attestation* attestation(RegionId region) const {
    const auto it = vouched_.find(region);
    return it == vouched_.end() || !it->second.last() ? nullptr : &*it->second.last();
  }
  /// Forgets a region; `out` gets each of its keys as removed.
  void forget(RegionId region, Outputs& out);

  /// What is held of a region goes on to a reader that is not there himself, from the region's next heartbeat on.
  void pass_on(Instant now, RegionId origin, RegionId reader);
  void stop_passing_on(RegionId origin, RegionId reader);
  /// A question of that reader.
  void receive(Instant now, RegionId origin, RegionId from, const ReaderMessage& message, Outputs& out);
  /// What is passed on of a region; nullptr when nothing is.
  const Publisher* relayed(RegionId origin) const {
    const auto it = relayed_.find(origin);
    return it == relayed_.end() ? nullptr : &it->second.publisher();
  }

  Heard receive(Instant now, RegionId from, const WriterMessage& message, Outputs& out);
  void receive(Instant now, RegionId from, const ReaderMessage& message, Outputs& out) {
    publisher_of(from).receive(now, from, message, out);
  }
  void advance(Instant now, Outputs& out);
  Instant next_deadline() const;

  /// The highest number of an entry in any of the logs that regions read from.
  std::uint64_t highest() const;
  /// Records that are held of all other regions together.
  std::size_t replica_records() const {
    std::size_t records = 0;
    for (const auto& [region, receiver] : receivers_) records += receiver.replica().size();
    return records;
  }
  /// All that the own region has to show.
  const OwnLog& log() const { return publisher_.log(); }
  const Publisher& publisher() const { return publisher_; }
  /// The one that a region reads from.
  const Publisher& publisher(RegionId peer) const {
    const auto it = audiences_.find(peer);
    return it == audiences_.end() ? publisher_ : it->second.publisher();
  }
  /// See Publisher::is_epoch_taken_by_others.
  bool is_epoch_taken_by_others(RegionId but) const {
    return publisher_.is_epoch_taken_by_others(but) ||
           std::any_of(audiences_.begin(), audiences_.end(),
                       [but](const auto& entry) { return entry.second.publisher().is_epoch_taken_by_others(but); });
  }
  /// The region proves that its registry works; false when nothing is known of it.
  bool origin_healthy(RegionId region) const {
    const Receiver* receiver = receivers_.find(region);
    return receiver != nullptr && receiver->origin_healthy();
  }
  /// The quota that the region has reached, if any.
  std::optional<QuotaKind> over_quota(RegionId region) const {
    const Receiver* receiver = receivers_.find(region);
    return receiver == nullptr ? std::nullopt : receiver->over_quota();
  }
  /// nullptr when nothing was ever heard of the region.
  const Replica* replica(RegionId region) const {
    const Receiver* receiver = receivers_.find(region);
    return receiver == nullptr ? nullptr : &receiver->replica();
  }
  Receiver& receiver(RegionId region) {
    const auto [receiver, is_new] = receivers_.try_emplace(region, region, options_);
    if (is_new && expand_) receiver.keep_digest(expand_);
    return receiver;
  }
  Sizes sizes() const {
    Sizes sizes;
    publisher_.fill(sizes);
    sizes.audiences = audiences_.size();
    for (const auto& [peer, audience] : audiences_) {
      sizes.shown += audience.publisher().log().live();
      sizes.waiting += audience.waiting().size();
    }
    sizes.receivers = receivers_.size();
    sizes.relayed = relayed_.size();
    sizes.replica_records = replica_records();
    for (const auto& [region, receiver] : receivers_) sizes.repairs += receiver.repairing() ? 1 : 0;
    return sizes;
  }
  void hash(StateHasher& hasher) const {
    publisher_.hash(hasher);
    for (const auto& [peer, audience] : audiences_) audience.publisher().hash(hasher);
    for (const auto& [region, receiver] : receivers_) {
      hasher.add(region.value);
      receiver.hash(hasher);
    }
    for (const auto& [origin, relayed] : relayed_) relayed.publisher().hash(hasher);
  }

 private:
  Publisher& publisher_of(RegionId peer) {
    const auto it = audiences_.find(peer);
    return it == audiences_.end() ? publisher_ : it->second.publisher();
  }
  Audience& audience(RegionId peer);
  Heard hear(Instant now, RegionId from, const WriterMessage& message, Outputs& out);

  Options options_;
  Publisher publisher_;  // for all regions without a view of their own
  Audiences audiences_;
  IndexedMap<RegionId, Receiver> receivers_;
  std::map<RegionId, RelayedLog> relayed_;  // of regions that somebody reads here
  std::map<RegionId, std::size_t> paces_;   // bytes of a turn, by reader
  Expand expand_;
  std::map<RegionId, Vouched> vouched_;
};

}  // namespace syncer::replication
