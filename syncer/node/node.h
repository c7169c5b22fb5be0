// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/ids.h"
#include "syncer/base/random.h"
#include "syncer/node/convergence.h"
#include "syncer/node/explanation.h"
#include "syncer/node/inventory.h"
#include "syncer/node/node_config.h"
#include "syncer/node/sizes.h"
#include "syncer/node/status.h"
#include "syncer/ports/ports.h"
#include "syncer/wire/sync/message.h"

namespace syncer::gossip {
class Gossip;
}
namespace syncer::peering {
class Peering;
}
namespace syncer::catalog {
class Catalog;
struct CopyQuery;
}  // namespace syncer::catalog
namespace syncer::replication {
class Projection;
}  // namespace syncer::replication
namespace syncer::cluster {
class Cluster;
}

namespace syncer::node {

struct Parts;
class Flows;
struct MappingQuery;
struct MappingsReport;
struct ReachabilityReport;
struct RttReport;

/// Accepted streams of which nothing was read yet. Their first byte identifies gossip or sync, whichever of the two
/// ports they came in on: this is what makes joining an RPC address work.
class UnidentifiedStreams {
 public:
  enum class Protocol : std::uint8_t { Gossip, Sync };

  struct Identified {
    Protocol protocol;
    Endpoint from;
    PeerIdentity identity;
  };

  /// False when too many streams on that socket are silent already, of this host or of all; the caller closes the link.
  /// Hosts that are `expected` find places that are kept for them.
  bool accept(Instant now, LinkId link, Listener listener, const Endpoint& from, const PeerIdentity& identity,
              bool expected);
  /// Removes the stream and gives its protocol and where it came from; nothing when the link is not one of these.
  std::optional<Identified> identify(LinkId link, ByteView first_bytes);
  void forget(LinkId link);
  /// Removes a stream that stayed silent for too long, for the caller to close; call until it gives nothing.
  std::optional<LinkId> take_expired(Instant now);
  Instant next_deadline() const;
  std::size_t size() const { return streams_.size(); }

 private:
  struct Silent {
    Listener listener;
    Endpoint from;
    PeerIdentity identity;
    Instant deadline;
  };
  /// Of one listener.
  struct Crowd {
    std::size_t all = 0;
    std::map<std::array<std::uint8_t, 16>, std::size_t> of_host;  ///< by its address
  };
  void remove(std::map<LinkId, Silent>::iterator at);

  std::map<LinkId, Silent> streams_;
  std::multiset<Instant> deadlines_;  ///< of each of them: all are asked for the first after each event
  std::map<Listener, Crowd> crowds_;
};

/// One syncer: the only object a driver (the daemon, the simulator) talks to. It owns the parts (Parts), hands each
/// input to the part it is meant for, and has the results carried between the parts (Flows).
///
/// Every call takes the time and returns at once; effects go out through the ports. Not thread-safe: one driver, one
/// thread.
class Node {
 public:
  /// Reads the storage; a storage that cannot be read is an error the process should end with.
  static Result<std::unique_ptr<Node>> create(NodeConfig config, Ports ports, Random random, Instant now);
  ~Node();

  void start(Instant now);
  /// Orderly end: leaves the pool, or in cluster mode hands leadership over; with `for_good` it leaves the pool in
  /// cluster mode, too. Done when left() is true.
  void leave(Instant now, bool for_good = false);
  bool left() const;
  /// Set when the node cannot go on (name already taken, disk failed); the process should end with this text.
  const std::string& fatal() const;

  /// Runs everything that is due. To be called when now >= next_deadline().
  void advance(Instant now);
  Instant next_deadline() const;

  void on_datagram(Instant now, const Endpoint& from, ByteView packet);
  /// `identity` is that of the certificate at the other end, if it has shown one.
  void on_stream_accepted(Instant now, LinkId link, Listener listener, const Endpoint& from,
                          const PeerIdentity& identity = {});
  void on_stream_connected(Instant now, LinkId link, const PeerIdentity& identity = {});
  void on_stream_data(Instant now, LinkId link, ByteView bytes);
  void on_stream_closed(Instant now, LinkId link, std::string_view reason);
  void on_http(Instant now, CallId call, Result<HttpResponse> answer);
  void on_stored(Instant now, CallId call, Result<void> outcome);

