// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/projection.h"

#include <gtest/gtest.h>

namespace syncer::replication {
namespace {

using std::chrono::milliseconds;
using Change = Projection::Change;
using Kind = Change::Kind;

constexpr Duration kPace = milliseconds(20);

/// Shows records whose payload does not begin with "secret", under keys with a prefix.
View prefixed(const Bytes& prefix) {
  return [prefix](const Bytes& key, const Bytes& payload) -> Seen {
    if (payload.starts_with("secret")) return {prefix + key, std::nullopt, 7};
    return {prefix + key, payload, 0};
  };
}

View nothing() {
  return [](const Bytes& key, const Bytes&) -> Seen { return {key, std::nullopt, 1}; };
}

/// All records of a set, as set_view() asks for them.
Projection::Records all_of(const std::map<Bytes, Bytes>& records) {
  return [&records](const auto& use) {
    for (const auto& [key, payload] : records) use(key, payload);
  };
}

TEST(Projection, ShowsWhatTheViewShowsAndCountsTheRest) {
  Projection projection(prefixed("x/"), kPace);
  Projection::Changes out;
  projection.put("a", "1", out);
  projection.put("b", "secret", out);
  EXPECT_EQ(out, (Projection::Changes{{Kind::Show, "x/a", "1"}, {Kind::Withhold, "x/b"}}));
  EXPECT_EQ(projection.withheld(), (std::map<Bytes, std::uint32_t>{{"b", 7}}));
  EXPECT_EQ(projection.reasons().at(7), 1U);
  EXPECT_EQ(projection.next_deadline(), kNever);
}

TEST(Projection, HidesAtOnceWhatItsOwnerRemoves) {
  Projection projection(prefixed(""), kPace);
  Projection::Changes out;
  projection.put("a", "1", out);
  out.clear();
  projection.erase("a", false, out);
  EXPECT_EQ(out, (Projection::Changes{{Kind::Hide, "a", {}, false}}));
  projection.erase("a", true, out);
  EXPECT_EQ(out.size(), 1U);
}

TEST(Projection, WhatAViewTakesAwayLeavesInOrderAtThePace) {
  Projection projection(prefixed(""), kPace);
  Projection::Changes out;
  std::map<Bytes, Bytes> records = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
  for (const auto& [key, payload] : records) projection.put(key, payload, out);
  out.clear();
  projection.set_view(nothing(), kPace, all_of(records), out);
  EXPECT_EQ(out, (Projection::Changes{{Kind::Withhold, "a"}, {Kind::Withhold, "b"}, {Kind::Withhold, "c"}}));
  out.clear();
  const Instant start = instant(1'000'000'000);
  projection.advance(start, out);
  EXPECT_EQ(out, (Projection::Changes{{Kind::Hide, "a"}}));
  EXPECT_EQ(projection.next_deadline(), start + kPace);
  projection.advance(start + kPace - milliseconds(1), out);
  EXPECT_EQ(out.size(), 1U);
  projection.advance(start + 10 * kPace, out);
  EXPECT_EQ(out.back(), (Change{Kind::Hide, "b"}));
  EXPECT_EQ(out.size(), 2U) << "a late call makes no crowd";
}

TEST(Projection, WhatComesBackBeforeItLeftIsShownAgainAndNeverHidden) {
  Projection projection(prefixed(""), kPace);
  Projection::Changes out;
  const std::map<Bytes, Bytes> records = {{"a", "1"}, {"b", "2"}};
  for (const auto& [key, payload] : records) projection.put(key, payload, out);
  projection.set_view(nothing(), kPace, all_of(records), out);
  projection.set_view(prefixed(""), kPace, all_of(records), out);
  out.clear();
  projection.advance(instant(1'000'000'000), out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(projection.shown(), 2U);
}

TEST(Projection, AnOwnersRemovalDoesNotWaitForThePace) {
  Projection projection(prefixed(""), kPace);
  Projection::Changes out;
  const std::map<Bytes, Bytes> records = {{"a", "1"}, {"b", "2"}};
  for (const auto& [key, payload] : records) projection.put(key, payload, out);
  projection.set_view(nothing(), kPace, all_of(records), out);
  out.clear();
  projection.erase("b", true, out);
  EXPECT_EQ(out, (Projection::Changes{{Kind::Hide, "b"}}));
  EXPECT_EQ(projection.leaving().size(), 1U);
}

TEST(Projection, AnotherNameComesBeforeTheFormerOneGoes) {
  Projection projection(prefixed("x/"), kPace);
  Projection::Changes out;
  const std::map<Bytes, Bytes> records = {{"a", "1"}};
  projection.put("a", "1", out);
  out.clear();
  projection.set_view(prefixed("y/"), kPace, all_of(records), out);
  projection.advance(instant(1), out);
  EXPECT_EQ(out, (Projection::Changes{{Kind::Withhold, "x/a"}, {Kind::Show, "y/a", "1"}, {Kind::Hide, "x/a"}}));
}

TEST(Projection, AKeyThatPassesToAnotherRecordIsNotHidden) {
  const View swap = [](const Bytes& key, const Bytes& payload) -> Seen { return {key == "a" ? "b" : "a", payload, 0}; };
  Projection projection(prefixed(""), kPace);
  Projection::Changes out;
  const std::map<Bytes, Bytes> records = {{"a", "1"}, {"b", "2"}};
  for (const auto& [key, payload] : records) projection.put(key, payload, out);
  out.clear();
  projection.set_view(swap, kPace, all_of(records), out);
  projection.advance(instant(1), out);
  EXPECT_EQ(out, (Projection::Changes{
                     {Kind::Withhold, "a"}, {Kind::Withhold, "b"}, {Kind::Show, "b", "1"}, {Kind::Show, "a", "2"}}));
}

TEST(Projection, ARecordThatTheViewWithholdsAndTheReaderHasLeavesToo) {
  Projection projection(prefixed(""), kPace);
  Projection::Changes out;
  projection.put("a", "secret", out);
  out.clear();
  projection.leave("a", "a");
  projection.advance(instant(1), out);
  EXPECT_EQ(out, (Projection::Changes{{Kind::Hide, "a"}}));
}

}  // namespace
}  // namespace syncer::replication
