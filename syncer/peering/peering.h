// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/peering/absent_regions.h"
#include "syncer/peering/append_times.h"
#include "syncer/peering/attestations.h"
#include "syncer/peering/challenges.h"
#include "syncer/peering/config.h"
#include "syncer/peering/handshake.h"
#include "syncer/peering/links.h"
#include "syncer/peering/pacing.h"
#include "syncer/peering/peers.h"
#include "syncer/peering/published.h"
#include "syncer/peering/questions.h"
#include "syncer/peering/region_states.h"
#include "syncer/peering/relay.h"
#include "syncer/peering/sizes.h"
#include "syncer/replication/replication.h"

namespace syncer::peering {

/// The live map of a region changed at a key.
struct RemoteChange {
  std::string region;
  Bytes key;
  bool judged = true;    ///< as replication::Changed
  bool repaired = true;  ///< likewise
};

/// Links to all other regions and what is exchanged over them. The dialer is the publisher: while an epoch is open this
/// node dials every other region and pushes its own log; what other regions say comes in on the links they dialled.
class Peering {
 public:
  /// Borrows `streams`, `observer` and, where there is a certificate, its `signer`.
  Peering(PeeringConfig config, Streams& streams, Observer& observer, Random random, Instant now,
          std::function<LinkId()> next_link, Signer* signer = nullptr);
  Peering(const Peering&) = delete;
  Peering& operator=(const Peering&) = delete;

  /// Other settings from now on; the regions of gossip have to be given once more afterwards. A region that does not
  /// take part any more is away: what it has here is kept for the hold time.
  void reconfigure(Instant now, const SyncSettings& sync);
  /// All regions that gossip knows, dead members too; several nodes of a region are alternatives. A region that is not
  /// in the list left for good: it is not dialled any more and no removals are remembered for it.
  void set_regions(Instant now, std::vector<RemoteRegion> regions);
  /// Starts a new own log that says exactly this set. `epoch` is higher than every former one.
  void open_epoch(Instant now, Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set);
  /// This node does not publish for its region any more, and nobody is to publish to it: links end, and what was known
  /// of other regions is forgotten (only which epochs are over is not).
  void close_epoch(Instant now);
  /// An epoch is open.
  bool publishing() const { return publishing_; }
  /// Another region knows this epoch of ours, and we did not open it: one that is higher must be opened.
  std::optional<Epoch> reopen_wanted() const { return reopen_wanted_; }
  void put(Instant now, Bytes key, Bytes payload);
  /// Gives the view through which a region is shown what we publish; none for regions that see all of it as it is.
  using ViewOf = std::function<replication::View(const std::string& region)>;
  /// Views from now on, of regions that are known and of those to come; what they take away leaves at this pace.
  void set_views(Instant now, ViewOf view_of, Duration pace);
  /// What a region with a view of its own is shown; nullptr for one that sees everything.
  const replication::Projection* projection(std::string_view region) const;
  /// The log that a region reads; nullptr when it is not known.
  const replication::OwnLog* log_for(std::string_view region) const {
    const Peer* peer = peers_.find(region);
    return peer == nullptr ? nullptr : &core_.publisher(peer->id).log();
  }
  void erase(Instant now, ByteView key);
  /// A region that is known is told no changes of ours until it is resumed or forgotten, or until the epoch is closed.
  /// It reads us directly or not at all from then on: others would tell it what we do not.
  void pause(std::string_view region);
  void resume(Instant now, std::string_view region);
  /// Whether the own registry proves that it works; other regions' guards rely on it.
  void set_healthy(bool healthy) { core_.set_healthy(healthy); }
  /// Cluster mode: a node that is not the leader sends dialers to it.
  void set_leader(bool self, std::optional<Endpoint> leader) { handshake_.set_leader(self, leader); }
  /// Other keys of the pool from now on. A pool that is sealed stays so, and an open one open.
  void set_keys(crypto::Keyring keys) { links_.set_keys(std::move(keys)); }
  const crypto::Keyring& keys() const { return links_.keys(); }
  /// Epochs of a region below this one are over: refused even after a restart (the marks in the registry show it), and
  /// what was taken from one is forgotten. The region learns of it with the answer to its next hello.
  void raise_floor(Instant now, std::string_view region, Epoch floor);
  /// Drops what is known of a region, as if all its entries were removed.
  void forget(Instant now, std::string_view region);

