// SPDX-License-Identifier: Apache-2.0
#include "tests/support/world.h"

#include <gtest/gtest.h>

namespace syncer::test {
namespace {

using namespace std::chrono_literals;

/// Notes what it hears, with the milliseconds since the start.
class Listener : public Process {
 public:
  Listener(World& world, const std::string& name, std::uint8_t number)
      : Process(world, name, Endpoint::v4(10, 0, 0, number, 1)) {}

  std::vector<std::string> heard;
  Instant deadline = kNever;

 private:
  void note(Instant now, const std::string& what) {
    heard.push_back(std::to_string(now.time_since_epoch() / 1ms) + " " + what);
  }
  void on_datagram(Instant now, const Endpoint&, ByteView packet) override { note(now, "packet " + Bytes(packet)); }
  void on_stream_accepted(Instant now, LinkId, const Endpoint&) override { note(now, "accepted"); }
  void on_stream_connected(Instant now, LinkId) override { note(now, "connected"); }
  void on_stream_data(Instant now, LinkId, ByteView bytes) override { note(now, "data " + Bytes(bytes)); }
  void on_stream_closed(Instant now, LinkId, std::string_view reason) override { note(now, Bytes(reason)); }
  void on_stored(Instant now, CallId, const Result<void>&) override { note(now, "stored"); }
  void on_http(Instant now, CallId, Result<HttpResponse> answer) override {
    note(now, answer ? answer->body : std::string(name(answer.error().code)));
  }
  void advance(Instant now) override {
    note(now, "advance");
    deadline = kNever;
  }
  Instant next_deadline() const override { return deadline; }
};

class CountingRegistry : public Registry {
 public:
  HttpOutcome serve(Instant, const std::string& host, const HttpRequest& request) override {
    ++served;
    return {HttpResponse{200, {}, host + request.target}, {}, request.target == "/hang"};
  }
  int served = 0;
};

using Heard = std::vector<std::string>;

class WorldTest : public testing::Test {
 protected:
  Listener& start(const std::string& name, std::uint8_t number) {
    return static_cast<Listener&>(world.start(std::make_unique<Listener>(world, name, number)));
  }
  Endpoint address(std::uint8_t number) { return Endpoint::v4(10, 0, 0, number, 1); }
  /// A stream of a to b that is up; nothing of it was heard yet.
  LinkId connected() {
    const LinkId link = a.next_link();
    a.connect(link, address(2), Channel::Sync);
    world.run_for(20ms);
    a.heard.clear();
    b.heard.clear();
    return link;
  }

