// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/base/status_field.h"

namespace syncer::node {

/// One step of the way of an instance from its registry to another one.
struct Step {
  std::string step;   ///< "seen", "filter", "exported", "guard", "sent to WEST", "wanted", "written", "renewed"
  std::string state;  ///< "done", "waiting", "failed"
  std::string text;   ///< for people; may be empty

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "step"}, s.step);
    v.field({.key = "state"}, s.state);
    v.field({.key = "text"}, s.text);
  }
};

/// One instance in one region.
struct ExplainedInstance {
  std::string service;
  std::string instance;
  std::string origin;   ///< the region whose application registered it
  std::string copy;     ///< id of its entry in this region's registry, where it is a copy
  std::string verdict;  ///< the first step that is not done, in words; "all is done" when there is none
  std::vector<Step> steps;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "service"}, s.service);
    v.field({.key = "instance"}, s.instance);
    v.field({.key = "origin"}, s.origin);
    v.field({.key = "copy"}, s.copy);
    v.field({.key = "verdict"}, s.verdict);
    v.list({.key = "steps"}, s.steps);
  }
};

/// What one region knows.
struct RegionAccount {
  std::string region;
  std::string node;     ///< who answered
  std::string problem;  ///< why there is no answer; empty when there is one
  std::vector<ExplainedInstance> instances;
  std::uint64_t more = 0;  ///< 1 when there are more than were told

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "region"}, s.region);
    v.field({.key = "node"}, s.node);
    v.field({.key = "problem"}, s.problem);
    v.list({.key = "instances"}, s.instances);
    v.field({.key = "more"}, s.more);
  }
};

/// The document of GET /v1/explain.
struct Explanation {
  std::string schema = "syncer/explain/1";
  std::string asked;
  std::vector<RegionAccount> regions;

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "schema"}, s.schema);
    v.field({.key = "asked"}, s.asked);
    v.list({.key = "regions"}, s.regions);
  }
};

/// How an account travels from region to region. It is cut to what one answer may hold.
Bytes encode_account(const RegionAccount& account);
/// Undoes encode_account; Corrupt for anything else. `region` and `node` of the answer are not believed but set by the
/// caller.
Result<RegionAccount> decode_account(ByteView bytes);

/// Fills in the verdict.
void conclude(ExplainedInstance& instance);

}  // namespace syncer::node