  bool owns(LinkId link) const { return links_.contains(link); }
  /// A stream that starts with wire::kSyncProtocol.magic; all its bytes follow in on_stream_data.
  void on_stream_accepted(Instant now, LinkId link, const Endpoint& from, const PeerIdentity& identity = {}) {
    links_.accept(now, link, from, identity, expects(from));
  }
  /// A syncer of some region that gossip knows is at this host.
  bool expects(const Endpoint& from) const;
  void on_stream_connected(Instant now, LinkId link, const PeerIdentity& identity = {});
  void on_stream_data(Instant now, LinkId link, ByteView bytes);
  void on_stream_closed(Instant now, LinkId link, std::string_view reason);
  void advance(Instant now);
  Instant next_deadline() const;

  /// What changed in other regions since the last call.
  std::vector<RemoteChange> take_changes() { return std::exchange(changes_, {}); }
  /// As RegionStates::take_changes.
  RegionStates::Changes take_region_changes(Instant now) { return states_.take_changes(now); }
  /// nullptr when nothing is known of the region.
  const replication::Replica* replica(std::string_view region) const;
  /// Every region that was ever heard of, sorted.
  std::vector<std::string> regions() const;
  /// All false for a region that was never heard of.
  RegionState state(std::string_view region, Instant now) const;

  /// The exchange with a region.
  struct Link {
    bool up = false;                         ///< it publishes to us, or is read by way of another
    bool publishing = false;                 ///< we publish to it, or it reads us by way of another
    std::optional<Instant> last_heard = {};  ///< last authentic message of its writer; nothing before the first
    std::uint64_t unacknowledged = 0;        ///< our entries it has not acknowledged yet
    std::optional<LinkId> in = {};           ///< link over which it publishes to us
    std::optional<LinkId> out = {};          ///< likewise we to it
    std::string node;                        ///< its writer; empty while it does not publish to us
    bool dial_only = false;                  ///< it has to dial us, both ways go over that link
    std::string dial_problem;                ///< why we do not publish to it; empty while we do
    bool stalled = false;                    ///< it does not take what it is given
    bool incomplete = false;                 ///< we do not come to hold its whole set
    bool in_pool = false;                    ///< gossip has shown a syncer of it, and it has not left
    bool left = false;                       ///< gossip had shown one, and it has left
    std::string conflict;                    ///< who uses the region's name besides its writer; empty when nobody does
    std::optional<replication::QuotaKind> over_quota = {};  ///< it offers more than that
    std::vector<std::string> via = {};                      ///< regions passed by what we read of it, the nearest first
    std::string read_via = {};                              ///< the region by way of which it reads us
    std::optional<std::size_t> paused = {};                 ///< it is told no changes: so many records changed since
    Links::Traffic traffic = {};
    std::optional<Pacing::State> cap = {};  ///< nothing where it has none
  };
  Link link(std::string_view region) const;
  /// Age of the oldest entry of ours that the region has not acknowledged; zero when there is none.
  Duration lag(Instant now, std::string_view region) const { return published().lag(now, region); }
  /// Age of an entry of ours; nothing when it is not remembered.
  std::optional<Duration> age_of(Instant now, replication::Version version) const {
    return append_times_.age(now, version.epoch, version.seq);
  }
  /// For people, that our region's name is used by two syncers; empty while that is not so.
  std::string conflict() const { return handshake_.conflict(config_.region); }

  /// What became of our own records.
  std::optional<Publication> publication_of(const Bytes& key) const { return published().find(key); }
  std::vector<Bytes> unacknowledged_keys(std::string_view region, std::size_t limit) const {
    return published().unacknowledged_keys(region, limit);
  }
  /// What is known of a region may be told to another one: that is the region itself, or one that it named to relays.
  bool may_pass_on(std::string_view origin, std::string_view reader) const {
    const Peer* peer = peers_.find(origin);
    return peer != nullptr && relay_.may_pass_on(*peer, reader);
  }

  /// Asks a region on behalf of an operator. The answer comes by take_answers(), after some seconds at most. NotFound
  /// for a region that is not known or has no address, Refused when too many questions are under way.
  Result<QuestionId> ask(Instant now, std::string_view region, wire::Question::Kind kind, std::string text);
  std::vector<AnsweredQuestion> take_answers() { return questions_.take_answered(); }
  /// Dials a region, or with an empty name all regions, now instead of after a pause.
  void dial_now(Instant now, std::string_view region);
  /// What others ask; each is to be answered.
  std::vector<ReceivedQuestion> take_questions() { return questions_.take_received(); }
  void answer(Instant now, const ReceivedQuestion& question, Bytes content);

