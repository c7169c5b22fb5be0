// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "tests/contract/suites/harness.h"

namespace contract {
namespace {

TEST_P(SignerContract, TheOtherOneSeesWhoSigned) {
  syncer::Signer& own = harness_->signer(0);
  const auto who = harness_->signer(1).verify(own.certificate(), "text", own.sign("text"));
  ASSERT_TRUE(who.has_value());
  EXPECT_EQ(who->region, "region0");
  EXPECT_TRUE(who->sync);
}

TEST_P(SignerContract, NeitherAnotherTextNorAnotherKeyIsBelieved) {
  syncer::Signer& own = harness_->signer(0);
  syncer::Signer& other = harness_->signer(1);
  EXPECT_FALSE(other.verify(own.certificate(), "texts", own.sign("text")).has_value());
  EXPECT_FALSE(other.verify(own.certificate(), "text", other.sign("text")).has_value());
  EXPECT_FALSE(other.verify("nonsense", "text", own.sign("text")).has_value());
}

TEST_P(SignerContract, BothExpandAlike) {
  const std::array<syncer::ByteView, 2> parts = {"ab", "c"};
  std::array<std::uint8_t, 100> one{};
  std::array<std::uint8_t, 100> two{};
  harness_->signer(0).expand(parts, one);
  harness_->signer(1).expand(parts, two);
  EXPECT_EQ(one, two);
  EXPECT_EQ(one[0], 0x58) << "SHAKE128";
}

}  // namespace
}  // namespace contract
