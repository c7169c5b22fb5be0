// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/member_memory.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace syncer::node {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Endpoint at(std::uint8_t host, std::uint16_t port = 30190) { return Endpoint::v4(10, 0, 0, host, port); }

/// One value, and what was written to it.
struct MembersDisk final : Storage {
  Result<std::optional<Bytes>> read(std::string_view) override { return value; }
  void write(CallId id, std::string_view key, Bytes bytes) override {
    EXPECT_EQ(key, "members");
    last = id;
    value = std::move(bytes);
    ++writes;
  }
  void append(CallId, std::string_view, Bytes) override { FAIL(); }

  std::optional<Bytes> value;
  CallId last{};
  int writes = 0;
};

/// A memory in a pool, and the lives that it has there.
class Remembering : public testing::Test {
 protected:
  /// A new process on the same disk.
  MemberMemory& restart(const std::vector<std::string>& targets = {"10.0.0.1:30190"}, const std::string& label = "") {
    memory_.emplace(disk_, MemberMemory::Pool{label, targets}, [this] { return CallId{++calls_}; });
    EXPECT_TRUE(memory_->load().has_value());
    now_ += seconds(1);
    memory_->start(now_);
    return *memory_;
  }
  MemberMemory& memory() { return *memory_; }
  /// Time passes; whom it asks meanwhile, each time.
  std::multiset<Endpoint> pass(Duration time, bool alone = false) {
    std::multiset<Endpoint> asked;
    for (const Instant end = now_ + time; now_ < end; now_ += seconds(1)) {
      if (now_ < memory_->next_deadline()) continue;
      for (const Endpoint& one : memory_->take_due(now_, alone, where())) asked.insert(one);
      const int before = disk_.writes;
      memory_->advance(now_);
      if (disk_.writes == before) continue;
      EXPECT_TRUE(memory_->on_stored(now_, disk_.last, {}).value());
    }
    return asked;
  }
  void hold(const std::string& name, const Endpoint& address, bool gone = false) {
    held_[name] = {address, gone};
    memory_->members_changed(now_);
  }
  MemberMemory::Where where() {
    return [this](std::string_view name) {
      const auto found = held_.find(std::string(name));
      return found == held_.end() ? std::nullopt : std::optional(found->second);
    };
  }

  MembersDisk disk_;
  std::optional<MemberMemory> memory_;
  std::map<std::string, MemberMemory::Held> held_;
  std::uint64_t calls_ = 0;
  Instant now_ = instant(1'000'000'000'000);
};

TEST_F(Remembering, AsksAtTheStartWhoAnsweredBefore) {
  restart();
  for (const auto& [name, host] : {std::pair("a", 2), std::pair("b", 3)}) {
    hold(name, at(static_cast<std::uint8_t>(host)));
    memory().answered(now_, name, at(static_cast<std::uint8_t>(host)));
  }
  EXPECT_TRUE(pass(seconds(10)).empty()) << "they are there";
  EXPECT_EQ(disk_.writes, 1);
  held_.clear();
  restart();
  EXPECT_EQ(pass(seconds(1)), (std::multiset{at(2), at(3)}));
  hold("a", at(2));
  const auto asked = pass(seconds(60));
  EXPECT_EQ(asked.count(at(2)), 0U) << "it is a member";
  EXPECT_GE(asked.count(at(3)), 6U);
  EXPECT_LE(asked.count(at(3)), 10U) << "with back-off";
  EXPECT_EQ(disk_.writes, 1) << "nothing changed";
}

TEST_F(Remembering, AsksNobodyOfAnotherPool) {
  restart({"seed:30190", "10.0.0.1:30190"}, "blue");
  hold("a", at(2));
  memory().answered(now_, "a", at(2));
  pass(seconds(10));
  const auto known = [&](const std::vector<std::string>& targets, const std::string& label) {
    return restart(targets, label).size();
  };
  EXPECT_EQ(known({"seed:30190"}, "green"), 0U);
  EXPECT_EQ(known({"other:30190"}, "blue"), 0U) << "its operator sent it elsewhere";
  EXPECT_EQ(known({"other:30190", "seed:30190"}, "blue"), 1U);
  EXPECT_EQ(known({"10.0.0.2:30190"}, "blue"), 1U) << "a member of that pool is there";
  EXPECT_EQ(known({}, "blue"), 1U);
  pass(seconds(10));
  EXPECT_EQ(known({"seed:30190"}, "blue"), 0U) << "what it was given last is what counts";
}

