// SPDX-License-Identifier: Apache-2.0
// Troubles of real sockets: ends that are slow, silent, half closed or many, and a process that has no descriptor left.
#include "syncer/net/tcp_streams.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "tests/support/pki.h"
#include "tests/support/raw_peer.h"
#include "tests/support/still_loop.h"

namespace syncer::net {
namespace {

using namespace std::chrono_literals;
using test::RawPeer;
using Trust = std::shared_ptr<const tls::Credentials>;

/// One end of streams and what came back at it.
struct End {
  explicit End(Loop& loop, const StreamLimits& limits = {}) : streams(loop, callbacks(), limits) {
    address = streams.listen(Listener::Rpc, test::loopback()).value();
  }
  StreamCallbacks callbacks() {
    StreamCallbacks all;
    all.accepted = [this](LinkId link, Listener, const Endpoint&, const PeerIdentity&) { accepted.push_back(link); };
    all.connected = [this](LinkId, const PeerIdentity&) { ++connected; };
    all.data = [this](LinkId link, ByteView bytes) {
      data.append(bytes);
      if (last_words.empty()) return;
      streams.send(link, last_words);
      streams.close(link);
    };
    all.closed = [this](LinkId, std::string_view reason) { closed.emplace_back(reason); };
    all.turned_away = [this](const Endpoint&, std::string_view reason) { turned_away.emplace_back(reason); };
    return all;
  }

  std::string last_words;  ///< whoever says something is answered so, and left
  std::vector<LinkId> accepted;
  int connected = 0;
  std::string data;
  std::vector<std::string> closed;
  std::vector<std::string> turned_away;
  TcpStreams streams;
  Endpoint address;
};

constexpr LinkId kLink{1};
constexpr LinkId kOther{3};

struct Pool {
  Trust credentials(const char* region) { return tls::Credentials::load(pki.make(test::identity(region))).value(); }
  test::Pki pki;
};

/// Two ends on one loop; with a pool they speak TLS.
class TcpTroubles : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!GetParam()) return;
    Pool pool;
    near_.streams.secure(pool.credentials("east"), false);
    far_.streams.secure(pool.credentials("west"), false);
  }
  void open() {
    near_.streams.connect(kLink, far_.address, Channel::Sync);
    ASSERT_TRUE(loop_.await([&] { return near_.connected == 1 && far_.accepted.size() == 1; }));
  }

  test::StillLoop loop_;
  End near_{*loop_};
  End far_{*loop_};
};

INSTANTIATE_TEST_SUITE_P(Plain, TcpTroubles, testing::Values(false));
INSTANTIATE_TEST_SUITE_P(Tls, TcpTroubles, testing::Values(true));

TEST_P(TcpTroubles, ALinkThatIsOlderThanEachOfItsTimersGoesOn) {
  open();
  for (int i = 1; i <= 3; ++i) {
    loop_.pass(24h);
    near_.streams.send(kLink, "there");
    far_.streams.send(far_.accepted.at(0), "back");
    const std::size_t times = static_cast<std::size_t>(i);
    ASSERT_TRUE(loop_.await([&] { return far_.data.size() == 5 * times && near_.data.size() == 4 * times; }));
  }
  EXPECT_TRUE(near_.closed.empty() && far_.closed.empty());
}

TEST_P(TcpTroubles, AConnectThatNeitherFailsNorSucceedsIsOverInItsTime) {
  const test::SilentPort silent;
  near_.streams.connect(kLink, silent.address(), Channel::Sync);
  near_.streams.send(kLink, "in vain");
  loop_.pass(StreamLimits{}.connect_timeout - 1ns);
  EXPECT_TRUE(near_.closed.empty());
  loop_.pass(1ns);
  EXPECT_EQ(near_.closed, std::vector<std::string>{"connect timeout"});
  EXPECT_EQ(near_.streams.backlog(kLink), 0U);
  open();
}

