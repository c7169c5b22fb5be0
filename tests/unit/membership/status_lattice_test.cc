// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/membership/status_lattice.h"

#include <gtest/gtest.h>

#include "tests/unit/membership/conformance.h"
#include "tests/unit/membership/transition_harness.h"

namespace syncer::membership {
namespace {

using conformance::json;

Status status_of(const json& j) {
  Status s{state_of(j.at("state")), j.value("incarnation", std::uint64_t{0}), {}};
  for (const std::string& by : j.value("suspected_by", std::vector<std::string>{})) s.suspected_by.insert(by);
  return s;
}

std::string relation(const Status& a, const Status& b) {
  if (precedes(a, b)) return "<";
  if (precedes(b, a)) return ">";
  const bool same = a.state == b.state && a.incarnation == b.incarnation && a.suspected_by == b.suspected_by;
  return same ? "=" : "incomparable";
}

// These rows judge the oracle `precedes` of status_lattice.h, by which the property tests judge the core; the core
// itself meets the file's memberlist_matrix in StateMatrix.
TEST(StatusLattice, OrdersAsTheReferenceDoes) {
  LOAD_CONFORMANCE(data, "status_lattice.json");
  ASSERT_FALSE(data.at("order").empty());
  for (const json& row : data.at("order")) {
    EXPECT_EQ(relation(status_of(row.at("a")), status_of(row.at("b"))), row.at("relation")) << row.at("name");
  }
}

TEST(StatusLattice, AppliesWhatIsAbove) {
  LOAD_CONFORMANCE(data, "status_lattice.json");
  ASSERT_FALSE(data.at("mark").empty());
  for (const json& row : data.at("mark")) {
    EXPECT_EQ(precedes(status_of(row.at("current")), status_of(row.at("incoming"))), row.at("applied"))
        << row.at("name");
  }
}

TEST(StatusLattice, TellsTheLayersAboveOfGoingAndComing) {
  LOAD_CONFORMANCE(data, "status_lattice.json");
  ASSERT_FALSE(data.at("effective_changes").empty());
  for (const json& row : data.at("effective_changes")) {
    const bool first = row.at("previous").is_null();
    const Status previous = first ? Status{} : status_of(row.at("previous"));
    EXPECT_EQ(is_effective(first ? nullptr : &previous, status_of(row.at("next"))), row.at("effective"))
        << row.at("name");
  }
}

}  // namespace
}  // namespace syncer::membership
