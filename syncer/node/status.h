// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/ids.h"
#include "syncer/base/status_field.h"
#include "syncer/catalog/status.h"
#include "syncer/cluster/status.h"
#include "syncer/gossip/status.h"
#include "syncer/membership/message.h"
#include "syncer/node/certificate.h"
#include "syncer/peering/status.h"

namespace syncer::node {

/// "alive", "suspect", "dead", "left".
std::string_view state_text(membership::State state);

/// What the policy keeps from another region, and away of it.
struct PolicyStatus {
  std::uint64_t not_given = 0;     ///< own instances that it is not shown
  std::uint64_t not_taken = 0;     ///< its instances that are not shown here
  std::uint64_t leaving = 0;       ///< records of both that are shown still, and go one by one
  std::vector<std::string> rules;  ///< which rule keeps how many: "\"no payments\" keeps 3 from it"

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "policy_not_given", .help = "Own instances that the policy does not give to the region."},
            s.not_given);
    v.field({.key = "policy_not_taken", .help = "Instances of the region that the policy does not let in."},
            s.not_taken);
    v.field({.key = "policy_leaving",
             .help = "Records that the policy took away and that are shown until it is their turn.",
             .phrase = "{} records leave by the policy",
             .hide_unset = true},
            s.leaving);
    v.field({.key = "policy", .phrase = "policy: {}"}, s.rules);
  }
};

/// What is known of another region.
struct RegionStatus {
  std::string region;
  peering::LinkStatus link;
  catalog::ImportStatus imports;
  PolicyStatus policy = {};

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "region"}, s.region);
    peering::LinkStatus::describe(s.link, v);
    catalog::ImportStatus::describe(s.imports, v);
    PolicyStatus::describe(s.policy, v);
  }
};

/// The list of members as a part of a status and as a document of its own.
inline constexpr StatusPart kMembersPart = {.key = "members"};

/// A whole node at one instant.
struct Status {
  std::string node;
  std::string region;
  std::string mode;
  Epoch epoch;
  std::optional<cluster::GroupStatus> group = {};     ///< in cluster mode
  std::optional<CertificateStatus> certificate = {};  ///< where there is one
  bool ready = false;                                 ///< nothing is a problem
  std::string failure;                                ///< why the process ends; empty while it goes on
  bool leaving = false;                               ///< it was told to stop
  std::string conflict;                               ///< who else uses the region's name; empty when nobody does
  std::string starting;        ///< what it waits for before its work begins; empty when it has begun or cannot
  std::string unreached;       ///< that no other syncer reaches an address of ours; empty while one does
  bool export_paused = false;  ///< by an operator
  std::string unkept_keys;     ///< why gossip keys that changed are not on disk; empty when they are
  std::vector<gossip::JoinStatus> joins;
  std::vector<gossip::MemberStatus> members;
  std::vector<RegionStatus> regions;
  catalog::RegistryStatus registry;
  std::vector<std::string> pending;  ///< for people, what is under way and no problem; each once; empty at rest
  std::map<std::string, std::uint64_t> gossip_datagrams = {{"in", 0}, {"out", 0}};  ///< since the start, by direction
  std::map<std::string, std::uint64_t> gossip_dropped = {};   ///< packets and streams not believed, by reason
  std::map<std::string, std::uint64_t> sync_refused = {};     ///< what was refused of other regions, by reason
  std::map<std::string, std::uint64_t> cluster_refused = {};  ///< what was refused on the cluster port, by reason

  std::string schema = "syncer/status/1";

