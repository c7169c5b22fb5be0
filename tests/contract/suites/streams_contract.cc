// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/contract/suites/harness.h"

namespace contract {
namespace {

using Kind = StreamEvent::Kind;
using syncer::LinkId;
using syncer::Listener;

constexpr LinkId kDialled{1};

const StreamEvent* find(const std::vector<StreamEvent>& events, Kind kind) {
  const auto it = std::find_if(events.begin(), events.end(), [&](const StreamEvent& e) { return e.kind == kind; });
  return it == events.end() ? nullptr : &*it;
}

std::string received(const std::vector<StreamEvent>& events, LinkId link) {
  std::string all;
  for (const StreamEvent& e : events) {
    if (e.kind == Kind::Data && e.link == link) all += e.text;
  }
  return all;
}

/// What the node uses each listener for.
syncer::Channel channel_of(Listener listener) {
  if (listener == Listener::Gossip) return syncer::Channel::Gossip;
  return listener == Listener::Rpc ? syncer::Channel::Sync : syncer::Channel::Raft;
}

/// Dials host 1 from host 0 and waits for both ends; the accepted link's id. A host that has a certificate waits for
/// the first byte of a link that comes without TLS.
LinkId establish(StreamsHarness& h, Listener listener, syncer::ByteView first_bytes = {}) {
  h.streams(0).connect(kDialled, h.address(1, listener), channel_of(listener));
  h.streams(0).send(kDialled, first_bytes);
  const bool up = h.run_until([&] { return find(h.events(0), Kind::Connected) && find(h.events(1), Kind::Accepted); });
  if (!up) {
    ADD_FAILURE() << "no connection";
    return LinkId{0};
  }
  return find(h.events(1), Kind::Accepted)->link;
}

TEST_P(StreamsContract, AConnectionNamesTheListenerItCameInOn) {
  for (const Listener listener : {Listener::Gossip, Listener::Rpc, Listener::Cluster}) {
    const auto fresh = GetParam()();
    const LinkId accepted = establish(*fresh, listener, "x");
    EXPECT_EQ(find(fresh->events(1), Kind::Accepted)->listener, listener);
    EXPECT_EQ(accepted.value % 2, 0U) << "accepted links have even ids";
    EXPECT_EQ(find(fresh->events(0), Kind::Connected)->link, kDialled);
  }
}

TEST_P(StreamsContract, OctetsArriveInOrderInBothDirections) {
  const LinkId accepted = establish(*harness_, Listener::Rpc);
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    harness_->streams(0).send(kDialled, line);
    harness_->streams(1).send(accepted, line);
    expected += line;
  }
  ASSERT_TRUE(harness_->run_until([&] {
    return received(harness_->events(1), accepted).size() >= expected.size() &&
           received(harness_->events(0), kDialled).size() >= expected.size();
  }));
  EXPECT_EQ(received(harness_->events(1), accepted), expected);
  EXPECT_EQ(received(harness_->events(0), kDialled), expected);
}

TEST_P(StreamsContract, OctetsSentBeforeTheConnectionStandsAreKept) {
  harness_->streams(0).connect(kDialled, harness_->address(1, Listener::Gossip), syncer::Channel::Gossip);
  harness_->streams(0).send(kDialled, "early ");
  harness_->streams(0).send(kDialled, "bird");
  ASSERT_TRUE(harness_->run_until([&] {
    const StreamEvent* accepted = find(harness_->events(1), Kind::Accepted);
    return accepted && received(harness_->events(1), accepted->link) == "early bird";
  }));
}

TEST_P(StreamsContract, BacklogFallsToZero) {
  const LinkId accepted = establish(*harness_, Listener::Rpc);
  const std::string large(4U << 20U, 'x');
  harness_->streams(0).send(kDialled, large);
  EXPECT_GT(harness_->streams(0).backlog(kDialled), 0U);
  ASSERT_TRUE(harness_->run_until([&] {
    return harness_->streams(0).backlog(kDialled) == 0 &&
           received(harness_->events(1), accepted).size() == large.size();
  }));
  EXPECT_EQ(received(harness_->events(1), accepted), large);
}

TEST_P(StreamsContract, ARefusedConnectionEndsInClosed) {
  harness_->streams(0).connect(kDialled, harness_->nobody(), syncer::Channel::Sync);
  ASSERT_TRUE(harness_->run_until([&] { return !harness_->events(0).empty(); }));
  EXPECT_EQ(harness_->events(0)[0].kind, Kind::Closed);
  EXPECT_EQ(harness_->events(0)[0].link, kDialled);
  EXPECT_NE(harness_->events(0)[0].text, "") << "a reason for people";
  EXPECT_EQ(harness_->streams(0).backlog(kDialled), 0U);
}

TEST_P(StreamsContract, ClosingSendsWhatIsQueuedAndEndsTheOtherSide) {
  const LinkId accepted = establish(*harness_, Listener::Rpc);
  const std::string large(1U << 20U, 'y');
  harness_->streams(0).send(kDialled, large);
  harness_->streams(0).close(kDialled);
  ASSERT_TRUE(harness_->run_until([&] { return find(harness_->events(1), Kind::Closed) != nullptr; }));
  EXPECT_EQ(received(harness_->events(1), accepted), large);
  EXPECT_EQ(find(harness_->events(0), Kind::Closed), nullptr) << "the side that closes gets no callback";
}

TEST_P(StreamsContract, AClosedLinkSaysNothingMore) {
  const LinkId accepted = establish(*harness_, Listener::Rpc);
  harness_->streams(0).close(kDialled);
  harness_->streams(0).close(kDialled);
  harness_->streams(0).send(kDialled, "too late");
  const std::size_t before = harness_->events(0).size();
  harness_->streams(1).send(accepted, "nobody reads this");
  ASSERT_TRUE(harness_->run_until([&] { return find(harness_->events(1), Kind::Closed) != nullptr; }));
  EXPECT_EQ(harness_->events(0).size(), before);
  EXPECT_EQ(received(harness_->events(1), accepted), "");
  EXPECT_EQ(harness_->streams(0).backlog(kDialled), 0U);
}

TEST_P(StreamsContract, SeveralLinksToOneHostDoNotMix) {
  const LinkId other{3};
  harness_->streams(0).connect(kDialled, harness_->address(1, Listener::Rpc), syncer::Channel::Sync);
  harness_->streams(0).connect(other, harness_->address(1, Listener::Rpc), syncer::Channel::Sync);
  harness_->streams(0).send(kDialled, "first");
  harness_->streams(0).send(other, "second");
  const auto texts = [&] {
    std::vector<std::string> all;
    for (const StreamEvent& e : harness_->events(1)) {
      if (e.kind == Kind::Accepted) all.push_back(received(harness_->events(1), e.link));
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  EXPECT_TRUE(harness_->run_until([&] { return texts() == std::vector<std::string>{"first", "second"}; }));
}

}  // namespace
}  // namespace contract
