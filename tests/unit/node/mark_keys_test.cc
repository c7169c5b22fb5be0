// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/mark_keys.h"

#include <gtest/gtest.h>

namespace syncer::node {
namespace {

using registry::CanaryMark;
using registry::CopyMark;
using registry::Proof;

crypto::Keyring ring(const std::string& letters) {
  std::vector<Bytes> keys;
  for (const char letter : letters) keys.emplace_back(32, letter);
  return crypto::Keyring::make(std::move(keys)).value();
}

CopyMark signed_by(const registry::MarkSeal& seal, const std::string& id) {
  CopyMark mark{"west", "i1", "1.7"};
  mark.seal = seal.sign(mark, id);
  return mark;
}

TEST(MarkKeys, SignWithTheFirstAndKnowTheOthers) {
  MarkKeys keys(ring("a"));
  const registry::MarkSeal seal = keys.seal();
  const CopyMark mark = signed_by(seal, "id");
  EXPECT_EQ(mark.seal.size(), registry::MarkSeal::kLength);
  EXPECT_EQ(seal.check(mark, "id"), Proof::Current);
  keys.set(ring("ba"));
  EXPECT_EQ(seal.check(mark, "id"), Proof::Former);
  EXPECT_NE(signed_by(seal, "id").seal, mark.seal);
  keys.set(ring("b"));
  EXPECT_EQ(seal.check(mark, "id"), Proof::None);
}

TEST(MarkKeys, SignEveryPartOfAMarkAndTheIdOfItsEntry) {
  const MarkKeys keys(ring("a"));
  const registry::MarkSeal seal = keys.seal();
  const CopyMark mark = signed_by(seal, "id");
  EXPECT_EQ(seal.check(mark, "other"), Proof::None);
  EXPECT_EQ(seal.check(CopyMark{"wes", "ti1", "1.7", mark.seal}, "id"), Proof::None);
  EXPECT_EQ(seal.check(CopyMark{"west", "i2", "1.7", mark.seal}, "id"), Proof::None);
  EXPECT_EQ(seal.check(CopyMark{"west", "i1", "1.8", mark.seal}, "id"), Proof::None);
  EXPECT_EQ(seal.check(CopyMark{"west", "i1", "1.7", ""}, "id"), Proof::None);
  CanaryMark canary{"west", "w1", "run", 5};
  canary.seal = seal.sign(canary, "id");
  EXPECT_EQ(seal.check(canary, "id"), Proof::Current);
  ++canary.count;
  EXPECT_EQ(seal.check(canary, "id"), Proof::None);
}

TEST(MarkKeys, OfAPoolWithoutAKeySignNothingAndBelieveAll) {
  MarkKeys keys{crypto::Keyring()};
  const registry::MarkSeal seal = keys.seal();
  EXPECT_FALSE(seal.active());
  EXPECT_EQ(seal.sign(CopyMark{"west", "i1", "1.7"}, "id"), "");
  EXPECT_EQ(seal.check(CopyMark{"west", "i1", "1.7"}, "id"), Proof::Current);
}

}  // namespace
}  // namespace syncer::node
