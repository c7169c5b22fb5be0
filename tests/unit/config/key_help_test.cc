// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/key_help.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace syncer::config {
namespace {

TEST(KeyHelp, EveryKeyStandsInOneGroupAndTheBasicOnesFirst) {
  std::multiset<std::string> seen;
  for (const KeyGroup& group : key_groups()) {
    EXPECT_FALSE(group.keys.empty()) << group.title;
    EXPECT_NE(group.title, "Other") << "a key without a heading: " << group.keys.front()->name;
    for (const Key* key : group.keys) seen.insert(key->name);
  }
  EXPECT_EQ(seen.size(), keys().size());
  for (const Key& key : keys()) EXPECT_EQ(seen.count(key.name), 1U) << key.name;
  EXPECT_EQ(key_groups().front().title, "Basic");
  EXPECT_EQ(key_groups().front().keys.front()->name, "sc-addr");
}

TEST(KeyHelp, EveryFormHasAShortWord) {
  EXPECT_EQ(placeholder("auto, text or json"), "auto|text|json");
  EXPECT_EQ(placeholder("\"on\" or \"off\""), "on|off");
  EXPECT_EQ(placeholder("a share such as \"15%\" or \"1/8\""), "SHARE");
  EXPECT_EQ(placeholder("IP:PORT"), "IP:PORT");
  EXPECT_EQ(placeholder("IPs, comma-separated"), "IP[,IP]");
  EXPECT_EQ(placeholder("a duration above zero such as \"250ms\""), "TIME");
  for (const Key& key : keys()) {
    const std::string word = placeholder(key.form);
    EXPECT_EQ(word.find(' '), std::string::npos) << key.name << ": " << word;
  }
}

}  // namespace
}  // namespace syncer::config
