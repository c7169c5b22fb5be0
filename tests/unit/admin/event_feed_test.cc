// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/event_feed.h"

#include <gtest/gtest.h>

namespace syncer::admin {
namespace {

class EventFeedTest : public testing::Test {
 protected:
  void happen(const std::string& name, int times = 1) {
    for (int i = 0; i < times; ++i) feed_.add({0, Severity::Info, name, "", "\"event\":\"" + name + "\"", false});
  }
  std::shared_ptr<httpio::BodyStream> read(std::uint64_t after, bool follow = true, EventFilter filter = {}) {
    return feed_.read(std::move(filter), after, follow).value();
  }

  EventFeed feed_{4};
};

TEST_F(EventFeedTest, AReaderGetsWhatIsKeptAndThenWhatHappens) {
  happen("link.up", 2);
  const auto reader = read(0);
  int woken = 0;
  reader->on_more([&] { ++woken; });
  EXPECT_EQ(reader->take(),
            "id: 1\ndata: {\"id\":1,\"event\":\"link.up\"}\n\n"
            "id: 2\ndata: {\"id\":2,\"event\":\"link.up\"}\n\n");
  EXPECT_EQ(reader->take(), "");
  happen("link.down");
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(reader->take(), "id: 3\ndata: {\"id\":3,\"event\":\"link.down\"}\n\n");
}

TEST_F(EventFeedTest, WithoutFollowingItEnds) {
  happen("link.up");
  const auto reader = read(0, false);
  EXPECT_NE(reader->take(), "");
  EXPECT_EQ(reader->take(), std::nullopt);
}

TEST_F(EventFeedTest, WhoComesBackGoesOnWhereItWas) {
  happen("link.up", 3);
  EXPECT_EQ(read(2)->take(), "id: 3\ndata: {\"id\":3,\"event\":\"link.up\"}\n\n");
}

TEST_F(EventFeedTest, WhoWasAwayForTooLongIsToldHowManyItMissed) {
  happen("link.up", 10);  // 7 to 10 are kept
  const std::string back = read(3)->take().value();
  EXPECT_EQ(back.rfind("data: {\"event\":\"events.missed\",\"count\":3}\n\nid: 7\n", 0), 0U) << back;
  const std::string first = read(0)->take().value();
  EXPECT_EQ(first.rfind("id: 7\n", 0), 0U) << "a newcomer missed nothing: " << first;
}

TEST_F(EventFeedTest, AReaderThatIsOvertakenIsToldAsWell) {
  const auto reader = read(0);
  happen("link.up");
  reader->take();
  happen("link.down", 9);
  // Of the nine the last three are kept, and the rarer one before them.
  EXPECT_NE(reader->take()->find("\"events.missed\",\"count\":6"), std::string::npos);
}

TEST_F(EventFeedTest, AnIdThatWasNotGivenBeginsAnew) {
  happen("link.up", 2);
  EXPECT_EQ(read(900)->take()->rfind("id: 1\n", 0), 0U);
}

/// Though this process has given more ids by now than that one had.
TEST(EventFeedOfALaterProcess, TellsWhoReadTheFormerOneWhatItMissed) {
  EventFeed feed(4, 1000);
  for (int i = 0; i < 10; ++i) feed.add({0, Severity::Info, "link.up", "", R"("event":"link.up")", false});
  const auto back = feed.read({}, 5, true).value()->take();
  EXPECT_EQ(back->rfind("data: {\"event\":\"events.missed\",\"count\":6}\n\nid: 1006\n", 0), 0U) << *back;
  EXPECT_EQ(feed.read({}, 0, true).value()->take()->rfind("id: 1006\n", 0), 0U);
}

TEST_F(EventFeedTest, StrangersLeavePlacesToOperators) {
  EventFilter filter;
  filter.is_public = true;
  std::vector<std::shared_ptr<httpio::BodyStream>> readers;
  while (auto reader = feed_.read(filter, 0, true)) readers.push_back(*reader);
  EXPECT_EQ(readers.size(), 24U);
  for (int i = 0; i < 8; ++i) readers.push_back(read(0));
  EXPECT_FALSE(feed_.read({}, 0, true));
}

TEST_F(EventFeedTest, ThereIsRoomForSomeReadersAndTheSlowAreCounted) {
  std::vector<std::shared_ptr<httpio::BodyStream>> readers;
  for (int i = 0; i < 32; ++i) readers.push_back(read(0));
  EXPECT_FALSE(feed_.read({}, 0, true));
  readers.front()->too_slow();
  readers.erase(readers.begin());
  EXPECT_EQ(feed_.dropped(), 1U);
  EXPECT_TRUE(feed_.read({}, 0, true));
  EXPECT_EQ(feed_.readers(), 31U);
  happen("link.up");
}

}  // namespace
}  // namespace syncer::admin