  /// In cluster mode the registry and the other regions are the leader's work.
  bool follows() const { return group && !group->leads; }

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "node"}, s.node);
    v.field({.key = "region", .phrase = "region {}"}, s.region);
    v.field({.key = "mode", .phrase = "mode {}"}, s.mode);
    v.field({.key = "ready", .help = "1 while nothing is a problem.", .phrase = "ready", .unset = "NOT ready"},
            s.ready);
    v.field({.key = "failure", .phrase = "{}", .problem = Problem::WhenSet, .cause = "failed"}, s.failure);
    v.field({.key = "leaving", .phrase = "the syncer is leaving", .problem = Problem::WhenSet, .cause = "leaving"},
            s.leaving);
    v.field({.key = "conflict", .phrase = "{}", .problem = Problem::WhenSet, .cause = "region_name_used_twice"},
            s.conflict);
    v.field({.key = "starting", .phrase = "{}", .problem = Problem::WhenSet, .cause = "starting"}, s.starting);
    v.field({.key = "unreached", .phrase = "{}", .problem = Problem::WhenSet, .cause = "not_reached"}, s.unreached);
    v.field({.key = "export_paused",
             .help = "1 while an operator has paused the export.",
             .phrase = "export is paused by an operator",
             .hide_unset = true,
             .problem = Problem::WhenSet,
             .cause = "export_paused"},
            s.export_paused);
    v.field({.key = "unkept_keys", .phrase = "{}", .problem = Problem::WhenSet, .cause = "keys_not_kept"},
            s.unkept_keys);
    v.field({.key = "epoch", .phrase = "epoch {}"}, s.epoch);
    v.part({.key = "group", .label = "group", .metric = "syncer_group"}, s.group);
    v.part({.key = "certificate", .label = "certificate", .metric = "syncer_certificate"}, s.certificate);
    v.part({.key = "registry", .label = "registry", .metric = "syncer_registry", .of_writer = true}, s.registry);
    v.list({.key = "regions", .label = "region", .metric = "syncer_region", .row = "region", .of_writer = true},
           s.regions);
    v.list({.key = "joins", .label = "join", .metric = "syncer_join", .row = "address"}, s.joins);
    v.list(kMembersPart, s.members);
    v.counts({.key = "gossip_datagrams", .help = "Datagrams of the gossip pool, received and sent."}, "dir",
             s.gossip_datagrams);
    v.counts({.key = "gossip_dropped", .help = "Gossip packets and streams that were not believed, by reason."},
             "reason", s.gossip_dropped);
    v.counts(
        {.key = "sync_refused", .help = "Links, messages and records of other regions that were refused, by reason."},
        "reason", s.sync_refused);
    v.counts({.key = "cluster_refused", .help = "Streams on the cluster port that were refused, by reason."}, "reason",
             s.cluster_refused);
    v.field({.key = "pending"}, s.pending);
    v.field({.key = "schema"}, s.schema);
  }
};

/// The document of GET /v1/members.
struct MembersReport {
  std::vector<gossip::MemberStatus> members;
  std::string schema = "syncer/members/1";

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.list(kMembersPart, s.members);
    v.field({.key = "schema"}, s.schema);
  }
};

/// The document of GET /v1/cluster.
struct ClusterReport {
  std::string region;
  std::optional<cluster::GroupStatus> group;
  std::vector<std::string> pending;
  std::string schema = "syncer/cluster/1";

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "region"}, s.region);
    v.part({.key = "group"}, s.group);
    v.field({.key = "pending"}, s.pending);
    v.field({.key = "schema"}, s.schema);
  }
};

/// One key of the gossip pool; never the key itself.
struct KeyStatus {
  std::string id;
  std::uint64_t bits = 0;
  bool in_use = false;  ///< it seals; the others only open

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "id", .column = "ID"}, s.id);
    v.field({.key = "bits", .column = "BITS"}, s.bits);
    v.field({.key = "in_use", .column = "IN USE"}, s.in_use);
  }
};

/// The document of GET /v1/keys.
struct KeysReport {
  std::vector<KeyStatus> keys;
  std::string schema = "syncer/keys/1";

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.list({.key = "keys"}, s.keys);
    v.field({.key = "schema"}, s.schema);
  }
};

}  // namespace syncer::node
