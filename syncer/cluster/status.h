// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/status_field.h"
#include "syncer/base/time.h"

namespace syncer::cluster {

/// One line of `syncer cluster members`: a voter slot of the region's group.
struct VoterStatus {
  std::string name;
  std::string disk;  ///< number of the disk that holds the slot, in hexadecimal
  std::string address;
  std::string state;                        ///< leader, follower, joining, disk lost, not there
  std::optional<std::uint64_t> match = {};  ///< how much of the leader's log it is known to hold; only the leader knows
  std::optional<std::uint64_t> lag = {};    ///< entries it lacks of those that are committed; only the leader knows
  std::optional<Duration> last_heard = {};  ///< age of its last message; absent for ourselves and who never spoke
  bool operator==(const VoterStatus&) const = default;

  bool up() const { return state == "leader" || state == "follower"; }
  bool missing() const { return state == "not there" || state == "disk lost"; }

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "name", .column = "NAME"}, s.name);
    v.field({.key = "state",
             .phrase = "{}",
             .column = "STATE",
             .problem = s.missing() ? Problem::WhenSet : Problem::Never,
             .cause = "voter_missing"},
            s.state);
    v.derived({.key = "up", .help = "1 while the voter is there with the disk of its slot."}, s.up());
    v.field({.key = "match",
             .help = "Entries of the group's log the voter holds; only the leader knows.",
             .column = "MATCH"},
            s.match);
    v.field({.key = "lag",
             .help = "Committed entries that the voter lacks; only the leader knows.",
             .phrase = "{} entries behind",
             .column = "LAG"},
            s.lag);
    v.field(
        {.key = "last_heard", .help = "Age of the voter's last message.", .phrase = "heard {} ago", .column = "HEARD"},
        s.last_heard);
    v.field({.key = "address", .column = "ADDRESS"}, s.address);
    v.field({.key = "disk", .column = "DISK"}, s.disk);
  }
};

/// The group of syncers of one region, as this one of them sees it.
struct GroupStatus {
  bool leads = false;  ///< the others neither read nor write the registry
  std::string leader;  ///< empty while none is known
  std::uint64_t term = 0;
  std::uint64_t commit = 0;
  std::uint64_t generation = 0;
  std::vector<VoterStatus> voters = {};    ///< empty until the list is agreed
  std::vector<std::string> problems = {};  ///< why the group does not work, for people

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "leads", .help = "1 while this syncer leads its region."}, s.leads);
    v.field({.key = "problems", .phrase = "{}", .problem = Problem::WhenSet, .cause = "group_not_working"}, s.problems);
    v.field({.key = "leader", .phrase = "leader {}", .unset = "no leader"}, s.leader);
    v.field({.key = "term", .help = "Term of the region's group.", .phrase = "term {}"}, s.term);
    v.field({.key = "commit", .help = "Committed entries of the group's log.", .phrase = "{} entries committed"},
            s.commit);
    v.field({.key = "generation", .help = "Generation of the region's epochs."}, s.generation);
    v.list({.key = "voters", .label = "voter", .metric = "syncer_voter", .row = "voter"}, s.voters);
  }
};

}  // namespace syncer::cluster
