// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "syncer/net/tcp_streams.h"
#include "tests/contract/real/loop_world.h"
#include "tests/support/pki.h"

namespace contract {
namespace {

using syncer::Listener;
using syncer::net::StreamCallbacks;
using syncer::net::TcpStreams;

StreamCallbacks record(std::vector<StreamEvent>& events) {
  using Kind = StreamEvent::Kind;
  StreamCallbacks callbacks;
  callbacks.accepted = [&](auto link, auto listener, const auto&, const auto&) {
    events.push_back({Kind::Accepted, link, listener, ""});
  };
  callbacks.connected = [&](auto link, const auto&) { events.push_back({Kind::Connected, link, {}, ""}); };
  callbacks.data = [&](auto link, auto bytes) { events.push_back({Kind::Data, link, {}, std::string(bytes)}); };
  callbacks.closed = [&](auto link, auto reason) { events.push_back({Kind::Closed, link, {}, std::string(reason)}); };
  return callbacks;
}

class RealStreams : public LoopWorld<StreamsHarness> {
 public:
  using Trust = std::shared_ptr<const syncer::tls::Credentials>;

  explicit RealStreams(const syncer::Endpoint& local, const std::array<Trust, 2>& trust = {}) {
    for (std::size_t i = 0; i < 2; ++i) {
      streams_[i] = std::make_unique<TcpStreams>(loop_, record(events_[i]));
      streams_[i]->secure(trust[i], false);
      for (const Listener listener : {Listener::Gossip, Listener::Rpc, Listener::Cluster}) {
        addresses_[i].push_back(streams_[i]->listen(listener, local).value());
      }
    }
    TcpStreams passing(loop_, {});
    nobody_ = passing.listen(Listener::Rpc, local).value();
  }
  syncer::Streams& streams(int host) override { return *streams_.at(static_cast<std::size_t>(host)); }
  syncer::Endpoint address(int host, Listener listener) override {
    return addresses_.at(static_cast<std::size_t>(host)).at(static_cast<std::size_t>(listener));
  }
  syncer::Endpoint nobody() override { return nobody_; }
  const std::vector<StreamEvent>& events(int host) override { return events_.at(static_cast<std::size_t>(host)); }