TEST_P(TcpTroubles, AConnectThatIsGivenUpMeanwhileIsNeverHeardOf) {
  const test::SilentPort silent;
  near_.streams.connect(kLink, silent.address(), Channel::Sync);
  near_.streams.connect(kOther, silent.address(), Channel::Sync);
  near_.streams.send(kOther, "in vain");
  near_.streams.close(kLink);
  near_.streams.close(kOther);
  EXPECT_FALSE(near_.streams.flushed()) << "somebody may still take it";
  loop_.pass(StreamLimits{}.close_timeout);
  EXPECT_TRUE(near_.streams.flushed());
  EXPECT_TRUE(near_.closed.empty());
}

TEST_P(TcpTroubles, WhatIsSentBeforeTheEndArrivesBeforeTheEnd) {
  open();
  near_.streams.send(kLink, std::string(1U << 20U, 'x'));
  near_.streams.close(kLink);
  ASSERT_TRUE(loop_.await([&] { return !far_.closed.empty(); }));
  EXPECT_EQ(far_.data.size(), 1U << 20U);
  EXPECT_EQ(far_.closed[0], "closed by the peer");
  ASSERT_TRUE(loop_.await([&] { return near_.streams.flushed(); }));
  EXPECT_TRUE(near_.closed.empty()) << "who closes is told nothing";
}

TEST_P(TcpTroubles, WithoutDescriptorsLinksGoOnAndOthersWaitForOne) {
  open();
  const RawPeer waiting = RawPeer::dial(far_.address);
  ASSERT_TRUE(waiting.send("hello"));
  {
    const test::NoDescriptors none;
    near_.streams.connect(kOther, far_.address, Channel::Sync);
    ASSERT_TRUE(loop_.await([&] { return near_.closed.size() == 1; }));
    EXPECT_EQ(near_.closed[0], "Too many open files");
    for (int i = 0; i < 3; ++i) loop_.pass(100ms);  // tries to accept, and fails
    near_.streams.send(kLink, "there");
    ASSERT_TRUE(loop_.await([&] { return far_.data == "there"; }));
  }
  EXPECT_EQ(far_.accepted.size(), 1U);
  near_.streams.send(kLink, " again");
  ASSERT_TRUE(loop_.await([&] { return far_.data == "there again"; }));
  EXPECT_EQ(far_.accepted.size(), 1U) << "it pauses between two tries";
  loop_.pass(100ms);
  ASSERT_TRUE(loop_.await([&] { return far_.accepted.size() == 2; }));
  EXPECT_TRUE(loop_.await([&] { return far_.data == "there againhello"; }));
}

class RawTroubles : public testing::Test {
 protected:
  LinkId accept(const RawPeer& peer) {
    EXPECT_TRUE(peer.is_open());
    EXPECT_TRUE(loop_.await([&] { return !end_.accepted.empty(); }));
    return end_.accepted.at(0);
  }

  test::StillLoop loop_;
  End end_{*loop_};
};

TEST_F(RawTroubles, WhoEndsHisSideIsHeardToTheEndAndThenGone) {
  RawPeer peer = RawPeer::dial(end_.address);
  ASSERT_TRUE(peer.send("last words"));
  peer.end_sending();
  ASSERT_TRUE(loop_.await([&] { return !end_.closed.empty(); }));
  EXPECT_EQ(end_.data, "last words");
  EXPECT_EQ(end_.closed[0], "closed by the peer");
  EXPECT_TRUE(loop_.await([&] { return peer.is_ended(); })) << "its descriptor is free";
}

TEST_F(RawTroubles, WhoNeverEndsHisSideGetsAllAndIsLeftInTime) {
  RawPeer peer = RawPeer::dial(end_.address);
  const LinkId link = accept(peer);
  end_.streams.send(link, "good bye");
  end_.streams.close(link);
  ASSERT_TRUE(loop_.await([&] { return peer.is_ended(); }));
  EXPECT_EQ(peer.read(), "good bye");
  loop_.pass(StreamLimits{}.close_timeout - 1ns);
  EXPECT_TRUE(peer.send("I am still here"));
  EXPECT_FALSE(end_.streams.flushed());
  loop_.pass(1ns);
  EXPECT_TRUE(end_.streams.flushed());
  EXPECT_TRUE(end_.data.empty() && end_.closed.empty()) << "the node closed it";
}

