// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "syncer/base/status_field.h"
#include "syncer/base/time.h"
#include "syncer/membership/roll_call.h"

namespace syncer::node {

struct Parts;

/// One member that was asked whether it is there.
struct ReachabilityRow {
  std::string name;
  std::string region;
  std::string state;  ///< what the pool holds of it
  std::string address;
  bool answers = false;
  std::optional<Duration> rtt = {};  ///< of its answer

  /// The pool holds that it is there, and it does not answer.
  bool is_missed() const { return !answers && (state == "alive" || state == "suspect"); }

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "name", .column = "NAME"}, s.name);
    v.field({.key = "region", .column = "REGION"}, s.region);
    v.field({.key = "state", .column = "STATE"}, s.state);
    v.field({.key = "address", .column = "ADDRESS"}, s.address);
    v.field({.key = "answers", .column = "ANSWERS"}, s.answers);
    v.field({.key = "rtt", .column = "RTT"}, s.rtt);
  }
};

/// The document of GET /v1/reachability.
struct ReachabilityReport {
  std::string schema = "syncer/reachability/1";
  std::string node;
  std::vector<ReachabilityRow> members;  ///< all others that have not left

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "schema"}, s.schema);
    v.field({.key = "node"}, s.node);
    v.list({.key = "members"}, s.members);
  }
};

/// Round trips of our probes to one member.
struct MemberRoundTrip {
  std::string name;
  std::string region;
  std::string state;
  std::optional<Duration> last = {};   ///< nothing while none was measured
  std::optional<Duration> worst = {};  ///< of the last eight

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "name", .column = "MEMBER"}, s.name);
    v.field({.key = "region", .column = "REGION"}, s.region);
    v.field({.key = "state", .column = "STATE"}, s.state);
    v.field({.key = "last", .column = "RTT"}, s.last);
    v.field({.key = "worst", .column = "WORST OF 8"}, s.worst);
  }
};

/// Round trip on a link that is open with another region, as TCP measures it by what travels there: heartbeats at
/// least.
struct LinkRoundTrip {
  std::string region;
  std::string way;  ///< "out": we publish to it; "in": it publishes to us; "both"
  std::optional<Duration> rtt = {};
  std::optional<Duration> last_heard = {};  ///< age of the last message of its writer

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "region", .column = "LINK WITH"}, s.region);
    v.field({.key = "way", .column = "WAY"}, s.way);
    v.field({.key = "rtt", .column = "RTT"}, s.rtt);
    v.field({.key = "last_heard", .column = "HEARD"}, s.last_heard);
  }
};

/// The document of GET /v1/rtt.
struct RttReport {
  std::string schema = "syncer/rtt/1";
  std::string node;
  std::vector<MemberRoundTrip> members;
  std::vector<LinkRoundTrip> links;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "schema"}, s.schema);
    v.field({.key = "node"}, s.node);
    v.list({.key = "members"}, s.members);
    v.list({.key = "links"}, s.links);
  }
};

ReachabilityReport reachability(const Parts& parts, const std::vector<membership::Attendance>& answers);
/// Of all others that have not left, or of those of that name or region. Their links are the driver's to add.
RttReport round_trips(const Parts& parts, const std::string& about);

}  // namespace syncer::node