 private:
  std::array<std::vector<StreamEvent>, 2> events_;
  std::array<std::unique_ptr<TcpStreams>, 2> streams_;
  std::array<std::vector<syncer::Endpoint>, 2> addresses_;
  syncer::Endpoint nobody_;
};

template <int Family>
std::unique_ptr<StreamsHarness> make() {
  return std::make_unique<RealStreams>(Family == 4 ? loopback() : *syncer::parse_endpoint("[::1]:0"));
}

std::unique_ptr<StreamsHarness> make_secure() {
  test::Pki pki;
  const auto credentials = [&](const char* region) {
    return syncer::tls::Credentials::load(pki.make(test::identity(region))).value();
  };
  return std::make_unique<RealStreams>(loopback(), std::array{credentials("east"), credentials("west")});
}

INSTANTIATE_TEST_SUITE_P(Tls, StreamsContract, testing::Values(&make_secure));
INSTANTIATE_TEST_SUITE_P(Ipv4, StreamsContract, testing::Values(&make<4>));
INSTANTIATE_TEST_SUITE_P(Ipv6, StreamsContract, testing::Values(&make<6>));

/// Two TcpStreams with limits of the test's choice; host 1 listens for RPC.
struct Pair {
  explicit Pair(syncer::net::StreamLimits limits)
      : dialler(loop, record(dialled), limits), acceptor(loop, record(accepted), limits) {
    address = acceptor.listen(Listener::Rpc, loopback()).value();
  }
  bool run_until(const std::function<bool()>& done, syncer::Duration limit = std::chrono::seconds(20)) {
    return loop.run_until(done, loop.now() + limit);
  }
  syncer::net::Loop loop;
  std::vector<StreamEvent> dialled;
  std::vector<StreamEvent> accepted;
  TcpStreams dialler;
  TcpStreams acceptor;
  syncer::Endpoint address;
};

TEST(TcpStreams, APeerThatDoesNotReadIsClosedAtTheBacklogLimit) {
  syncer::net::StreamLimits limits;
  limits.backlog = 1U << 20U;
  Pair pair(limits);
  pair.dialler.connect(syncer::LinkId{1}, pair.address, syncer::Channel::Sync);
  pair.dialler.send(syncer::LinkId{1}, std::string(limits.backlog + 1, 'x'));
  ASSERT_TRUE(pair.run_until([&] { return !pair.dialled.empty(); }));
  EXPECT_EQ(pair.dialled[0].kind, StreamEvent::Kind::Closed);
  EXPECT_EQ(pair.dialled[0].text, "the peer reads too slowly");
}

TEST(TcpStreams, OneLinkTooManyIsTurnedAway) {
  syncer::net::StreamLimits limits;
  limits.links = 1;
  Pair pair(limits);
  pair.dialler.connect(syncer::LinkId{1}, pair.address, syncer::Channel::Sync);
  ASSERT_TRUE(pair.run_until([&] { return !pair.accepted.empty(); }));
  pair.dialler.connect(syncer::LinkId{3}, pair.address, syncer::Channel::Sync);
  ASSERT_TRUE(
      pair.run_until([&] { return !pair.dialled.empty() && pair.dialled.back().kind == StreamEvent::Kind::Closed; }));
  EXPECT_EQ(pair.dialled.back().link, syncer::LinkId{3});
  EXPECT_EQ(pair.accepted.size(), 1U);
}

/// A connection of somebody who never closes his end; -1 when it cannot be made.
int stubborn(const syncer::Endpoint& to) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(descriptor, generic, sizeof address) == 0 ? descriptor : -1;
}

TEST(TcpStreams, PeersThatNeverEndTheirSideCollectNoDescriptors) {
  syncer::net::StreamLimits limits;
  limits.flushing = 1;
  Pair pair(limits);
  const int first = stubborn(pair.address);
  const int second = stubborn(pair.address);
  ASSERT_TRUE(pair.run_until([&] { return pair.accepted.size() == 2; }));
  for (const StreamEvent& event : pair.accepted) pair.acceptor.close(event.link);
  char byte = 0;
  EXPECT_EQ(::recv(first, &byte, 1, 0), 0);
  EXPECT_EQ(::recv(second, &byte, 1, 0), 0);
  EXPECT_EQ(::send(first, &byte, 1, MSG_NOSIGNAL), -1) << "the oldest of those too many is reset";
  EXPECT_EQ(::send(second, &byte, 1, MSG_NOSIGNAL), 1) << "the other one is closed in order";
  EXPECT_FALSE(pair.acceptor.flushed());
  ::close(first);
  ::close(second);
}

TEST(TcpStreams, AConnectionThatNobodyAnswersEndsAtTheConnectTimeout) {
  syncer::net::StreamLimits limits;
  limits.connect_timeout = std::chrono::milliseconds(200);
  Pair pair(limits);
  // 192.0.2.0/24 is reserved for documentation: either no route, or nobody answers.
  pair.dialler.connect(syncer::LinkId{1}, syncer::Endpoint::v4(192, 0, 2, 1, 9), syncer::Channel::Sync);
  ASSERT_TRUE(pair.run_until([&] { return !pair.dialled.empty(); }));
  EXPECT_EQ(pair.dialled[0].kind, StreamEvent::Kind::Closed);
}

TEST(TcpStreams, ABusyPortIsNamedWithAdvice) {
  Pair pair({});
  const auto again = pair.dialler.listen(Listener::Rpc, pair.address);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().detail.find("(TCP)"), std::string::npos) << again.error().detail;
  EXPECT_NE(again.error().detail.find("choose another port"), std::string::npos) << again.error().detail;
}

}  // namespace
}  // namespace contract
