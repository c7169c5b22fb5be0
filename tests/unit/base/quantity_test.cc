// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/quantity.h"

#include <gtest/gtest.h>

namespace syncer {
namespace {

using namespace std::chrono_literals;

TEST(Quantity, ReadsDurationsWithUnits) {
  EXPECT_EQ(parse_duration("250ms"), Duration(250ms));
  EXPECT_EQ(parse_duration("1.5s"), Duration(1500ms));
  EXPECT_EQ(parse_duration("1m30s"), Duration(90s));
  EXPECT_EQ(parse_duration("2h"), Duration(2h));
  EXPECT_EQ(parse_duration("0"), Duration::zero());
}

TEST(Quantity, RefusesDurationsThatMeanNothing) {
  for (const char* text : {"", "10", "s", "1.s", "-1s", "1sec", "1s ", "0.1ns", "300000000h", "1..5s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
  EXPECT_EQ(parse_duration("10").error().detail, "\"10\" is not a duration such as \"250ms\", \"30s\" or \"1m30s\"");
}

TEST(Quantity, WritesDurationsThatReadBack) {
  for (const Duration d :
       {Duration(1ns), Duration(1500us), Duration(90s), Duration(2h), Duration(61min), Duration(12345678ns)}) {
    EXPECT_EQ(parse_duration(to_string(d)), d) << to_string(d);
  }
  EXPECT_EQ(to_string(Duration(1500ms)), "1.5s");
  EXPECT_EQ(to_string(Duration(90s)), "90s");
  EXPECT_EQ(to_string(Duration(-250ms)), "-250ms");
}

TEST(Quantity, ReadsRatiosExactly) {
  EXPECT_EQ(parse_ratio("2%"), (Ratio{1, 50}));
  EXPECT_EQ(parse_ratio("0.5%"), (Ratio{1, 200}));
  EXPECT_EQ(parse_ratio("1/500"), (Ratio{1, 500}));
  EXPECT_EQ(parse_ratio("0"), (Ratio{0, 1}));
  EXPECT_EQ(parse_ratio("100%"), (Ratio{1, 1}));
  for (const char* text : {"101%", "2/1", "1/0", "", "%", "-1%", "1/2/3"}) EXPECT_FALSE(parse_ratio(text)) << text;
}

TEST(Quantity, ReadsSizesBandwidthsAndRates) {
  EXPECT_EQ(parse_size("64KiB"), 65536U);
  EXPECT_EQ(parse_bandwidth("10Mbit"), 10'000'000U);
  EXPECT_EQ(parse_rate("2/s"), Duration(500ms));
  EXPECT_EQ(parse_rate("1/5s"), Duration(5s));
  EXPECT_FALSE(parse_size("64"));
  EXPECT_FALSE(parse_rate("0/s"));
}

}  // namespace
}  // namespace syncer