/// More than any two sockets hold.
constexpr std::size_t kMuch = 32U << 20U;

TEST_F(RawTroubles, ASlowReaderHoldsBytesBackAndNobodyElse) {
  RawPeer slow = RawPeer::dial(end_.address);
  const LinkId link = accept(slow);
  end_.streams.send(link, std::string(kMuch, 'a'));
  end_.streams.send(link, std::string(kMuch / 4, 'b'));
  RawPeer other = RawPeer::dial(end_.address);
  ASSERT_TRUE(loop_.await([&] { return end_.accepted.size() == 2; }));
  end_.streams.send(end_.accepted.at(1), "at once");
  ASSERT_TRUE(loop_.await([&] { return other.read() == "at once"; }));
  EXPECT_GT(end_.streams.backlog(link), 0U);
  loop_.pass(1h);
  EXPECT_TRUE(end_.closed.empty()) << "how slow is too slow is for the node to say";
  ASSERT_TRUE(loop_.await([&] { return slow.read().size() == kMuch / 4 * 5; }));
  EXPECT_EQ(slow.read().find('b'), kMuch);
  EXPECT_TRUE(loop_.await([&] { return end_.streams.backlog(link) == 0; }));
}

TEST_F(RawTroubles, ASlowReaderIsLeftInTimeWhenTheNodeCloses) {
  RawPeer slow = RawPeer::dial(end_.address);
  const LinkId link = accept(slow);
  end_.streams.send(link, std::string(kMuch, 'a'));
  end_.streams.close(link);
  loop_.pass(StreamLimits{}.close_timeout);
  EXPECT_TRUE(end_.streams.flushed());
  ASSERT_TRUE(loop_.await([&] { return slow.is_ended(); }));
  EXPECT_LT(slow.read().size(), kMuch);
}

TEST_F(RawTroubles, MoreThanTheBacklogEndsALinkAndWhatItHeldIsFree) {
  RawPeer slow = RawPeer::dial(end_.address);
  const LinkId link = accept(slow);
  const std::size_t limit = StreamLimits{}.backlog;
  for (std::size_t sent = 0; sent <= limit; sent += limit / 8) end_.streams.send(link, std::string(limit / 8, 'a'));
  ASSERT_TRUE(loop_.await([&] { return !end_.closed.empty(); }));
  EXPECT_EQ(end_.closed, std::vector<std::string>{"the peer reads too slowly"});
  EXPECT_EQ(end_.streams.backlog(link), 0U);
  EXPECT_TRUE(loop_.await([&] { return slow.is_ended(); }));
}

/// An end that answers everybody and closes, and those who never do.
class NeverClosing : public testing::Test {
 protected:
  static StreamLimits limits(std::size_t links) {
    StreamLimits limits;
    limits.flushing = 16;
    limits.links = links;
    return limits;
  }
  explicit NeverClosing(std::size_t links = 1000) : end_(*loop_, limits(links)) { end_.last_words = "no"; }
  void say_something() {
    const std::size_t before = end_.accepted.size();
    RawPeer& peer = peers_.emplace_back(RawPeer::dial(end_.address));
    ASSERT_TRUE(loop_.await([&] { return end_.accepted.size() == before + 1; }));
    const std::size_t heard = end_.data.size();
    ASSERT_TRUE(peer.send("x"));
    ASSERT_TRUE(loop_.await([&] { return end_.data.size() == heard + 1; }));
  }
  /// How many of them the end still has.
  std::size_t held() const {
    return static_cast<std::size_t>(
        std::count_if(peers_.begin(), peers_.end(), [](const RawPeer& peer) { return peer.send("y"); }));
  }

  test::StillLoop loop_;
  End end_;
  std::deque<RawPeer> peers_;
};

