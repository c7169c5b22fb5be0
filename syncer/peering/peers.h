// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/indexed_map.h"
#include "syncer/base/mutation.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"
#include "syncer/peering/exchange.h"
#include "syncer/peering/writer_trust.h"
#include "syncer/ports/observer.h"
#include "syncer/replication/outputs.h"

namespace syncer::peering {

/// Regions that are followed at the same time.
inline constexpr std::size_t kMaxRegions = 1024;

/// Where a region's syncer answers, as gossip knows it.
struct RemoteRegion {
  std::string region;
  std::string node;
  Endpoint rpc;
  bool alive = true;       ///< what gossip thinks of it; another address is another alternative, another opinion is not
  bool dial_only = false;  ///< it says that it cannot be dialled
  bool relay = false;      ///< it says that it passes on what it holds of others
  bool attests = false;    ///< it knows attestations
  bool packs = false;      ///< it can read packed frames
  bool operator==(const RemoteRegion& other) const {
    return region == other.region && node == other.node && rpc == other.rpc && dial_only == other.dial_only &&
           relay == other.relay && attests == other.attests && packs == other.packs;
  }
};

/// How a link ended that we dialled.
enum class DialEnd : std::uint8_t {
  Failure,  ///< nobody answered, or it was lost
  Refusal,  ///< the other side does not want it
  Redirect  ///< the other side named another address; on_redirect() says what becomes of that
};

/// When to dial a region and at which of its addresses. Never gives up: data does not depend on what gossip thinks of
/// a member.
class Dialer {
 public:
  Dialer(Duration retry, Random random) : retry_(retry), delay_(retry), random_(random) {}

  /// Another pause between two dials from now on.
  void set_retry(Duration retry) { retry_ = delay_ = retry; }
  /// Addresses to try in turn; none stops dialling.
  void set_alternatives(Instant now, std::vector<RemoteRegion> alternatives);
  bool wanted() const { return !alternatives_.empty(); }
  /// Not before this; kNever while there is no address.
  Instant next_attempt() const { return wanted() ? next_attempt_ : kNever; }
  Endpoint address() const;

  /// The address did not answer or the link was lost: the next one at once, but a whole round without success is
  /// followed by a pause that grows up to `kMaxPause`, with jitter.
  void on_failure(Instant now);
  /// Each link that ended is told once: a redirect by on_redirect().
  void on_end(Instant now, DialEnd end);
  /// The other side refused the link: dialling again soon is of no use.
  void on_refusal(Instant now);
  /// The other side named another address of its region; followed once in a row. False, and as after a failure, when
  /// gossip knows no member of that region there: nobody sends us to strangers.
  bool on_redirect(Instant now, const Endpoint& to);
  /// One of the region's syncers is at this host.
  bool has_host(const Endpoint& address) const;
  void on_success();
  /// The next attempt is made now.
  void hurry(Instant now) { next_attempt_ = now; }

  /// With the time a dial may take, a healed partition is noticed within 5 s.
  static constexpr Duration kMaxPause = std::chrono::milliseconds(2500);
  static constexpr Duration kRefusedPause = std::chrono::seconds(5);

 private:
  void pause(Instant now, Duration most);

  Duration retry_;
  Duration delay_;
  Random random_;
  std::vector<RemoteRegion> alternatives_;
  std::size_t current_ = 0;
  std::size_t tried_ = 0;  // alternatives that failed in this round
  std::optional<Endpoint> redirect_;
  bool was_redirected_ = false;
  Instant next_attempt_{};
};

/// What decides what becomes of the copies of a region.
struct RegionState {
  bool connected = false;  ///< it publishes to us and was heard within `silence`
  bool complete = false;   ///< we hold its whole set
  bool healthy = false;    ///< its registry proves that it works
  bool operator==(const RegionState&) const = default;
};

/// A region other than ours (or ours, when another syncer uses its name).
struct Peer {
  std::string name;
  replication::RegionId id;  ///< its name in the replication core
  Dialer dialer;
  std::optional<LinkId> out = {};           ///< the link that we publish on; we dialled it unless one side is dial-only
  std::optional<LinkId> in = {};            ///< the link that it publishes on; likewise it dialled it
  bool in_pool = false;                     ///< gossip has shown a syncer of it
  bool alive = false;                       ///< gossip shows one that is alive
  bool dial_only = false;                   ///< it cannot be dialled: we publish on the link that it dialled
  bool relay = false;                       ///< it passes on what it holds of others
  bool attests = false;                     ///< it knows attestations
  bool packs = false;                       ///< it can read packed frames
  Instant heard_directly = Instant::min();  ///< on its own link; likewise when that began
  std::string via = {};                     ///< the neighbour by which we read it; empty while it is read directly
  Instant heard_by_way = Instant::min();    ///< through that neighbour, what was of use; likewise since when
  Instant lived_by_way = Instant::min();    ///< likewise, what it vouched for anew
  Instant via_since = Instant::min();       ///< when that neighbour was taken
  unsigned fruitless_ways = 0;              ///< left in a row since none brought the set to an end
  Exchange exchange = {};
  bool expected = false;  ///< gossip showed it alive while this node was there to hear it
  WriterTrust writer;
  std::optional<RegionState> reported = {};  ///< what the node was last given

