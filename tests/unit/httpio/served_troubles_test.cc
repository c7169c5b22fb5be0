// SPDX-License-Identifier: Apache-2.0
// Troubles of real clients: slow, silent, half closed, or more than there are descriptors.
#include <gtest/gtest.h>

#include "syncer/httpio/http_server.h"
#include "tests/support/raw_peer.h"
#include "tests/support/still_loop.h"

namespace syncer::httpio {
namespace {

using namespace std::chrono_literals;
using test::RawPeer;

constexpr std::size_t kMuch = 32U << 20U;  ///< more than any two sockets hold
constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr ServerLimits kLimits{};

/// A body that has nothing to say but that it lives.
class Quiet final : public BodyStream {
 public:
  std::optional<Bytes> take() override { return ""; }
  Bytes pulse() override { return ":"; }
};

class ServedTroubles : public testing::Test {
 protected:
  ServedTroubles() {
    auto server = HttpServer::listen(*loop_, {"", test::loopback()}, std::nullopt, kLimits,
                                     [this](const ServedRequest& request, const Caller&) { return answer(request); });
    EXPECT_TRUE(server) << to_string(server.error());
    server_ = std::move(*server);
  }
  Answer answer(const ServedRequest& request) {
    ++served_;
    if (request.target == "/much") return {200, "text/plain", std::string(kMuch, 'x')};
    if (request.target == "/stream") return {200, "text/plain", "begin\n", {}, stream_};
    return {200, "text/plain", "fine\n"};
  }
  RawPeer dial() { return RawPeer::dial(server_->local().endpoint); }
  /// Somebody else is served.
  void expect_service() {
    RawPeer other = dial();
    EXPECT_TRUE(other.send(kGet));
    EXPECT_TRUE(loop_.await([&] { return other.read().ends_with("fine\n"); }));
  }
  bool ends(RawPeer& peer) {
    return loop_.await([&] { return peer.is_ended(); });
  }

  test::StillLoop loop_;
  int served_ = 0;
  std::shared_ptr<Quiet> stream_ = std::make_shared<Quiet>();
  std::unique_ptr<HttpServer> server_;
};

TEST_F(ServedTroubles, AClientThatHasEndedItsSideGetsItsAnswer) {
  RawPeer client = dial();
  ASSERT_TRUE(client.send(kGet));
  client.end_sending();
  ASSERT_TRUE(ends(client));
  EXPECT_TRUE(client.read().ends_with("fine\n")) << client.read();
  EXPECT_FALSE(client.was_reset());
}

TEST_F(ServedTroubles, AClientThatEndsItsSideWithinARequestIsGone) {
  RawPeer client = dial();
  ASSERT_TRUE(client.send(std::string_view(kGet).substr(0, 9)));
  client.end_sending();
  EXPECT_TRUE(ends(client));
  EXPECT_EQ(served_, 0);
}

TEST_F(ServedTroubles, ASlowReaderIsLeftInTimeAndKeepsNobodyWaiting) {
  RawPeer slow = dial();
  ASSERT_TRUE(slow.send("GET /much HTTP/1.1\r\nHost: a\r\n\r\n"));
  ASSERT_TRUE(loop_.await([&] { return served_ == 1; }));
  expect_service();
  loop_.pass(kLimits.answer_time - 1ns);
  expect_service();
  loop_.pass(1ns);
  ASSERT_TRUE(ends(slow));
  EXPECT_LT(slow.read().size(), kMuch);
}

TEST_F(ServedTroubles, WhoReadsSlowlyButInTimeGetsAll) {
  RawPeer slow = dial();
  ASSERT_TRUE(slow.send("GET /much HTTP/1.1\r\nHost: a\r\n\r\n"));
  ASSERT_TRUE(loop_.await([&] { return served_ == 1; }));
  loop_.pass(kLimits.answer_time - 1s);
  EXPECT_TRUE(loop_.await([&] { return slow.read().size() > kMuch; }));
}

TEST_F(ServedTroubles, ARequestHasItsTimeHoweverManyPiecesItComesIn) {
  RawPeer slow = dial();
  RawPeer silent = dial();
  expect_service();
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(slow.is_ended() || silent.is_ended()) << i;
    ASSERT_TRUE(slow.send(std::string_view(kGet).substr(static_cast<std::size_t>(i), 1)));
    loop_.turn();
    loop_.pass(kLimits.request_time / 5);
  }
  EXPECT_TRUE(ends(slow) && ends(silent));
  EXPECT_EQ(served_, 1);
}

TEST_F(ServedTroubles, AConnectionThatIsOlderThanEachOfItsTimersGoesOn) {
  RawPeer client = dial();
  for (std::size_t i = 1; i <= 200; ++i) {
    ASSERT_TRUE(client.send(kGet));
    const std::size_t before = client.read().size();
    ASSERT_TRUE(loop_.await([&] { return client.read().size() > before && client.read().ends_with("fine\n"); })) << i;
    if (i == 1) loop_.turn();
    loop_.pass(kLimits.idle_time - 1s);
  }
  loop_.pass(1s);
  EXPECT_TRUE(ends(client)) << "until nobody needs it";
  EXPECT_EQ(served_, 200);
}

TEST_F(ServedTroubles, AStreamThatIsOlderThanEachOfItsTimersBeatsAndGoesOn) {
  RawPeer client = dial();
  ASSERT_TRUE(client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
  ASSERT_TRUE(loop_.await([&] { return client.read().ends_with("begin\n"); }));
  const std::size_t head = client.read().size();
  for (std::size_t i = 1; i <= 200; ++i) {
    loop_.turn();
    loop_.pass(kLimits.idle_time);
    ASSERT_TRUE(loop_.await([&] { return client.read().size() == head + i; })) << i;
  }
  EXPECT_FALSE(client.is_ended());
}

TEST_F(ServedTroubles, WhoNeverEndsItsSideIsLeftInTimeAfterTheLastAnswer) {
  RawPeer client = dial();
  ASSERT_TRUE(client.send("GET / HTTP/1.0\r\n\r\n"));
  ASSERT_TRUE(ends(client));
  EXPECT_TRUE(client.read().ends_with("fine\n"));
  EXPECT_TRUE(client.send("more")) << "it lingers, and does not look at it";
  loop_.turn();
  loop_.pass(kLimits.linger_time);
  EXPECT_TRUE(loop_.await([&] { return !client.send("and more"); }));
  EXPECT_EQ(served_, 1);
}

TEST_F(ServedTroubles, WithoutDescriptorsConnectionsGoOnAndOthersWaitForOne) {
  RawPeer there = dial();
  ASSERT_TRUE(there.send(kGet));
  ASSERT_TRUE(loop_.await([&] { return there.read().ends_with("fine\n"); }));
  RawPeer waiting = dial();
  ASSERT_TRUE(waiting.send(kGet));
  {
    const test::NoDescriptors none;
    for (int i = 0; i < 3; ++i) loop_.pass(100ms);  // tries to accept, and fails
    ASSERT_TRUE(there.send(kGet));
    ASSERT_TRUE(loop_.await([&] { return served_ == 2; }));
  }
  ASSERT_TRUE(there.send(kGet));
  ASSERT_TRUE(loop_.await([&] { return served_ == 3; }));
  EXPECT_EQ(waiting.read(), "") << "it pauses between two tries";
  loop_.pass(100ms);
  EXPECT_TRUE(loop_.await([&] { return waiting.read().ends_with("fine\n"); }));
}

}  // namespace
}  // namespace syncer::httpio