TEST_F(NeverClosing, AreNotMoreThanALimit) {
  for (int i = 0; i < 100; ++i) say_something();
  EXPECT_EQ(held(), 16U);
  EXPECT_FALSE(peers_.front().send("y")) << "the oldest go first";
  EXPECT_EQ(peers_.back().read(), "no");
  loop_.pass(StreamLimits{}.close_timeout);
  EXPECT_TRUE(end_.streams.flushed());
}

TEST_F(NeverClosing, CostNobodyWhatIsStillBeingSentToHim) {
  end_.last_words = std::string(kMuch, 'a');
  say_something();
  end_.last_words = "no";
  for (int i = 0; i < 40; ++i) say_something();
  ASSERT_TRUE(loop_.await([&] { return peers_.front().is_ended(); }));
  EXPECT_EQ(peers_.front().read().size(), kMuch);
}

class NeverClosingAmongFew : public NeverClosing {
 protected:
  NeverClosingAmongFew() : NeverClosing(24) {}
};

TEST_F(NeverClosingAmongFew, CountAsLongAsTheyAreThere) {
  for (int i = 0; i < 16; ++i) say_something();
  std::vector<RawPeer> quiet;
  for (std::size_t i = 1; i <= 8; ++i) {
    quiet.push_back(RawPeer::dial(end_.address));
    ASSERT_TRUE(loop_.await([&] { return end_.accepted.size() == 16 + i; }));
  }
  RawPeer late = RawPeer::dial(end_.address);
  EXPECT_TRUE(loop_.await([&] { return late.is_ended(); }));
  EXPECT_EQ(end_.accepted.size(), 24U);
}

class HandshakeTroubles : public RawTroubles {
 protected:
  HandshakeTroubles() { end_.streams.secure(pool_.credentials("east"), false); }
  /// Everybody who dialled before has been accepted by then.
  void await_accepting() {
    const RawPeer plain = RawPeer::dial(end_.address);
    ASSERT_TRUE(plain.send("p"));
    const std::size_t before = end_.accepted.size();
    ASSERT_TRUE(loop_.await([&] { return end_.accepted.size() > before; }));
  }

  Pool pool_;
};

TEST_F(HandshakeTroubles, WhoSaysNothingOrStopsWithinItIsLeftInTime) {
  RawPeer silent = RawPeer::dial(end_.address);
  RawPeer begun = RawPeer::dial(end_.address);
  ASSERT_TRUE(begun.send("\x16\x03"));
  await_accepting();
  loop_.pass(StreamLimits{}.handshake_timeout - 1ns);
  EXPECT_FALSE(silent.is_ended());
  loop_.pass(1ns);
  EXPECT_TRUE(loop_.await([&] { return silent.is_ended() && begun.is_ended(); }));
  EXPECT_EQ(end_.accepted.size(), 1U) << "the node heard of the plain one alone";
}

TEST_F(HandshakeTroubles, WhoEndsHisSideBeforeItIsGoneAtOnce) {
  RawPeer mute = RawPeer::dial(end_.address);
  mute.end_sending();
  ASSERT_TRUE(loop_.await([&] { return mute.is_ended(); }));
  EXPECT_TRUE(end_.accepted.empty() && end_.closed.empty());
}

TEST_F(HandshakeTroubles, OneThatFailedIsTurnedAwayAndForgottenInTime) {
  RawPeer liar = RawPeer::dial(end_.address);
  ASSERT_TRUE(liar.send("\x16this is no TLS at all, whatever its first byte says"));
  ASSERT_TRUE(loop_.await([&] { return liar.is_ended(); })) << "it is told, and nothing follows";
  EXPECT_EQ(end_.turned_away.size(), 1U);
  EXPECT_TRUE(liar.send("more")) << "the descriptor waits for it to go";
  loop_.turn();
  loop_.pass(StreamLimits{}.handshake_timeout);
  EXPECT_TRUE(loop_.await([&] { return !liar.send("and more") || liar.was_reset(); }));
  EXPECT_TRUE(end_.accepted.empty() && end_.closed.empty());
}

}  // namespace
}  // namespace syncer::net
