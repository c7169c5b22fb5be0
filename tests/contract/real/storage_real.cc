// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "syncer/store/file_storage.h"
#include "tests/contract/real/loop_world.h"

namespace contract {
namespace {

/// A directory that goes with its owner.
struct TemporaryDirectory {
  TemporaryDirectory() {
    std::string pattern = testing::TempDir() + "storage-XXXXXX";
    path = mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
  std::string path;
};

class RealStorage : public LoopWorld<StorageHarness> {
 public:
  RealStorage() { restart(); }
  syncer::Storage& storage() override { return *storage_; }
  const std::vector<StoredOutcome>& outcomes() override { return outcomes_; }
  void restart() override {
    storage_.reset();
    storage_ = std::move(*syncer::store::FileStorage::open(
        directory_.path + "/state", post(), [this](auto id, auto outcome) { outcomes_.emplace_back(id, outcome); }));
  }
  const std::string& directory() const { return directory_.path; }

 private:
  TemporaryDirectory directory_;
  std::vector<StoredOutcome> outcomes_;
  std::unique_ptr<syncer::store::FileStorage> storage_;
};

INSTANTIATE_TEST_SUITE_P(Real, StorageContract, testing::Values([]() -> std::unique_ptr<StorageHarness> {
                           return std::make_unique<RealStorage>();
                         }));

const auto kIgnoreTask = [](const std::function<void()>&) {};
const auto kIgnoreOutcome = [](syncer::CallId, const syncer::Result<void>&) {};

TEST(FileStorage, ASecondProcessOnOneDirectoryIsRefused) {
  TemporaryDirectory directory;
  const auto first = syncer::store::FileStorage::open(directory.path, kIgnoreTask, kIgnoreOutcome);
  ASSERT_TRUE(first);
  const auto second = syncer::store::FileStorage::open(directory.path, kIgnoreTask, kIgnoreOutcome);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, syncer::ErrorCode::Conflict);
  EXPECT_NE(second.error().detail.find("another syncer"), std::string::npos);
}

TEST(FileStorage, AFileInTheWayOfTheDirectoryIsNamed) {
  TemporaryDirectory directory;
  std::ofstream(directory.path + "/state") << "a file";
  const auto opened = syncer::store::FileStorage::open(directory.path + "/state", kIgnoreTask, kIgnoreOutcome);
  ASSERT_FALSE(opened);
  EXPECT_NE(to_string(opened.error()).find(directory.path + "/state"), std::string::npos);
}

TEST(FileStorage, ADirectoryThatOthersMayWriteIsRefused) {
  TemporaryDirectory directory;
  for (const mode_t mode : {0777U, 0770U, 0702U}) {
    ASSERT_EQ(chmod(directory.path.c_str(), mode), 0);
    const auto opened = syncer::store::FileStorage::open(directory.path, kIgnoreTask, kIgnoreOutcome);
    ASSERT_FALSE(opened) << mode;
    EXPECT_NE(opened.error().detail.find("chmod 700"), std::string::npos);
  }
  ASSERT_EQ(chmod(directory.path.c_str(), 0755), 0);
  EXPECT_TRUE(syncer::store::FileStorage::open(directory.path, kIgnoreTask, kIgnoreOutcome));
}

TEST(FileStorage, ALinkInTheWayOfAWriteIsNotFollowed) {
  RealStorage world;
  const std::string elsewhere = world.directory() + "/elsewhere";
  std::filesystem::create_symlink(elsewhere, world.directory() + "/state/epoch~");
  world.storage().write(syncer::CallId{1}, "epoch", "secret");
  ASSERT_TRUE(world.run_until([&] { return world.outcomes().size() == 1; }, std::chrono::seconds(10)));
  EXPECT_FALSE(world.outcomes()[0].second);
  EXPECT_FALSE(std::filesystem::exists(elsewhere));
}

TEST(FileStorage, AValueThatCannotBeReadIsAnErrorNotNothing) {
  TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path + "/epoch");  // what a confused operator may leave behind
  const auto opened = syncer::store::FileStorage::open(directory.path, kIgnoreTask, kIgnoreOutcome);
  ASSERT_TRUE(opened);
  const auto value = (*opened)->read("epoch");
  ASSERT_FALSE(value);
  EXPECT_NE(to_string(value.error()).find("epoch"), std::string::npos);
}

TEST(FileStorage, AWriteThatFailsIsReportedAndLeavesTheOldValue) {
  RealStorage world;
  world.storage().write(syncer::CallId{1}, "epoch", "old");
  ASSERT_TRUE(world.run_until([&] { return world.outcomes().size() == 1; }, std::chrono::seconds(10)));
  std::filesystem::create_directories(world.directory() + "/state/epoch~/in-the-way");
  world.storage().write(syncer::CallId{2}, "epoch", "new");
  ASSERT_TRUE(world.run_until([&] { return world.outcomes().size() == 2; }, std::chrono::seconds(10)));
  EXPECT_FALSE(world.outcomes()[1].second);
  EXPECT_EQ(world.storage().read("epoch").value().value(), "old");
}

TEST(FileStorage, StateIsNotForOtherUsers) {
  RealStorage world;
  struct stat info {};
  ASSERT_EQ(stat((world.directory() + "/state").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

}  // namespace
}  // namespace contract
