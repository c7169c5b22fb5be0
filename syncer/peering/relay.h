// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/peering/attestations.h"
#include "syncer/peering/config.h"
#include "syncer/peering/links.h"
#include "syncer/peering/peers.h"
#include "syncer/peering/vouching.h"
#include "syncer/peering/way_choice.h"
#include "syncer/peering/way_table.h"
#include "syncer/replication/replication.h"

namespace syncer::peering {

/// Reads regions that do not reach us by way of others that do, and passes on what is held of others where the operator
/// says so. Each neighbour tells what it offers; who needs a region follows it at the neighbour with the shortest way,
/// and says so; a region is read directly again as soon as its own link speaks. Whoever offers a way has heard its
/// origin a moment ago, and a heartbeat goes on only as an answer to one: so a region is connected, on however many
/// hops, only as long as it speaks itself. Without a relay in the pool it does nothing.
class Relay {
 public:
  using Surroundings = Vouching::Surroundings;
  /// Borrows all. `run` is this process, as the handshake says it; `send` may close the link, and says so by
  /// links_changed().
  Relay(const Surroundings& surroundings, Observer& observer, std::uint64_t run,
        std::function<void(Instant, LinkId, ByteView)> send)
      : config_(surroundings.config),
        links_(surroundings.links),
        peers_(surroundings.peers),
        core_(surroundings.core),
        attestations_(surroundings.attestations),
        observer_(observer),
        run_(run),
        send_(send),
        vouching_(surroundings, std::move(send)),
        table_(config_.region),
        chosen_(config_, attestations_, core_, table_, observer) {}

  /// Regions that are not known yet are to be shown something else than all of it.
  void set_limited(bool limited) { limited_ = limited; }
  /// What a neighbour says of third regions; false when it has no business saying so on that link.
  bool on_message(Instant now, PeerLink& link, const wire::SyncMessage& message, replication::Outputs& out);
  /// What origins vouch for goes with what is published and passed on.
  Vouching& vouching() { return vouching_; }
  /// Something came on a region's own link: it is read there again.
  void hear_directly(Instant now, Peer& peer);
  /// Links came or went, or what regions are shown changed: update() is to be called before anything else is heard.
  void links_changed() { changed_ = true; }
  bool wants_update() const { return changed_; }
  /// False when there is no relay in the pool, nor was.
  bool update(Instant now);
  /// Likewise from time to time.
  void advance(Instant now) { changed_ = changed_ || now >= next_look_; }
  /// Regions that are offered and not known here: gossip may never have shown them where hardly anybody reaches
  /// another.
  std::vector<std::string> unknown_regions(Instant now) const;
  Instant next_deadline() const { return next_look_; }

  /// The regions passed by what is read of a region, the nearest first; empty when it is read directly.
  std::vector<std::string> via(const Peer& peer) const { return chosen_.via(peer); }
  /// The origin lets that region have its records from others, as far as it said whom; itself at any rate.
  bool may_pass_on(const Peer& origin, std::string_view reader) const;
  /// The neighbour by which a region reads us; empty when none is known.
  std::string read_by_way_of(std::string_view region) const;
  /// Nothing is known of the region any more.
  void forget(std::string_view region);

 private:
  /// What is said on the links with a neighbour, besides the records of the two.
  struct Neighbour {
    std::optional<LinkId> in;          ///< as of the last look
    std::optional<LinkId> out;         ///< likewise
    bool asked = false;                ///< we want to know its ways, on `in`
    bool asks = false;                 ///< it wants to know ours, on `out`
    std::vector<wire::Way> told;       ///< on `out`
    std::vector<std::string> readers;  ///< of ours, by way of it, as it says on `out`
    std::map<std::string, std::vector<std::string>, std::less<>> follows;  ///< origin -> readers, on `out`
  };
  /// What was said upstream of who reads a region here.
  struct Told {
    std::optional<LinkId> link;
    std::vector<std::string> readers;
  };

  bool is_active() const;
  Attestations::IsOffered offered_by(const PeerLink& link) const;
  void hear(Instant now, PeerLink& link, Peer& origin, const replication::WriterMessage& message,
            replication::Outputs& out);
  void hear_vouched(Instant now, PeerLink& link, Peer& origin, replication::WriterMessage message,
                    replication::Outputs& out);
  /// What a message by way of others comes to, as that process said it.
  replication::Heard take_in(Instant now, std::uint64_t run, Peer& origin, const replication::WriterMessage& message,
                             replication::Outputs& out);
  void refuse_way(Instant now, Peer& origin, const std::string& why);
  void on_follow(Instant now, const Peer& from, Neighbour& neighbour, const wire::Follow& follow);
  void look_at_links(Instant now, Neighbour& neighbour, const Peer& peer);
  void drop_follower(const std::string& origin, const Peer& reader);
  bool is_live(Instant now, const Peer& peer) const;
  wire::Scope own_scope() const;
  std::vector<wire::Way> passed_on(Instant now) const;
  bool may_have(const Peer& reader, const wire::Way& way) const;
  void announce(Instant now, const std::vector<wire::Way>& all, const Peer& peer, Neighbour& neighbour);
  std::vector<std::string> readers_of(const Peer& origin) const;
  void tell_upstream(Instant now, const Peer& origin);
  void leave_removals_to_relays(const Peer& peer);
  std::optional<LinkId> up(const std::optional<LinkId>& id) const { return links_.up(id); }
  void send(Instant now, LinkId id, const wire::SyncMessage& message) { send_(now, id, wire::encode_sync(message)); }

  const PeeringConfig& config_;
  Links& links_;
  Peers& peers_;
  replication::Replication& core_;
  Attestations& attestations_;
  Observer& observer_;
  std::uint64_t run_;
  std::function<void(Instant, LinkId, ByteView)> send_;
  Vouching vouching_;
  WayTable table_;
  WayChoice chosen_;
  std::map<std::string, Neighbour, std::less<>> neighbours_;
  std::map<std::string, Told, std::less<>> told_;  // by origin
  bool limited_ = false;
  bool changed_ = false;
  Instant next_look_ = kNever;
};

}  // namespace syncer::peering
