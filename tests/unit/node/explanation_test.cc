// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/explanation.h"

#include <gtest/gtest.h>

#include "syncer/node/inventory.h"

namespace syncer::node {
namespace {

ExplainedInstance instance(const std::string& id, const std::string& origin, std::vector<Step> steps,
                           const std::string& copy = "") {
  ExplainedInstance one{"shop/cart/1", id, origin, copy, "", std::move(steps)};
  conclude(one);
  return one;
}

TEST(Explanation, TravelsAsItIs) {
  RegionAccount account;
  account.problem = "none";
  account.instances = {instance("i1", "east", {{"seen", "done", "yes"}, {"written", "failed", "no\nwords"}}, "c1"),
                       instance("i2", "west", {})};
  const auto back = decode_account(encode_account(account));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->problem, "none");
  ASSERT_EQ(back->instances.size(), 2U);
  EXPECT_EQ(back->instances[0].copy, "c1");
  EXPECT_EQ(back->instances[0].verdict, "written: no\nwords");
  EXPECT_EQ(back->instances[1].verdict, "all is done");
}

TEST(Explanation, AnAnswerIsCutToWhatOneMayHold) {
  RegionAccount account;
  const std::string text(5000, 'x');
  for (int i = 0; i < 400; ++i)
    account.instances.push_back(instance(std::to_string(i), "east", {{"seen", "done", text}}));
  const Bytes bytes = encode_account(account);
  EXPECT_LE(bytes.size(), 200U << 10U);
  const auto back = decode_account(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->more, 1U);
  EXPECT_GT(back->instances.size(), 100U);
}

TEST(Explanation, WhatDoesNotParseIsRefused) {
  RegionAccount account;
  account.instances = {instance("i1", "east", {{"seen", "done", ""}})};
  const Bytes bytes = encode_account(account);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(decode_account(bytes.substr(0, size))) << size;
  EXPECT_FALSE(decode_account(bytes + "x"));
}

TEST(Explanation, TheFirstFailureIsTheVerdictElseTheFirstThatWaits) {
  EXPECT_EQ(instance("i", "east", {{"a", "done", ""}, {"b", "waiting", "w"}, {"c", "failed", "f"}}).verdict, "c: f");
  EXPECT_EQ(instance("i", "east", {{"a", "done", ""}, {"b", "waiting", "w"}}).verdict, "b: w");
}

TEST(Config, AnAddressIsShownWithoutNameAndPassword) {
  EXPECT_EQ(without_credentials("http://a:b@x:1,https://y:2/p@q"), "http://***@x:1,https://y:2/p@q");
  EXPECT_EQ(without_credentials("plain@text"), "plain@text");
  EXPECT_EQ(without_credentials("http://u:p@ss@host/"), "http://***@host/");
}

TEST(Difference, SaysWhichRegionLacksWhatAndWhy) {
  RegionAccount east;
  east.region = "east";
  east.instances = {instance("hidden", "east", {{"filter", "failed", "excluded"}}),
                    instance("late", "east", {{"sent to west", "waiting", "not sent"}, {"sent to north", "done", ""}}),
                    instance("fine", "east", {{"sent to west", "done", ""}, {"sent to north", "waiting", "not sent"}}),
                    instance("refused", "west", {{"wanted", "done", ""}, {"written", "failed", "too large"}}),
                    instance("kept", "west", {{"wanted", "waiting", "gone"}, {"guard", "waiting", "held"}}, "c9"),
                    instance("third", "north", {{"wanted", "done", ""}, {"written", "waiting", "later"}})};
  RegionAccount west;
  west.region = "west";
  west.instances = {instance("third", "north", {{"wanted", "done", ""}, {"written", "waiting", "later"}})};
  const DifferenceReport report = compare(east, west);
  std::map<std::string, std::string> rows;
  for (const DifferenceRow& row : report.rows) rows[row.instance] = row.shown_in + " not " + row.missing_in;
  EXPECT_EQ(rows, (std::map<std::string, std::string>{{"hidden", "east not west"},
                                                      {"late", "east not west"},
                                                      {"refused", "west not east"},
                                                      {"kept", "east not west"}}));
}

TEST(Difference, AMissingAnswerIsNoAgreement) {
  RegionAccount east;
  east.region = "east";
  RegionAccount west;
  west.region = "west";
  west.problem = "it has not answered in time";
  EXPECT_EQ(compare(east, west).problems, std::vector<std::string>{"region west: it has not answered in time"});
}

}  // namespace
}  // namespace syncer::node
