// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/status_field.h"

namespace syncer::node {

struct Known;

/// How one service of one region is shown in another one.
struct MappingRow {
  std::string direction;  ///< "import": a service of `region` here; "export": one of ours there
  std::string region;
  std::string service;          ///< as its own region names it
  std::string shown_as;         ///< as it is named where it is shown; empty when all of it is withheld
  std::string here;             ///< what the own registry calls it, by name or by id; empty while no copy is there
  std::uint64_t instances = 0;  ///< that its region has
  std::uint64_t withheld = 0;   ///< those of them that are not shown
  std::vector<std::string> by;  ///< rules that withhold, and rewritings that change, any of it
  bool operator==(const MappingRow&) const = default;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "direction", .column = "DIRECTION"}, s.direction);
    v.field({.key = "region", .column = "REGION"}, s.region);
    v.field({.key = "service", .column = "SERVICE"}, s.service);
    v.field({.key = "shown_as", .column = "SHOWN AS"}, s.shown_as);
    v.field({.key = "here", .column = "HERE"}, s.here);
    v.field({.key = "instances", .column = "INSTANCES"}, s.instances);
    v.field({.key = "withheld", .column = "WITHHELD"}, s.withheld);
    v.field({.key = "by", .column = "BY"}, s.by);
  }
};

/// One line of the policy in force.
struct PolicyRow {
  std::string direction;  ///< "export" or "import"
  std::string kind;       ///< "allow", "deny" or "rewrite"
  std::string name;
  std::string regions;  ///< patterns of the regions that it is about

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "direction", .column = "DIRECTION"}, s.direction);
    v.field({.key = "kind", .column = "KIND"}, s.kind);
    v.field({.key = "name", .column = "POLICY"}, s.name);
    v.field({.key = "regions", .column = "REGIONS"}, s.regions);
  }
};

/// The document of GET /v1/mappings.
struct MappingsReport {
  std::string schema = "syncer/mappings/1";
  std::string region;
  std::optional<std::string> problem = {};  ///< as of CopiesReport
  std::uint64_t total = 0;
  std::string next;  ///< for the next page; empty at the end
  std::vector<PolicyRow> policies;
  std::vector<MappingRow> mappings;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "schema"}, s.schema);
    v.field({.key = "region"}, s.region);
    v.field({.key = "problem"}, s.problem);
    v.field({.key = "total"}, s.total);
    v.field({.key = "next"}, s.next);
    v.list({.key = "policies"}, s.policies);
    v.list({.key = "mappings"}, s.mappings);
  }
};

/// Which rows, and where to begin.
struct MappingQuery {
  std::string region;  ///< the other one; empty for all
  std::string search;  ///< a part of either name; empty for all
  std::string after;   ///< MappingsReport::next of the page before
  std::size_t limit = 100;
};

/// Read from what is in force: the views through which records are shown, and the copies in the registry. Costs time
/// with the number of instances.
MappingsReport mappings(const Known& known, const MappingQuery& query);

}  // namespace syncer::node
