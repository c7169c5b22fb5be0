// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "syncer/peering/config.h"
#include "syncer/peering/dialer.h"
#include "syncer/peering/link.h"
#include "syncer/peering/report.h"
#include "syncer/replication/replication.h"

namespace syncer::peering {

/// Regions that are followed at the same time.
inline constexpr std::size_t kMaxRegions = 1024;

/// The live map of a region changed at a key.
struct RemoteChange {
  std::string region;
  Bytes key;
};

/// What decides what becomes of the copies of a region.
struct RegionState {
  bool connected = false;  ///< it publishes to us and was heard within `silence`
  bool complete = false;   ///< we hold its whole set
  bool healthy = false;    ///< its registry proves that it works
  bool operator==(const RegionState&) const = default;
};

/// Links to all other regions and what is exchanged over them. The dialer is the publisher: while an epoch is open this
/// node dials every other region and pushes its own log; what other regions say comes in on the links they dialled.
class Peering {
 public:
  Peering(PeeringConfig config, Streams& streams, Observer& observer, Random random, Instant now,
          std::function<LinkId()> next_link);

  /// All regions that gossip knows, dead members too; several nodes of a region are alternatives. A region that is not
  /// in the list left for good: it is not dialled any more and no removals are remembered for it.
  void set_regions(Instant now, std::vector<RemoteRegion> regions);
  /// Starts a new own log that says exactly this set. `epoch` is higher than every former one.
  void open_epoch(Instant now, Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set);
  /// This node does not speak for its region any more, and nobody is to speak to it: links end, and what was known of
  /// other regions is forgotten (only which epochs are over is not).
  void close_epoch(Instant now);
  /// An epoch is open.
  bool publishing() const { return publishing_; }
  /// Another region knows this epoch of ours, and we did not open it: one that is higher must be opened.
  std::optional<Epoch> reopen_wanted() const { return reopen_wanted_; }
  void put(Instant now, Bytes key, Bytes payload);
  void erase(Instant now, ByteView key);
  /// Whether the own registry proves that it works; other regions' guards rely on it.
  void set_healthy(bool healthy) { core_.set_sane(healthy); }
  /// Cluster mode: a node that is not the leader sends dialers to it.
  void set_leader(bool self, std::optional<Endpoint> leader);
  /// Epochs of a region below this one are over: refused even after a restart (the marks in the registry tell), and
  /// what was taken from one is forgotten. The region learns of it when it next greets us.
  void raise_floor(Instant now, std::string_view region, Epoch floor);
  /// Drops what is known of a region, as if all its entries were removed.
  void forget(Instant now, std::string_view region);

  bool owns(LinkId link) const { return links_.count(link) != 0; }
  /// A stream that starts with wire::kSyncProtocol.magic; all its octets follow in on_stream_data.
  void on_stream_accepted(Instant now, LinkId link, const Endpoint& from);
  void on_stream_connected(Instant now, LinkId link);
  void on_stream_data(Instant now, LinkId link, ByteView octets);
  void on_stream_closed(Instant now, LinkId link, std::string_view reason);
  void advance(Instant now);
  Instant next_deadline() const;

  /// What changed in other regions since the last call.
  std::vector<RemoteChange> take_changes() { return std::exchange(changes_, {}); }
  /// The regions whose state differs from what the last call gave, by name; a new region is among them. The names are
  /// valid as long as this object.
  std::vector<std::pair<std::string_view, RegionState>> take_region_changes(Instant now);
  /// nullptr when nothing is known of the region.
  const replication::Replica* replica(std::string_view region) const;
  /// Every region that was ever heard of, sorted.
  std::vector<std::string> regions() const;

  /// How it stands with a region.
  struct Link {
    bool up = false;          ///< it publishes to us
    bool publishing = false;  ///< we publish to it
    Instant last_heard{};     ///< last authentic message of its writer; the start of this process before the first
    std::uint64_t unacknowledged = 0;  ///< our entries it has not acknowledged yet
    std::string node;                  ///< who speaks for it
  };
  Link link(std::string_view region) const;
  /// All false for a region that was never heard of.
  RegionState state(std::string_view region, Instant now) const;
  /// In words, that a region name is used by two syncers; empty while that is not so.
  const std::string& conflict() const { return conflict_; }
  const replication::Replication& core() const { return core_; }
  /// For tests: a core to corrupt.
  replication::Replication& mutable_core() { return core_; }
  void hash(StateHasher& hasher) const;

 private:
  /// A region other than ours (or ours in the hands of somebody else).
  struct Peer {
    std::string name;
    replication::RegionId id;
    Dialer dialer;
    std::optional<LinkId> out;
    std::optional<LinkId> in;
    Instant last_heard;
    Epoch known_epoch;                    // highest epoch it published in …
    std::uint64_t known_run = 0;          // … and the process that did; 0 when only the registry's marks tell of it
    std::optional<RegionState> reported;  // by take_region_changes()
  };

  Peer& peer(std::string_view region);
  const Peer* find(std::string_view region) const;
  RegionState state(const Peer& known, Instant now) const;
  Peer& peer_of(const PeerLink& link) { return peer(link.region); }

  void dial_due(Instant now);
  void dial(Instant now, Peer& peer);
  void read(Instant now, LinkId link, ByteView octets);
  void on_message(Instant now, PeerLink& link, const wire::SyncMessage& message);
  void on_hello(Instant now, PeerLink& link, const wire::Hello& hello);
  std::string objection(Instant now, const wire::Hello& hello, bool& conflict) const;
  void welcome(Instant now, PeerLink& link, const wire::Hello& hello);
  void on_welcome(Instant now, PeerLink& link, const wire::Welcome& welcome);
  void on_refuse(Instant now, PeerLink& link, const wire::Refuse& refuse);
  void on_word(Instant now, PeerLink& link, const replication::WriterMessage& message);

  void refuse(Instant now, PeerLink& link, std::string region, std::string node, std::string reason, bool conflict);
  void drop_frame(Instant now, PeerLink& link, std::string_view reason);
  void close(Instant now, LinkId link, std::string_view reason);
  void detach(Instant now, const PeerLink& link);
  void close_silent(Instant now);
  void send(Instant now, LinkId link, ByteView frame);
  void note_conflict(Instant now, std::string text);

  /// Empty, with the room of former ones; carry_out() gives it back.
  replication::Outputs take_outputs() { return std::exchange(spare_outputs_, {}); }
  void carry_out(Instant now, replication::Outputs& out);
  void carry_out(Instant now, replication::Output& output);
  void publish(Instant now, const replication::Publish& publish);
  void ask(Instant now, const replication::Ask& ask);
  void want_reopen(Epoch known);
  const std::string& name_of(replication::RegionId id) const;

  PeeringConfig config_;
  Streams& streams_;
  PeeringReport report_;
  Random random_;
  std::function<LinkId()> next_link_;
  std::uint64_t run_;  // of this process, to tell it from an earlier one
  Instant started_;
  replication::Replication core_;
  std::map<std::string, Peer, std::less<>> peers_;
  std::vector<std::string> names_;  // by RegionId - 1
  std::map<LinkId, PeerLink> links_;
  std::vector<RemoteChange> changes_;
  replication::Outputs spare_outputs_;
  bool publishing_ = false;
  bool leads_ = true;
  std::optional<Endpoint> leader_;
  std::optional<Epoch> reopen_wanted_;
  Instant watch_at_ = kNever;  // no link is silent for too long before this
  std::string conflict_;
  Instant conflict_until_ = kNever;
};

}  // namespace syncer::peering
