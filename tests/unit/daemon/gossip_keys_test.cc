// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/gossip_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "syncer/crypto/keyring.h"

namespace syncer::daemon {
namespace {

using crypto::Keyring;

const Bytes kOld(16, 'o');
const Bytes kNew(32, 'n');
const std::string kNewText = "bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm4=";

/// A keyring file with one key, and what was put in force.
class GossipKeysTest : public testing::Test {
 protected:
  GossipKeysTest() {
    std::string pattern = testing::TempDir() + "syncer-keys-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    path_ = directory_ + "/keyring.json";
    std::ofstream(path_) << crypto::keyring_text(Keyring::make({kOld}).value());
    ::chmod(path_.c_str(), 0600);
  }
  ~GossipKeysTest() override { std::filesystem::remove_all(directory_); }

  GossipKeys keys() {
    const auto apply = [this](Keyring ring) -> Result<void> {
      if (group_refuses_) return failure(ErrorCode::Refused, "", "the group has removed that key");
      in_force_ = std::move(ring);
      return Result<void>{};
    };
    const auto ask = [this](std::string& asked) {
      return [this, &asked](const std::string& id) {
        if (group_decides_) asked = id;
        return Result<bool>(group_decides_);
      };
    };
    return {path_, load_keyring(path_).value(), apply, ask(asked_to_use_), ask(asked_to_remove_)};
  }

  std::string directory_;
  std::string path_;
  Keyring in_force_;
  bool group_decides_ = false;
  bool group_refuses_ = false;
  std::string asked_to_use_;
  std::string asked_to_remove_;
};

TEST_F(GossipKeysTest, WhatAGroupDecidesIsOnDiskWhenItHas) {
  GossipKeys keys = this->keys();
  ASSERT_TRUE(keys.install(kNewText));
  group_decides_ = true;
  ASSERT_TRUE(keys.use(Keyring::id(kNew)));
  EXPECT_EQ(asked_to_use_, Keyring::id(kNew));
  EXPECT_EQ(asked_to_remove_, "");
  EXPECT_EQ(load_keyring(path_).value().keys(), (std::vector<Bytes>{kOld, kNew})) << "nobody has decided yet";
  ASSERT_TRUE(keys.follow(Keyring::make({kNew}).value()));
  EXPECT_EQ(load_keyring(path_).value().keys(), std::vector<Bytes>{kNew});
}

TEST_F(GossipKeysTest, WhatCannotBeKeptIsToldAndTriedAgain) {
  GossipKeys keys = this->keys();
  std::filesystem::rename(directory_, directory_ + "-away");
  EXPECT_FALSE(keys.follow(Keyring::make({kNew}).value()));
  EXPECT_NE(keys.problem().find("cannot be written"), std::string::npos);
  EXPECT_FALSE(keys.follow(Keyring::make({kNew}).value())) << "still not on disk";
  std::filesystem::rename(directory_ + "-away", directory_);
  EXPECT_TRUE(keys.follow(Keyring::make({kNew}).value()));
  EXPECT_EQ(keys.problem(), "");
  EXPECT_EQ(load_keyring(path_).value().keys(), std::vector<Bytes>{kNew});
}

TEST_F(GossipKeysTest, AChangeIsInForceAndOnDisk) {
  GossipKeys keys = this->keys();
  EXPECT_EQ(keys.install(kNewText + "\n").value(), Keyring::id(kNew));
  ASSERT_TRUE(keys.use(Keyring::id(kNew)));
  ASSERT_TRUE(keys.remove(Keyring::id(kOld)));
  EXPECT_EQ(in_force_.keys(), std::vector<Bytes>{kNew});
  EXPECT_EQ(load_keyring(path_).value().keys(), std::vector<Bytes>{kNew}) << "its mode must stay 0600, too";
}

TEST_F(GossipKeysTest, TheReportHoldsNoKey) {
  const auto report = keys().report();
  ASSERT_EQ(report.keys.size(), 1U);
  EXPECT_EQ(report.keys[0].id, Keyring::id(kOld));
  EXPECT_EQ(report.keys[0].bits, 128U);
  EXPECT_TRUE(report.keys[0].in_use);
}

TEST_F(GossipKeysTest, UsingAKeyNeverRemovesOne) {
  GossipKeys keys = this->keys();
  ASSERT_TRUE(keys.install(kNewText));
  ASSERT_TRUE(keys.use(Keyring::id(kNew)));
  EXPECT_EQ(in_force_.keys(), (std::vector<Bytes>{kNew, kOld}));
}

TEST_F(GossipKeysTest, ARefusedChangeChangesNothing) {
  GossipKeys keys = this->keys();
  EXPECT_EQ(keys.remove(Keyring::id(kOld)).error().code, ErrorCode::Refused);
  EXPECT_EQ(keys.use("12345678").error().code, ErrorCode::NotFound);
  EXPECT_EQ(keys.install("no key").error().code, ErrorCode::Invalid);
  EXPECT_TRUE(in_force_.empty());
  EXPECT_EQ(load_keyring(path_).value().keys(), std::vector<Bytes>{kOld});
}

TEST_F(GossipKeysTest, WhatTheGroupRefusesIsNotLeftOnDisk) {
  GossipKeys keys = this->keys();
  group_refuses_ = true;
  EXPECT_EQ(keys.install(kNewText).error().code, ErrorCode::Refused);
  EXPECT_EQ(load_keyring(path_).value().keys(), std::vector<Bytes>{kOld});
  EXPECT_EQ(keys.report().keys.size(), 1U);
  EXPECT_EQ(keys.problem(), "");
}

TEST_F(GossipKeysTest, APoolWithoutKeysHasNoneToChange) {
  GossipKeys none("", {}, nullptr, nullptr, nullptr);
  EXPECT_EQ(none.install(kNewText).error().code, ErrorCode::Refused);
  EXPECT_EQ(none.use("12345678").error().code, ErrorCode::Refused);
  EXPECT_TRUE(none.report().keys.empty());
}

TEST_F(GossipKeysTest, OnlyTheOwnerMayReadTheFile) {
  ::chmod(path_.c_str(), 0640);
  EXPECT_EQ(load_keyring(path_).error().code, ErrorCode::Invalid);
  EXPECT_EQ(load_keyring(directory_ + "/none.json").error().code, ErrorCode::NotFound);
}

TEST(SystemNonce, DiffersEachTime) { EXPECT_NE(system_nonce(), system_nonce()); }

}  // namespace
}  // namespace syncer::daemon
