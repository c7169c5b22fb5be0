// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "syncer/base/status_field.h"
#include "syncer/base/time.h"

namespace syncer::gossip {

/// One line of `syncer members`.
struct MemberStatus {
  std::string name;
  std::string address;
  std::string rpc_address;  ///< from its tags, as the region
  std::string region;
  std::string state;  ///< alive, suspect, dead, left
  std::uint64_t incarnation = 0;
  Duration rtt{};
  std::map<std::string, std::string> tags = {};
  std::optional<int> health = {};  ///< of ourselves alone, 0 well to 7: members do not publish it

  /// Tags without those that are fields of their own.
  std::map<std::string, std::string> other_tags() const {
    auto others = tags;
    others.erase("region");
    others.erase("rpc");
    return others;
  }

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "name", .column = "NAME"}, s.name);
    v.field({.key = "region", .column = "REGION"}, s.region);
    v.field({.key = "state", .column = "STATE"}, s.state);
    v.field({.key = "address", .column = "ADDRESS"}, s.address);
    v.field({.key = "rpc_address", .column = "RPC"}, s.rpc_address);
    v.field({.key = "incarnation", .column = "INCARNATION"}, s.incarnation);
    v.field({.key = "rtt", .column = "RTT"}, s.rtt);
    v.field({.key = "health_score", .column = "HEALTH"}, s.health);
    v.field({.key = "tags"}, s.tags);
    v.derived({.key = "", .column = "TAGS"}, s.other_tags());
  }
};

/// An address that the operator gave to join by.
struct JoinStatus {
  std::string address;
  bool joined = false;  ///< it answered, or is a member
  std::string problem;  ///< why it did not answer the last time; a problem while none of the addresses ever did
  bool needed = false;  ///< none of them ever did

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "address"}, s.address);
    v.field({.key = "problem",
             .phrase = "{}",
             .problem = s.needed ? Problem::WhenSet : Problem::Never,
             .cause = "never_joined"},
            s.problem);
    v.field({.key = "joined", .help = "1 when the address answered.", .phrase = "joined"}, s.joined);
    v.field({.key = "needed"}, s.needed);
  }
};

}  // namespace syncer::gossip
