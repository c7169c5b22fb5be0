// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/suites/harness.h"

namespace contract {
namespace {

using syncer::Bytes;
using syncer::CallId;

/// The value of a key, or a text that no test writes when it is not there.
Bytes value_of(StorageHarness& harness, std::string_view key) {
  const auto value = harness.storage().read(key);
  if (!value) return "error: " + to_string(value.error());
  return value->value_or("nothing");
}

void expect_stored(StorageHarness& harness, std::size_t count) {
  ASSERT_TRUE(harness.run_until([&] { return harness.outcomes().size() >= count; }));
  for (const auto& [id, outcome] : harness.outcomes()) EXPECT_TRUE(outcome) << id.value;
}

TEST_P(StorageContract, AKeyThatWasNeverWrittenIsNothing) { EXPECT_EQ(value_of(*harness_, "epoch"), "nothing"); }

TEST_P(StorageContract, WhatWasStoredIsThereAfterARestart) {
  const Bytes bytes("a\0\xff\n", 4);
  harness_->storage().write(CallId{1}, "epoch", bytes);
  expect_stored(*harness_, 1);
  EXPECT_EQ(harness_->outcomes()[0].first, CallId{1});
  harness_->restart();
  EXPECT_EQ(value_of(*harness_, "epoch"), bytes);
}

TEST_P(StorageContract, WritesToOneKeyCompleteInOrderAndTheLastOneStays) {
  for (std::uint64_t i = 1; i <= 20; ++i) harness_->storage().write(CallId{i}, "k", std::to_string(i));
  expect_stored(*harness_, 20);
  for (std::uint64_t i = 1; i <= 20; ++i) EXPECT_EQ(harness_->outcomes()[i - 1].first, CallId{i});
  harness_->restart();
  EXPECT_EQ(value_of(*harness_, "k"), "20");
}

TEST_P(StorageContract, AppendsAddAtTheEnd) {
  harness_->storage().append(CallId{1}, "log", "one ");
  harness_->storage().append(CallId{2}, "log", "two");
  expect_stored(*harness_, 2);
  harness_->restart();
  EXPECT_EQ(value_of(*harness_, "log"), "one two");
}

TEST_P(StorageContract, AWriteReplacesALogAsAWhole) {
  harness_->storage().append(CallId{1}, "log", "old old old");
  harness_->storage().write(CallId{2}, "log", "new");
  harness_->storage().append(CallId{3}, "log", "+");
  expect_stored(*harness_, 3);
  harness_->restart();
  EXPECT_EQ(value_of(*harness_, "log"), "new+");
}

TEST_P(StorageContract, KeysDoNotMix) {
  harness_->storage().write(CallId{1}, "a", "1");
  harness_->storage().write(CallId{2}, "a.b-1", "2");
  expect_stored(*harness_, 2);
  harness_->restart();
  EXPECT_EQ(value_of(*harness_, "a"), "1");
  EXPECT_EQ(value_of(*harness_, "a.b-1"), "2");
}

TEST_P(StorageContract, AnEmptyValueIsAValue) {
  harness_->storage().write(CallId{1}, "empty", "");
  expect_stored(*harness_, 1);
  harness_->restart();
  EXPECT_EQ(value_of(*harness_, "empty"), "");
}

}  // namespace
}  // namespace contract
