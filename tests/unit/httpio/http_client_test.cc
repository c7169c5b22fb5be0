// SPDX-License-Identifier: Apache-2.0
// Troubles of a real server: slow, silent, half closed, or out of reach for a process that has no descriptor left.
#include "syncer/httpio/http_client.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tests/support/raw_peer.h"
#include "tests/support/still_loop.h"

namespace syncer::httpio {
namespace {

using namespace std::chrono_literals;
using test::RawPeer;
using test::RawSocket;

constexpr const char* kFine = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";

HttpOptions one_connection() {
  HttpOptions options;
  options.connections = 1;  // a stuck place must come free again
  return options;
}

class HttpClientTroubles : public testing::Test {
 protected:
  std::string origin() const { return "http://" + to_string(address_); }
  void ask(const std::string& origin, Duration patience, const std::string& body = "", const char* method = "PUT") {
    client_.call(CallId{++asked_}, {method, origin, "/", {}, body}, loop_->now() + patience);
  }
  /// The next connection.
  RawPeer accept() {
    std::optional<RawPeer> peer;
    const auto came = [&] {
      RawSocket socket = listener_.accept();
      if (socket.get() >= 0) peer.emplace(std::move(socket));
      return peer.has_value();
    };
    EXPECT_TRUE(loop_.await(came));
    return peer ? std::move(*peer) : RawPeer(RawSocket(-1));
  }
  /// The next connection, with the whole head of its request read.
  RawPeer serve() {
    RawPeer peer = accept();
    EXPECT_TRUE(loop_.await([&] { return peer.read().find("\r\n\r\n") != std::string::npos; }));
    return peer;
  }
  const Result<HttpResponse>& outcome() {
    EXPECT_TRUE(loop_.await([&] { return outcomes_.size() == asked_; }));
    return outcomes_.back();
  }
  /// One call that is answered, over a new connection, which stays.
  RawPeer answered_call() {
    ask(origin(), 10s);
    RawPeer peer = serve();
    EXPECT_TRUE(peer.send(kFine));
    EXPECT_TRUE(outcome()) << to_string(outcome().error());
    return peer;
  }

