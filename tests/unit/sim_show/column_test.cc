// SPDX-License-Identifier: Apache-2.0
#include "sim/show/column.h"

#include <gtest/gtest.h>

#include <limits>

namespace sim::show {
namespace {

TEST(Column, WritesVariableLengthNumbersAsBase64) {
  Column column;
  EXPECT_EQ(column.text(), "");
  column.put(0);
  EXPECT_EQ(column.text(), "AA==");
  column.put(127);
  EXPECT_EQ(column.text(), "AH8=");
  column.put(300);  // ac 02
  EXPECT_EQ(column.text(), "AH+sAg==");
}

TEST(Column, FoldsSignsIntoTheLowestBit) {
  Column column;
  column.put_signed(0);
  column.put_signed(-1);
  column.put_signed(1);
  EXPECT_EQ(column.text(), "AAEC");
  Column extremes;
  extremes.put_signed(std::numeric_limits<std::int64_t>::min());
  Column all_bits;
  all_bits.put(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(extremes.text(), all_bits.text());
}

TEST(Column, WritesNeighboursAsDifferences) {
  Column column;
  for (const std::uint64_t value : {1000, 1001, 999}) column.put_next(value);
  Column differences;
  for (const std::int64_t value : {1000, 1, -2}) differences.put_signed(value);
  EXPECT_EQ(column.text(), differences.text());
}

}  // namespace
}  // namespace sim::show