  /// What an operator's other configuration came to.
  struct Reconfigured {
    std::vector<std::string> applied;       ///< keys whose new values are in force
    std::vector<std::string> need_restart;  ///< keys whose new values are not
  };
  /// Operator's command: the settings of that configuration from now on, as far as they are live. On an error (what
  /// would then be in force is not valid) all stays as it is.
  Result<Reconfigured> reconfigure(Instant now, const NodeConfig& wanted);
  /// Join targets, resolved anew by the driver when they are host names.
  void set_seeds(Instant now, std::vector<Endpoint> seeds);
  /// Operator's command: let the held removals of a region go ("*" for all).
  /// In cluster mode the leader does it once the group has committed it; Refused without a leader.
  Result<void> release_guard(Instant now, std::string_view region);
  /// Operator's command: forget a region that is away, with its copies. NotFound when it is not known, Refused while it
  /// is there; in cluster mode the group has to commit it.
  Result<void> forget_region(Instant now, std::string_view region);
  /// Operator's command: a member that failed will not come back, see Gossip.
  Result<void> force_leave(Instant now, const std::string& member);
  /// Operators' commands about copies of a region, or with an empty name of all regions, see catalog::Steering: they
  /// last as long as this node writes for its region. Refused while another one does, NotFound for a region that is not
  /// known.
  Result<void> pause_imports(Instant now, const std::string& region);
  Result<void> resume_imports(Instant now, const std::string& region);
  Result<void> drain(Instant now, const std::string& region, std::uint32_t per_second);
  /// Operator's command: a region (with an empty name all) goes on with what it was told, and is told no changes until
  /// this is taken back. NotFound for a region that is not known; see Flows::pause_exports.
  Result<void> pause_exports(Instant now, const std::string& region);
  Result<void> resume_exports(Instant now, const std::string& region);
  /// Operator's command: reads the registry, dials a region (with an empty name all) and tries again what waits or was
  /// refused, now.
  Result<void> sync_now(Instant now, const std::string& region);
  /// Operator's commands to the region's group, see Cluster; Refused in single mode.
  Result<void> replace_voter(Instant now, std::string_view node);
  Result<void> raise_generation(Instant now);
  Result<void> forget_proposal(Instant now);
  /// Operator's command: other gossip keys from now on. A pool that is sealed stays so, and an open one open: Refused.
  Result<void> set_gossip_keys(Instant now, crypto::Keyring keys);
  /// Operator's commands: which key seals, and which is gone for good. True when the region's group decides, and the
  /// keys change when it has; false when there is none, and set_gossip_keys is the way.
  Result<bool> use_key(Instant now, const std::string& id);
  Result<bool> remove_key(Instant now, const std::string& id);
  const crypto::Keyring& gossip_keys() const;
  /// What a policy would change, for people. Refused by a syncer that is not the region's writer, which knows nothing.
  Result<std::string> check_policy(const policy::Policy& policy) const;
  /// Refused, with what it would take away, when that is more than the policy's share of what any region is shown.
  Result<void> permit_policy(const policy::Policy& policy) const;
  /// Another policy from now on, without other settings; one that is not permitted only when `confirmed`.
  Result<void> apply_policy(Instant now, policy::Policy policy, bool confirmed);

  /// A syncer that is known is at this host: places are kept for it.
  bool is_member_host(const Endpoint& from) const;
  const NodeConfig& config() const;
  /// A picture for people, `syncer status` and the checkers; builds copies, not for hot paths.
  Status status(Instant now) const;
  /// What is known here of the instances of that name or with that id, or with an empty `what` of the region that is
  /// not everywhere as it is to be.
  RegionAccount account(Instant now, wire::Question::Kind kind, std::string_view text) const;
  /// The copies in the own registry, and its services: a page of them.
  CopiesReport copies(Instant now, const catalog::CopyQuery& query) const;
  MappingsReport mappings(const MappingQuery& query) const;
  /// Operator's question: who of the pool answers now? Asked afresh; take_roll() has what came of it, once.
  void call_roll(Instant now);
  std::optional<ReachabilityReport> take_roll();
  /// Of what is measured all the time; see node::round_trips.
  RttReport round_trips(const std::string& about) const;
  ServicesReport services(std::string_view search, std::string_view after, std::size_t limit) const;
  /// Asks another region the same. The answer comes by take_answers(); errors as of Peering::ask.
  Result<std::uint64_t> ask_region(Instant now, std::string_view region, wire::Question::Kind kind, std::string text);
  /// The answers that came since the last call, by the numbers that ask_region() gave.
  std::vector<std::pair<std::uint64_t, RegionAccount>> take_answers(Instant now);
  /// Asks each region how old changes are that were written here since the last time; take_times() has what came of it.
  void measure(Instant now);
  std::vector<ConvergenceTime> take_times();
  /// Parts, for checkers and tests: read only.
  const gossip::Gossip& gossip() const;
  const peering::Peering& peering() const;
  const catalog::Catalog& catalog() const;
  /// nullptr in single mode.
  const cluster::Cluster* cluster() const;
  const policy::Policy& policy() const;
  /// What the policy shows here of a region, nullptr where it has no word; see Peering::projection for the other way.
  const replication::Projection* shown_here(const std::string& region) const;
  Sizes sizes() const;
  void hash(StateHasher& hasher) const;

 private:
  void identify(Instant now, LinkId link, ByteView first_bytes);
  explicit Node(std::unique_ptr<Parts> parts);
  void take_policy(Instant now);
  void begin_leave(Instant now, bool for_good);
  Result<void> may_steer(const std::string& region) const;
  void fill_members(Status& status, Instant now) const;
  void fill_work(Status& status, Instant now) const;
  Result<void> ask_cluster(Instant now, const std::function<Result<void>(cluster::Cluster&)>& ask);
  Result<bool> ask_about_key(Instant now, const std::function<Result<void>(cluster::Cluster&)>& ask);

  std::unique_ptr<Parts> parts_;
  std::unique_ptr<Flows> flows_;
  UnidentifiedStreams unidentified_;
  bool leaves_pool_ = false;  ///< what left() waits for
};

}  // namespace syncer::node