TEST_F(Remembering, TakesADamagedValueForNone) {
  restart();
  hold("a", at(2));
  memory().answered(now_, "a", at(2));
  pass(seconds(10));
  const Bytes good = *disk_.value;
  for (std::size_t i = 0; i < good.size(); ++i) {
    disk_.value = good;
    (*disk_.value)[i] = static_cast<char>((*disk_.value)[i] ^ 0x40);
    EXPECT_EQ(restart().size(), 0U) << i;
    disk_.value = good.substr(0, i);
    EXPECT_EQ(restart().size(), 0U) << i;
  }
  disk_.value = good;
  EXPECT_EQ(restart().size(), 1U);
}

TEST_F(Remembering, WritesNowAndThenWhateverChanges) {
  restart();
  for (int i = 0; i < 60; ++i) {
    const std::string name = "m" + std::to_string(i);
    const Endpoint address = at(static_cast<std::uint8_t>(i));
    hold(name, address);
    memory().answered(now_, name, address);
    pass(seconds(10));
  }
  EXPECT_GE(disk_.writes, 10);
  EXPECT_LE(disk_.writes, 14);
}

TEST_F(Remembering, SaysThatAWriteFailedAndTriesAgain) {
  restart();
  hold("a", at(2));
  memory().answered(now_, "a", at(2));
  now_ += seconds(10);
  memory().advance(now_);
  ASSERT_EQ(disk_.writes, 1);
  EXPECT_FALSE(memory().on_stored(now_, CallId{99}, {}).value()) << "none of its own";
  EXPECT_FALSE(memory().on_stored(now_, disk_.last, failure(ErrorCode::Unreachable, "disk", "full")).has_value());
  pass(seconds(50));
  EXPECT_EQ(disk_.writes, 1);
  pass(seconds(20));
  EXPECT_EQ(disk_.writes, 2);
}

TEST_F(Remembering, AsksWhereANameWasThatIsHeldElsewhere) {
  restart();
  hold("a", at(2));
  memory().answered(now_, "a", at(2));
  hold("a", at(9));
  memory().answered(now_, "a", at(9));  // whoever is there
  const auto asked = pass(seconds(20));
  EXPECT_GE(asked.count(at(2)), 3U);
  EXPECT_EQ(asked.count(at(9)), 0U);
  hold("a", at(2));
  memory().answered(now_, "a", at(2));
  EXPECT_TRUE(pass(seconds(60)).empty()) << "it is where it answered first";
  hold("a", at(2), true);
  EXPECT_TRUE(pass(seconds(60)).empty()) << "who died there is asked by others";
}

TEST_F(Remembering, GivesUpAfterAWhileUnlessItIsAlone) {
  restart();
  hold("a", at(2));
  memory().answered(now_, "a", at(2));
  pass(seconds(10));
  held_.clear();
  restart();
  const auto asked = pass(minutes(20));
  EXPECT_GE(asked.size(), 25U);
  EXPECT_LE(asked.size(), 40U);
  memory().members_changed(now_);
  EXPECT_TRUE(pass(minutes(1)).empty());
  memory().members_changed(now_);
  EXPECT_GE(pass(minutes(20), true).size(), 100U);
}

TEST_F(Remembering, GivesNobodysPlaceAwayWhoAnsweredLately) {
  restart();
  const auto fill = [&](std::size_t count, const std::string& name, const auto& address) {
    for (std::size_t i = 0; i < count; ++i) memory().answered(now_, name + std::to_string(i), address(i));
  };
  const auto other_host = [](std::size_t i) { return at(static_cast<std::uint8_t>(100 + i)); };
  const auto other_port = [](std::size_t i) { return at(9, static_cast<std::uint16_t>(1000 + i)); };
  fill(40, "member", other_host);
  fill(100, "liar", other_port);
  EXPECT_EQ(memory().size(), 40 + MemberMemory::kMostOfOneHost);
  for (std::uint16_t port = 1; port < 9; ++port) memory().answered(now_, "twins", at(10, port));
  EXPECT_EQ(memory().size(), 40 + MemberMemory::kMostOfOneHost + MemberMemory::kMostOfOneName);
  for (std::uint8_t host = 20; host < 60; ++host) memory().answered(now_, "n" + std::to_string(host), at(host));
  EXPECT_EQ(memory().size(), MemberMemory::kMost);
  now_ += MemberMemory::kKept + seconds(1);
  fill(40, "member", other_host);
  for (std::uint8_t host = 60; host < 90; ++host) memory().answered(now_, "n" + std::to_string(host), at(host));
  EXPECT_EQ(memory().size(), MemberMemory::kMost);
  pass(seconds(10));
  restart();
  const auto asked = pass(seconds(1));
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(asked.count(other_host(i)), 1U) << i;
  EXPECT_EQ(asked.count(at(60)), 1U) << "in the place of one that is silent";
  EXPECT_EQ(asked.count(at(20)), 0U);
}

}  // namespace
}  // namespace syncer::node