  /// Which regions may be erased once no copies of them are left.
  AbsentRegions& absent() { return absent_; }
  const AbsentRegions& absent() const { return absent_; }
  /// Nothing is known of the region any more. It comes back when gossip shows it alive, or when it dials us.
  void erase_region(Instant now, std::string_view region);
  const replication::Replication& core() const { return core_; }
  /// What was refused so far, by reason.
  const Refusals& refusals() const { return links_.refusals(); }
  Sizes sizes() const;
  void hash(StateHasher& hasher) const;

 private:
  // From the streams to the core.
  void on_unreadable(Instant now, PeerLink& link, const Error& error);
  void on_message(Instant now, PeerLink& link, const wire::SyncMessage& message);
  void greet(Instant now, PeerLink& link);
  std::string objection_to(const PeerLink& link, std::string_view region, std::string_view node) const;
  void on_hello(Instant now, PeerLink& link, const wire::Hello& hello);
  void accept(Instant now, PeerLink& link, const wire::Hello& hello);
  void settle(Instant now, const Challenges::Challenge& challenge);
  void on_greeting_answer(Instant now, PeerLink& link, const wire::SyncMessage& answer);
  void on_welcome(Instant now, PeerLink& link, const wire::Welcome& welcome);
  void on_refuse(Instant now, PeerLink& link, const wire::Refuse& refuse);
  void on_redirect(Instant now, PeerLink& link, const wire::Redirect& redirect);
  void on_question(Instant now, PeerLink& link, const wire::Question& question);
  void on_reply(Instant now, PeerLink& link, const wire::SyncMessage& reply);
  void on_writer_message(Instant now, PeerLink& link, Peer& peer, const replication::WriterMessage& message);
  void hear(Instant now, PeerLink& link, Peer& peer, Epoch epoch, const replication::WriterMessage& message);

  // From the core to the streams, the observer and the node.
  replication::Outputs take_outputs() { return std::exchange(spare_outputs_, {}); }
  void carry_out(Instant now, replication::Outputs& out);
  void carry_out(Instant now, replication::Output& output);
  void publish(Instant now, const std::vector<replication::RegionId>& to, ByteView frame, bool bulky);
  void ask(Instant now, const replication::Ask& ask);

  // Links.
  void settle_ways(Instant now);
  Published published() const { return {config_.region, peers_, links_, core_, append_times_, relay_}; }
  void dial_due(Instant now);
  void publish_back(Instant now, Peer& peer);
  void take_back(Instant now, const PeerLink& link, Peer& peer);
  void send(Instant now, LinkId link, ByteView frame);
  void send(Instant now, PeerLink& link, ByteView frame);
  void refuse(Instant now, PeerLink& link, Refusal why, const std::string& region, const std::string& node,
              const wire::Refuse& refusal);
  void drop(Instant now, PeerLink& link, Refusal why, std::string_view reason);
  void doubt(Instant now, std::string_view region, Epoch got, Epoch known);
  void refuse_stale(Instant now, std::string_view region, Epoch got, Epoch known);
  void close(Instant now, LinkId link, std::string_view reason, DialEnd end = DialEnd::Failure);
  void close_silent(Instant now, LinkId link);
  void detach(Instant now, const PeerLink& link, std::string_view reason, DialEnd end = DialEnd::Failure);

  void show(Instant now, const Peer& peer, bool again);
  bool is_published_to(const Peer& peer) const;
  void note_presence(Instant now, Peer& peer);
  void look_at_exchanges(Instant now);
  void want_reopen(Instant now, replication::RegionId reader, Epoch known);

  PeeringConfig config_;
  Observer& observer_;
  Links links_;
  Handshake handshake_;
  Peers peers_;
  Challenges challenges_;
  Questions questions_;
  AppendTimes append_times_;
  replication::Replication core_;
  RegionStates states_;
  AbsentRegions absent_;
  Attestations attestations_;
  Relay relay_;
  Pacing pacing_;
  ViewOf view_of_;
  Duration view_pace_{};
  std::vector<RemoteChange> changes_;
  replication::Outputs spare_outputs_;  // empty, with the room of former ones
  bool publishing_ = false;
  std::optional<Epoch> reopen_wanted_;
  Instant next_look_{};
};

}  // namespace syncer::peering
