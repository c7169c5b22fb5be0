// SPDX-License-Identifier: Apache-2.0
#include "tests/property/raft/storage.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "syncer/raft/disk_format.h"

namespace syncer::raft::property {
namespace {

void never_broken(Broken (*scenario)(std::uint64_t), std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Broken broken = scenario(seed);
    ASSERT_FALSE(broken) << "seed " << seed << ": " << *broken;
  }
}

TEST(ElectionStore, OpensAfterAPowerCutAtEveryOctet) { never_broken(power_cut_is_refused, 100); }
TEST(ElectionStore, NeverOpensWithAFlippedBit) { never_broken(flipped_bit_is_taken, 3000); }
TEST(ElectionStore, NeverOpensWithALostSector) { never_broken(lost_sector_is_taken, 3000); }
TEST(ElectionStore, NeverOpensWithAStaleFile) { never_broken(stale_file_is_taken, 3000); }
TEST(ElectionStore, KeepsOnlyAPrefixOfAnUnsyncedAppend) { never_broken(reordered_sectors_are_taken, 3000); }

RC_GTEST_PROP(ElectionStore, TakesAnyOctetsWithoutHarm,
              (const std::string& a, const std::string& b, const std::string& c)) {
  static_cast<void>(recover_log(a, b));
  static_cast<void>(recover_metadata(a, b));
  static_cast<void>(decode_snapshot(c));
  // Behind a valid head the record reader sees arbitrary bytes.
  const Bytes log = encode_log(3, {1, 2}, {}) + a;
  const Result<RecoveredLog> read = recover_log(log, encode_mark(3, log.size() - a.size(), {1, 2}));
  if (read) RC_ASSERT(read->end + a.size() >= log.size());
}

}  // namespace
}  // namespace syncer::raft::property