  World world{instant(0), Delays::of(10ms)};
  Listener& a = start("a", 1);
  Listener& b = start("b", 2);
};

TEST_F(WorldTest, DoesWhatIsDueInOrderAndThenAdvancesTheParts) {
  b.deadline = world.now() + 10ms;
  a.send(address(2), "one");
  a.send(address(2), "two");
  world.run_for(1s);
  EXPECT_EQ(b.heard, (Heard{"10 packet one", "10 packet two", "10 advance"}));
  EXPECT_EQ(world.now(), instant(0) + 1s);
}

TEST_F(WorldTest, KeepsWhatIsSentBeforeAStreamIsConnected) {
  const LinkId link = a.next_link();
  a.connect(link, address(2), Channel::Sync);
  a.send(link, "early");
  world.run_for(20ms);
  a.close(link);
  world.run_for(1s);
  EXPECT_EQ(a.heard, (Heard{"20 connected"}));
  EXPECT_EQ(b.heard, (Heard{"10 accepted", "30 data early", "30 closed by the peer"}));
}

TEST_F(WorldTest, RefusesStreamsWhereNobodyListens) {
  a.connect(a.next_link(), address(3), Channel::Sync);
  world.run_for(1s);
  EXPECT_EQ(a.heard, (Heard{"20 connection refused"}));
}

TEST_F(WorldTest, LosesWhatIsOnItsWayWhenACutBegins) {
  const LinkId link = connected();
  a.send(link, "lost");
  a.send(address(2), "lost");
  world.cut("b", "a");
  world.run_for(1s);
  world.heal();
  a.send(link, "found");
  world.run_for(1s);
  EXPECT_EQ(b.heard, (Heard{"1030 data found"}));
}

TEST_F(WorldTest, GivesNothingToTheNextLifeOfAHost) {
  const LinkId link = connected();
  a.send(link, "to the dead");
  b.write(b.next_call(), "key", "value");
  world.vanish("b");
  Listener& next = start("b", 2);
  world.run_for(1s);
  EXPECT_TRUE(next.heard.empty());
  EXPECT_TRUE(a.heard.empty());
  EXPECT_TRUE(world.disk("b").empty());
}

TEST_F(WorldTest, ResetsTheStreamsOfAProcessThatDies) {
  connected();
  world.kill("b");
  world.run_for(1s);
  EXPECT_EQ(a.heard, (Heard{"30 reset"}));
}

TEST_F(WorldTest, BreaksAndDamagesStreams) {
  const LinkId link = connected();
  world.damage("a", "b");
  a.send(link, "abc");
  world.run_for(10ms);
  world.break_streams("a", "b");
  EXPECT_EQ(a.heard, (Heard{"30 broken"}));
  EXPECT_EQ(b.heard, (Heard{"30 data abb", "30 broken"}));
}

TEST_F(WorldTest, LosesDoublesAndDelaysPackets) {
  world.set_faults({{1, 4}, {1, 4}, 5ms});
  for (int i = 0; i < 1000; ++i) a.send(address(2), "p");
  world.run_for(14ms);
  EXPECT_LT(b.heard.size(), 900U);
  world.run_for(1s);
  EXPECT_NEAR(static_cast<double>(b.heard.size()), 1000 * 0.75 * 1.25, 60);
}

TEST_F(WorldTest, KeepsDisksBetweenLives) {
  a.set_disk_delay(3ms);
  a.write(a.next_call(), "key", "va");
  a.append(a.next_call(), "key", "lue");
  world.run_for(5ms);
  EXPECT_EQ(a.heard, (Heard{"3 stored", "3 stored"}));
  Listener& next = start("a", 1);
  EXPECT_EQ(next.read("key")->value(), "value");
  EXPECT_FALSE(next.read("other")->has_value());
}

TEST_F(WorldTest, AnswersRequestsOrEndsThemAtTheirDeadline) {
  CountingRegistry registry;
  a.call(a.next_call(), {"GET", "", "/x", {}, ""}, kNever);
  world.run_for(100ms);
  world.set_registry(&registry);
  a.call(a.next_call(), {"GET", "", "/x", {}, ""}, kNever);
  a.call(a.next_call(), {"GET", "", "/hang", {}, ""}, world.now() + 50ms);
  const CallId given_up = a.next_call();
  a.call(given_up, {"GET", "", "/y", {}, ""}, kNever);
  a.cancel(given_up);
  world.run_for(1s);
  EXPECT_EQ(a.heard, (Heard{"20 unreachable", "120 a/x", "150 timeout"}));
  a.call(a.next_call(), {"DELETE", "", "/x", {}, ""}, kNever);
  world.kill("a");
  world.run_for(1s);
  EXPECT_EQ(registry.served, 4) << "a request takes effect though its sender died";
}

TEST_F(WorldTest, StopsWhenTheConditionHolds) {
  a.send(address(2), "one");
  EXPECT_TRUE(world.run_until([&] { return !b.heard.empty(); }, 1s));
  EXPECT_EQ(world.now(), instant(0) + 10ms);
  EXPECT_FALSE(world.run_until([] { return false; }, 1s));
  EXPECT_EQ(world.now(), instant(0) + 1010ms);
}

TEST_F(WorldTest, CountsEventsAndKeepsTheLastReason) {
  observe(a, world.now(), EventKind::FrameDropped, Severity::Warning, {{"reason", "first"}});
  observe(a, world.now(), EventKind::FrameDropped, Severity::Warning, {{"reason", "second"}});
  EXPECT_EQ(world.log("a").count(EventKind::FrameDropped), 2);
  EXPECT_EQ(world.log("a").reason(EventKind::FrameDropped), "second");
  EXPECT_EQ(world.log("b").count(EventKind::FrameDropped), 0);
}

}  // namespace
}  // namespace syncer::test
