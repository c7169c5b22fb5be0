// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/settings/settings.h"

namespace syncer::settings {
namespace {

struct Part {
  Duration pause = std::chrono::seconds(1);
  std::uint32_t size = 4;
};

struct Whole {
  Part part;
  std::string name = "a";
  std::vector<std::string> list = {"x"};
};

Settings<Part> part_settings() {
  return {positive("part.pause", &Part::pause, "a pause"), number("part.size", 1, 9, &Part::size, "a size")};
}

Table<Whole> table() {
  Settings<Whole> all = {texts("the-list", &Whole::list, "a list"), name("name", &Whole::name, "a name")};
  embed(all, part_settings(), &Whole::part);
  return Table<Whole>(std::move(all));
}

TEST(SettingsTable, ComposesTheRowsOfPartsInTheOrderOfTheirKeys) {
  const Table<Whole> all = table();
  std::string keys;
  for (const auto& row : all.rows()) keys += std::string(row.key) + " ";
  EXPECT_EQ(keys, "name part.pause part.size the-list ");
}

TEST(SettingsTable, SetsAndShowsAFieldOfAPart) {
  Whole whole;
  ASSERT_TRUE(table().apply(whole, "part.size", "7"));
  EXPECT_EQ(whole.part.size, 7U);
  EXPECT_EQ(table().rows()[2].show(whole), "7");
  ASSERT_TRUE(table().apply(whole, "the-list", " y , z "));
  EXPECT_EQ(whole.list, (std::vector<std::string>{"y", "z"}));
}

TEST(SettingsTable, ARefusalNamesTheKeyAndWhatIsWanted) {
  Whole whole;
  EXPECT_EQ(to_string(table().apply(whole, "part.size", "10").error()),
            "part.size: \"10\" is not within 1 to 9; wanted: a whole number");
  EXPECT_EQ(to_string(table().apply(whole, "part.sise", "7").error()),
            "part.sise: unknown key, did you mean \"part.size\"?");
  EXPECT_EQ(whole.part.size, 4U);
}

}  // namespace
}  // namespace syncer::settings
