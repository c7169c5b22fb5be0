// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/store.h"

#include <gtest/gtest.h>

#include "syncer/raft/disk_format.h"
#include "tests/unit/raft/subject.h"

namespace syncer::raft {
namespace {

const std::vector<Entry> kThreeEntries = entries(1, {1, 1, 2});

/// Two entries that are marked, a third whose mark is missing.
struct Files {
  Bytes log = encode_log(4, {}, {});
  Bytes marks = encode_mark(4, log.size(), {});
  std::size_t marked = 0;

  Files() {
    log += encode_records({kThreeEntries[0], kThreeEntries[1]});
    marked = log.size();
    marks += encode_mark(4, log.size(), {1, 2});
    log += encode_records({kThreeEntries[2]});
  }
};

TEST(RaftLogFile, KeepsAWholeRecordWithoutAMark) {
  const Files f;
  const auto read = recover_log(f.log, f.marks);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->entries, kThreeEntries);
  EXPECT_FALSE(read->torn);
}

TEST(RaftLogFile, DropsATornRecordThatNobodyWasToldOf) {
  Files f;
  f.log.pop_back();
  const auto read = recover_log(f.log, f.marks);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->entries.size(), 2U);
  EXPECT_TRUE(read->torn);
}

TEST(RaftLogFile, RefusesADamagedRecordThatWasMarked) {
  Files f;
  f.log[f.marked - 1] ^= 1;
  const auto read = recover_log(f.log, f.marks);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::Corrupt);
  EXPECT_NE(read.error().detail.find("a record that was acknowledged is damaged or missing"), std::string::npos);
  EXPECT_NE(read.error().detail.find("Restore the whole data folder"), std::string::npos) << read.error().detail;
}

TEST(RaftLogFile, RefusesWhenRecordAndMarkAreBothBad) {
  Files f;
  f.marks += encode_mark(4, f.log.size(), {2, 3});
  f.log.back() ^= 1;
  f.marks.back() ^= 1;
  EXPECT_FALSE(recover_log(f.log, f.marks));
}

TEST(RaftLogFile, RefusesARecordThatDoesNotFollow) {
  Files f;
  f.log += encode_records({Entry{2, 9, "misdirected"}});
  EXPECT_FALSE(recover_log(f.log, f.marks));
  Files g;
  g.log += encode_records({Entry{1, 4, "its term falls"}});
  EXPECT_FALSE(recover_log(g.log, g.marks));
}

TEST(RaftLogFile, RefusesAnOlderFileThanItsMarks) {
  const Files f;
  EXPECT_FALSE(recover_log(f.log, encode_mark(5, 44, {})));
  EXPECT_TRUE(recover_log(f.log, encode_mark(3, 9999, {7, 7}))) << "marks of a file before this one say nothing";
}

TEST(RaftLogFile, RefusesMarksThatRunBackwards) {
  Files f;
  const Bytes again = f.marks + encode_mark(4, f.marked, {1, 2});
  EXPECT_TRUE(recover_log(f.log, again)) << "of one file there may be many";
  const auto read = recover_log(f.log, f.marks + encode_mark(3, f.marked, {1, 2}));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().detail.find("the persist marks run backwards"), std::string::npos) << read.error().detail;
}

TEST(RaftMetadata, OneGoodCopyIsEnough) {
  const Bytes copy = encode_metadata({7, {3, kTwo, 5}});
  Bytes bad = copy;
  bad[5] ^= 4;
  for (const auto& read :
       {recover_metadata(copy, bad), recover_metadata(bad, copy), recover_metadata(copy, std::nullopt)}) {
    ASSERT_TRUE(read);
    EXPECT_EQ(read->metadata.state, (HardState{3, kTwo, 5}));
    EXPECT_TRUE(read->repair);
  }
  EXPECT_FALSE(recover_metadata(copy, copy)->repair);
  EXPECT_FALSE(recover_metadata(bad, bad));
  EXPECT_FALSE(recover_metadata(std::nullopt, std::nullopt));
}

TEST(RaftMetadata, TakesTheNewerOfTwoNeighboursOnly) {
  const Bytes older = encode_metadata({7, {3, kTwo, 5}});
  const Bytes newer = encode_metadata({8, {4, kThree, 5}});
  const Bytes far = encode_metadata({9, {5, kThree, 5}});
  EXPECT_EQ(recover_metadata(newer, older)->metadata.state.term, 4U);
  EXPECT_FALSE(recover_metadata(far, older)) << "a copy was lost without a trace";
  EXPECT_FALSE(recover_metadata(older, encode_metadata({8, {2, kThree, 5}}))) << "terms never fall";
}

StoreImage new_store() {
  const auto fresh = recover({}, "group/1");
  StoreImage image;
  for (const StoreOperation& operation : fresh->repairs) image[operation.key] = operation.value;
  return image;
}

TEST(RaftStore, NewFolderIsFreshUntilTheIdentityIsWritten) {
  StoreImage image;
  const auto fresh = recover(image, "group/1");
  ASSERT_TRUE(fresh);
  EXPECT_TRUE(fresh->fresh);
  for (const StoreOperation& operation : fresh->repairs) {
    EXPECT_TRUE(recover(image, "group/1")->fresh);
    image[operation.key] = operation.value;
  }
  EXPECT_FALSE(recover(image, "group/1")->fresh);
}

TEST(RaftStore, OfSomebodyElseIsRefused) {
  const auto read = recover(new_store(), "group/2");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::Conflict);
  EXPECT_EQ(read.error().where, "raft store");
  EXPECT_EQ(read.error().detail, "the store belongs to group/1, not to group/2");
}

TEST(RaftStore, WithoutItsLogIsDamagedNotNew) {
  StoreImage image = new_store();
  image.erase(keys::kLog);
  EXPECT_FALSE(recover(image, "group/1"));
}

}  // namespace
}  // namespace syncer::raft