  test::StillLoop loop_;
  test::RawSocket listener_;
  Endpoint address_ = listener_.listen(8);
  std::uint64_t asked_ = 0;
  std::vector<Result<HttpResponse>> outcomes_;
  HttpClient client_{*loop_, one_connection(), [this](CallId, auto answer) { outcomes_.push_back(std::move(answer)); }};
};

TEST_F(HttpClientTroubles, AConnectThatNeitherFailsNorSucceedsEndsAtTheDeadlineAndFreesItsPlace) {
  const test::SilentPort silent;
  ask("http://" + to_string(silent.address()), 3s);
  loop_.pass(3s - 1ns);
  EXPECT_TRUE(outcomes_.empty());
  loop_.pass(1ns);
  ASSERT_FALSE(outcome());
  EXPECT_EQ(outcome().error().code, ErrorCode::Timeout);
  answered_call();
}

TEST_F(HttpClientTroubles, WhoWaitsForAPlaceEndsAtHisDeadlineToo) {
  const test::SilentPort silent;
  ask("http://" + to_string(silent.address()), 3s);
  ask(origin(), 1s);
  loop_.pass(1s);
  EXPECT_TRUE(loop_.await([&] { return outcomes_.size() == 1; })) << "the second one, which never began";
  loop_.pass(2s);
  EXPECT_TRUE(loop_.await([&] { return outcomes_.size() == 2; }));
}

TEST_F(HttpClientTroubles, HalfAnAnswerIsNoneAndItsRestComesTooLate) {
  ask(origin(), 3s);
  RawPeer peer = serve();
  ASSERT_TRUE(peer.send(std::string_view(kFine).substr(0, 30)));
  loop_.turn();
  loop_.pass(3s);
  ASSERT_FALSE(outcome());
  EXPECT_EQ(outcome().error().code, ErrorCode::Timeout);
  static_cast<void>(peer.send(std::string_view(kFine).substr(30)));
  EXPECT_TRUE(loop_.await([&] { return peer.is_ended(); }));
  answered_call();
  EXPECT_EQ(outcomes_.size(), 2U);
}

TEST_F(HttpClientTroubles, AServerThatReadsNothingEndsAtTheDeadline) {
  ask(origin(), 3s, std::string(32U << 20U, 'x'));
  RawPeer peer = accept();
  loop_.turn();
  loop_.pass(3s);
  ASSERT_FALSE(outcome());
  EXPECT_EQ(outcome().error().code, ErrorCode::Timeout);
  EXPECT_TRUE(loop_.await([&] { return peer.is_ended(); }));
}

TEST_F(HttpClientTroubles, AServerThatReadsSlowlyGetsAllAndIsHeard) {
  constexpr std::size_t kMuch = 32U << 20U;
  ask(origin(), 3s, std::string(kMuch, 'x'));
  RawPeer peer = accept();
  loop_.turn();
  loop_.pass(2s);
  ASSERT_TRUE(loop_.await([&] { return peer.read().size() > kMuch; }));
  ASSERT_TRUE(peer.send(kFine));
  ASSERT_TRUE(outcome()) << to_string(outcome().error());
}

TEST_F(HttpClientTroubles, AServerThatAnswersBeforeItHasReadIsAskedOverAnotherConnection) {
  ask(origin(), 10s, std::string(32U << 20U, 'x'));
  RawPeer peer = accept();
  ASSERT_TRUE(peer.send(kFine));
  ASSERT_TRUE(outcome()) << to_string(outcome().error());
  answered_call();
  EXPECT_TRUE(loop_.await([&] { return peer.is_ended(); }));
  EXPECT_LT(peer.read().size(), 32U << 20U) << "nobody waits for the rest";
}

TEST_F(HttpClientTroubles, AServerThatEndsItsSideWithinAnAnswerHasGivenNone) {
  ask(origin(), 3s, "", "POST");
  RawPeer peer = serve();
  ASSERT_TRUE(peer.send(std::string_view(kFine).substr(0, 30)));
  peer.end_sending();
  ASSERT_FALSE(outcome());
  EXPECT_EQ(outcome().error().code, ErrorCode::Unreachable);
}

TEST_F(HttpClientTroubles, AServerThatEndsItsSideAfterAnAnswerIsAskedOverAnotherConnection) {
  RawPeer first = answered_call();
  first.end_sending();
  ASSERT_TRUE(loop_.await([&] { return first.is_ended(); })) << "the client ends it, too";
  answered_call();
}

TEST_F(HttpClientTroubles, AConnectionThatNobodyNeedsIsClosedInTime) {
  RawPeer peer = answered_call();
  loop_.pass(HttpOptions{}.idle_time - 1ns);
  EXPECT_FALSE(peer.is_ended());
  loop_.pass(1ns);
  EXPECT_TRUE(loop_.await([&] { return peer.is_ended(); }));
}

TEST_F(HttpClientTroubles, AConnectionThatIsOlderThanEachOfItsTimersGoesOn) {
  RawPeer peer = answered_call();
  std::size_t requests = 1;
  for (int i = 0; i < 200; ++i) {
    loop_.pass(HttpOptions{}.idle_time - 1s);
    const std::size_t before = peer.read().size();
    ask(origin(), 10s);
    ASSERT_TRUE(loop_.await([&] { return peer.read().size() > before && peer.read().ends_with("\r\n\r\n"); }));
    ASSERT_TRUE(peer.send(kFine));
    ASSERT_TRUE(outcome()) << "call " << i;
    ++requests;
  }
  EXPECT_EQ(outcomes_.size(), requests) << "each is reported once";
}

TEST_F(HttpClientTroubles, WithoutDescriptorsCallsFailAndLaterOnesDoNot) {
  {
    const test::NoDescriptors none;
    ask(origin(), 10s);
    ASSERT_FALSE(outcome());
    EXPECT_EQ(outcome().error().code, ErrorCode::Unreachable);
    EXPECT_NE(outcome().error().detail.find("Too many open files"), std::string::npos) << to_string(outcome().error());
  }
  answered_call();
}

TEST_F(HttpClientTroubles, ACallThatIsCancelledIsNeverHeardOf) {
  ask(origin(), 3s);
  RawPeer peer = serve();
  client_.cancel(CallId{asked_});
  static_cast<void>(peer.send(kFine));
  EXPECT_TRUE(loop_.await([&] { return peer.is_ended(); }));
  loop_.pass(1h);
  EXPECT_TRUE(outcomes_.empty());
}

}  // namespace
}  // namespace syncer::httpio