  /// What gossip says of its syncers.
  void note_members(const std::vector<RemoteRegion>& nodes);
};

/// All regions that are known, by name. References stay valid until the region is erased.
class Peers {
 public:
  using Map = IndexedMap<std::string, Peer>;

  Peers(Duration retry, Random random, Instant started) : retry_(retry), random_(random), started_(started) {}

  /// Another pause between two dials from now on.
  void set_retry(Duration retry) {
    retry_ = retry;
    next_dial_.reset();
    for (auto& [name, peer] : map_) peer.dialer.set_retry(retry);
  }
  /// Adds the region when it is new.
  Peer& at(std::string_view region);
  const Peer* find(std::string_view region) const { return map_.find(region); }
  /// The region of an id that is in use, and is not that of the own side.
  Peer& of(replication::RegionId id) { return *by_id_[id.value - 1]; }
  /// The region of an id that was in use once is still known.
  bool has(replication::RegionId id) const { return by_id_[id.value - 1] != nullptr; }
  /// Empty for id 0, the own side.
  const std::string& name_of(replication::RegionId id) const;
  /// When this object was made.
  Instant started() const { return started_; }
  void erase(std::string_view region);
  /// Neither known nor room for it.
  bool is_full_for(std::string_view region) const { return map_.size() >= kMaxRegions && find(region) == nullptr; }

  /// The same for one that nobody shows but a neighbour who offers a way to it: half of the places are left to those
  /// that gossip shows or that dial.
  bool is_full_for_offered(std::string_view region) const {
    const std::size_t most = SYNCER_MUTATED("peering.give_all_places_to_the_offered") ? kMaxRegions : kMaxRegions / 2;
    return map_.size() >= most && find(region) == nullptr;
  }

  /// When the first of those that have no link to publish on is dialled.
  Instant next_dial() const;
  /// To be called after a change of a dialer, or of who has such a link.
  void note_dialling() { next_dial_.reset(); }

  std::size_t size() const { return map_.size(); }
  /// Ids that are in use.
  std::size_t ids() const { return by_id_.size() - free_.size(); }

  auto begin() { return map_.begin(); }
  auto end() { return map_.end(); }
  auto begin() const { return map_.begin(); }
  auto end() const { return map_.end(); }

 private:
  replication::RegionId next_id();

  Duration retry_;
  Random random_;
  Instant started_;
  Map map_;
  std::vector<Peer*> by_id_;                      // by RegionId - 1; nullptr for those that are not in use
  std::vector<replication::RegionId> free_ = {};  // of erased regions
  mutable std::optional<Instant> next_dial_ = {};
};

// Events about the log of a region.

void report_entry(Observer& observer, Instant now, EventKind kind, std::string_view region,
                  const replication::Version& version, replication::Op op, std::string_view key);
void report_bound(Observer& observer, Instant now, std::string_view region, const replication::Bound& bound);
void report_mismatch(Observer& observer, Instant now, std::string_view region, const replication::Version& version);
/// A message of the epoch `got` was refused.
void report_stale_epoch(Observer& observer, Instant now, std::string_view region, Epoch got, Epoch known);
/// Something of a region's log was asked for; an acknowledgement asks for nothing, and the next part of what was asked
/// for already for nothing new.
void report_question(Observer& observer, Instant now, std::string_view region,
                     const replication::ReaderMessage& question);
/// A region reached a quota, or is within it again.
void report_quota(Observer& observer, Instant now, std::string_view region, const replication::QuotaChanged& changed);
/// Somebody speaks of an epoch that the region cannot have, as far as is known.
void report_doubt(Observer& observer, Instant now, std::string_view region, Epoch got, Epoch known);

}  // namespace syncer::peering
