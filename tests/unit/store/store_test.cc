// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "syncer/store/file.h"
#include "tests/unit/store/memory_filing.h"

namespace syncer::store {
namespace {

using Fault = MemoryFiling::Fault;
using Calls = std::vector<std::string>;

constexpr const char* kOld = "the old value";
constexpr const char* kNew = "the new and longer value";

Result<void> replace(MemoryFiling& disk, ByteView content) { return replace_file("/d", "k", content, disk); }
Result<void> append(MemoryFiling& disk, ByteView content) { return append_file("/d", "k", content, disk); }

/// A disk that holds the old value, durable.
MemoryFiling disk_with_old(Result<void> (*store)(MemoryFiling&, ByteView)) {
  MemoryFiling disk;
  EXPECT_TRUE(store(disk, kOld));
  return disk;
}

std::size_t calls_of(Result<void> (*store)(MemoryFiling&, ByteView)) {
  MemoryFiling disk = disk_with_old(store);
  const std::size_t before = disk.calls().size();
  EXPECT_TRUE(store(disk, kNew));
  return disk.calls().size() - before;
}

TEST(Store, SyncsContentBeforeTheNameAndTheNameBeforeItSaysSo) {
  MemoryFiling disk;
  ASSERT_TRUE(replace(disk, kNew));
  EXPECT_EQ(disk.calls(), (Calls{"open", "write", "fdatasync", "rename", "open", "fsync"}));
}

TEST(Store, SyncsTheNameOfANewLogOnly) {
  MemoryFiling disk;
  ASSERT_TRUE(append(disk, kOld));
  EXPECT_EQ(disk.calls(), (Calls{"open", "lseek", "write", "fdatasync", "open", "fsync"}));
  ASSERT_TRUE(append(disk, kNew));
  EXPECT_EQ(disk.calls().size(), 10U);
}

TEST(Store, WhatWasStoredOutlivesACrash) {
  for (const auto store : {replace, append}) {
    MemoryFiling disk;
    ASSERT_TRUE(store(disk, kOld));
    disk.crash();
    EXPECT_EQ(disk.content("/d/k"), kOld);
  }
}

TEST(Store, AFailedReplacementLeavesTheOldValue) {
  const std::size_t calls = calls_of(replace);
  for (const int number : {EIO, ENOSPC, EDQUOT}) {
    for (std::size_t n = 0; n < calls; ++n) {
      MemoryFiling disk = disk_with_old(replace);
      disk.fail_at(n, Fault::Fails, number);
      const auto stored = replace(disk, kNew);
      ASSERT_FALSE(stored) << "call " << n;
      EXPECT_NE(stored.error().detail.find(std::strerror(number)), std::string::npos) << stored.error().detail;
      const bool renamed = n >= calls - 2;  // only the directory could not be synced
      EXPECT_EQ(disk.content("/d/k"), renamed ? kNew : kOld) << "call " << n;
      EXPECT_TRUE(replace(disk, kNew)) << "the next try finds nothing in its way";
    }
  }
}

TEST(Store, ACrashAtAnyCallLeavesOneOfTheTwo) {
  const std::size_t calls = calls_of(replace);
  for (std::size_t n = 0; n < calls; ++n) {
    for (const std::size_t survives : {0U, 3U, 1000U}) {
      MemoryFiling disk = disk_with_old(replace);
      disk.fail_at(n, Fault::Crashes);
      EXPECT_FALSE(replace(disk, kNew));
      disk.crash(survives);
      const auto found = disk.content("/d/k");
      EXPECT_TRUE(found == kOld || found == kNew) << "call " << n << ": " << found.value_or("nothing");
    }
  }
}

TEST(Store, AFailedAppendLeavesTheLogAsItWas) {
  const std::size_t calls = calls_of(append);
  for (std::size_t n = 0; n < calls; ++n) {
    MemoryFiling disk = disk_with_old(append);
    disk.fail_at(n, Fault::Fails, ENOSPC);
    ASSERT_FALSE(append(disk, kNew)) << "call " << n;
    EXPECT_EQ(disk.content("/d/k"), kOld) << "call " << n;
  }
}

TEST(Store, AFailedFirstAppendIsDoneAgainWithItsName) {
  MemoryFiling trial;
  ASSERT_TRUE(append(trial, kOld));
  for (std::size_t n = 0; n < trial.calls().size(); ++n) {
    MemoryFiling disk;
    disk.fail_at(n, Fault::Fails);
    ASSERT_FALSE(append(disk, kOld)) << "call " << n;
    ASSERT_TRUE(append(disk, kNew)) << "call " << n;
    disk.crash();
    EXPECT_EQ(disk.content("/d/k"), kNew) << "call " << n;
  }
}

TEST(Store, ACrashDuringAnAppendLeavesTheLogAndAnyPartOfTheRest) {
  const std::size_t calls = calls_of(append);
  const std::string whole = std::string(kOld) + kNew;
  for (std::size_t n = 0; n < calls; ++n) {
    for (const std::size_t survives : {0U, 3U, 1000U}) {
      MemoryFiling disk = disk_with_old(append);
      disk.fail_at(n, Fault::Crashes);
      EXPECT_FALSE(append(disk, kNew));
      disk.crash(survives);
      const std::string found = disk.content("/d/k").value_or("");
      EXPECT_TRUE(found.starts_with(kOld) && whole.starts_with(found)) << "call " << n << ": " << found;
    }
  }
}

TEST(Store, ALinkInTheWayLeadsNowhere) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("syncer-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "other") << "untouched";
  std::filesystem::create_symlink(folder / "other", folder / "k~");
  EXPECT_FALSE(replace_file(folder, "k", kNew));
  std::string other;
  std::getline(std::ifstream(folder / "other"), other);
  EXPECT_EQ(other, "untouched");
  std::filesystem::remove_all(folder);
}

TEST(Store, AShortWriteGoesOn) {
  for (const auto store : {replace, append}) {
    for (std::size_t n = 0; n < 3; ++n) {
      MemoryFiling disk;
      disk.fail_at(n, Fault::WritesHalf);
      static_cast<void>(store(disk, kNew));
      if (disk.calls()[n] != "write") continue;
      EXPECT_EQ(disk.content("/d/k"), kNew);
    }
  }
}

TEST(Store, AnAppendThatCannotBeTakenBackSaysSo) {
  MemoryFiling disk = disk_with_old(append);
  disk.fail_at(2, Fault::Crashes, EIO);  // the write, and all that follows
  const auto stored = append(disk, kNew);
  ASSERT_FALSE(stored);
  EXPECT_NE(stored.error().detail.find("torn"), std::string::npos) << stored.error().detail;
}

TEST(Store, AReadThatFailsIsNoValue) {
  MemoryFiling disk = disk_with_old(replace);
  disk.fail_at(1, Fault::Fails);
  EXPECT_FALSE(read_file("/d/k", 1000, disk));
  EXPECT_EQ(read_file("/d/k", 1000, disk).value(), kOld);
  EXPECT_EQ(read_file("/d/none", 1000, disk).value(), std::nullopt);
  EXPECT_EQ(read_file("/d/k", 5, disk).error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace syncer::store
