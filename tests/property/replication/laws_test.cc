// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "syncer/base/random.h"
#include "syncer/replication/own_log.h"

namespace syncer::replication {
namespace {

using Pairs = std::vector<std::pair<Bytes, std::uint64_t>>;

RC_GTEST_PROP(SetHash, DoesNotDependOnTheOrder, (const Pairs& pairs, std::uint64_t seed)) {
  Pairs shuffled = pairs;
  Random(seed).shuffle(shuffled);
  SetHash one;
  SetHash other;
  for (const auto& [key, hash] : pairs) one.add(key, hash);
  for (const auto& [key, hash] : shuffled) other.add(key, hash);
  RC_ASSERT(one == other);
}

RC_GTEST_PROP(SetHash, IsUndoneByRemoving, (const Pairs& base, const Pairs& extra)) {
  SetHash set;
  for (const auto& [key, hash] : base) set.add(key, hash);
  const SetHash before = set;
  for (const auto& [key, hash] : extra) set.add(key, hash);
  for (const auto& [key, hash] : extra) set.remove(key, hash);
  RC_ASSERT(set == before);
}

RC_GTEST_PROP(SetHash, DistinguishesAKeyFromItsPayload, (const Bytes& key, std::uint64_t a, std::uint64_t b)) {
  RC_PRE(a != b);
  SetHash one;
  SetHash other;
  one.add(key, a);
  other.add(key, b);
  RC_ASSERT(one.total() != other.total());
}

/// Applies a list of (key, payload) to a log: an empty payload erases.
void edit(OwnLog& log, const std::vector<std::pair<std::uint8_t, std::uint8_t>>& edits, Outputs& out) {
  for (const auto& [key, payload] : edits) {
    const Bytes name(1, static_cast<char>('a' + key % 8));
    if (payload % 4 == 0)
      log.erase(instant(0), name, out);
    else
      log.put(name, std::to_string(payload % 4), out);
  }
}

RC_GTEST_PROP(OwnLog, IsTheFoldOfItsEntries, (const std::vector<std::pair<std::uint8_t, std::uint8_t>>& edits)) {
  OwnLog log{Limits{}};
  Outputs out;
  log.open({1, 1}, {}, out);
  edit(log, edits, out);
  std::map<Bytes, Bytes> folded;
  for (const Entry& entry : log.changes_after(0, SIZE_MAX, SIZE_MAX).entries) {
    if (entry.op == Op::Put)
      folded[entry.key] = entry.payload;
    else
      folded.erase(entry.key);
  }
  SetHash hash;
  for (const auto& [key, payload] : folded) hash.add(key, hash64(payload));
  RC_ASSERT(hash == log.set_hash());
  RC_ASSERT(folded.size() == log.live());
}

RC_GTEST_PROP(OwnLog, KeepsNoMoreEntriesThanKeys, (const std::vector<std::pair<std::uint8_t, std::uint8_t>>& edits)) {
  OwnLog log{Limits{}};
  Outputs out;
  log.open({1, 1}, {}, out);
  edit(log, edits, out);
  RC_ASSERT(log.by_seq().size() <= 8U);
}

RC_GTEST_PROP(OwnLog, KeepsItsSetHashInANewEpoch, (const std::map<Bytes, Bytes>& set)) {
  OwnLog log{Limits{}};
  Outputs out;
  log.open({1, 1}, {set.begin(), set.end()}, out);
  const Hash128 before = log.set_hash().total();
  log.open({1, 2}, {set.begin(), set.end()}, out);
  RC_ASSERT(log.set_hash().total() == before);
}

}  // namespace
}  // namespace syncer::replication
