// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using std::chrono::seconds;

const Bytes kOld(32, 'o');
const Bytes kNew(32, 'n');

crypto::Keyring ring(std::vector<Bytes> keys) { return crypto::Keyring::make(std::move(keys)).value(); }

/// Hosts 1 and 2 serve regions A and B.
class SealedPeering : public ::testing::Test {
 protected:
  void start(std::vector<Bytes> of_a, std::vector<Bytes> of_b) {
    net.start(1, "A", "a1", true, std::move(of_a)).open_epoch(net.now(), {1, 1}, {{"the-key", "the-payload"}});
    net.start(2, "B", "b1", true, std::move(of_b)).open_epoch(net.now(), {1, 1}, {});
    net.gossip();
    net.run(seconds(3));
  }
  bool arrived() {
    const replication::Replica* replica = net.peering(2).replica("A");
    return replica != nullptr && replica->find("the-key") != nullptr;
  }
  bool was_said(const std::string& text) {
    for (const Bytes& bytes : net.recorded(1)) {
      if (bytes.find(text) != Bytes::npos) return true;
    }
    return false;
  }

  PeeringNet net;
};

TEST_F(SealedPeering, CarriesTheRecordsAndShowsNothingOfThem) {
  start({kOld}, {kOld});
  EXPECT_TRUE(arrived());
  EXPECT_FALSE(was_said("the-payload"));
  EXPECT_FALSE(was_said("a1"));
}

TEST_F(SealedPeering, OfAnOpenPoolShowsAll) {
  start({}, {});
  EXPECT_TRUE(arrived());
  EXPECT_TRUE(was_said("the-payload"));
}

TEST_F(SealedPeering, BelievesNobodyWithoutTheKeyAndBothSayWhy) {
  start({}, {kOld});
  EXPECT_FALSE(arrived());
  EXPECT_TRUE(net.peering(2).regions().empty() || !net.peering(2).link("A").up);
  EXPECT_EQ(net.reason(2, EventKind::PeerRefused), "it is not sealed with a key of the pool");
  EXPECT_EQ(net.reason(1, EventKind::PeerRefused), "it is sealed, and this syncer has no keys (gossip.keyring-file)");
  EXPECT_FALSE(was_said("the-payload"));
}

TEST_F(SealedPeering, WithAnotherKeyIsRefusedInWords) {
  start({kNew}, {kOld});
  EXPECT_FALSE(arrived());
  EXPECT_EQ(net.reason(2, EventKind::PeerRefused), "no key of ours opens it");
  EXPECT_FALSE(net.peering(1).link("B").publishing);
}

TEST_F(SealedPeering, ChangesItsKeyWithoutABreak) {
  start({kOld}, {kOld});
  const int links = net.count(1, EventKind::LinkUp) + net.count(2, EventKind::LinkUp);
  const auto rotate = [&](const std::vector<Bytes>& keys) {
    for (const int host : {1, 2}) {
      net.peering(host).set_keys(ring(keys));
      net.run(seconds(1));
      net.peering(1).put(net.now(), "the-key", "payload-" + std::to_string(host) + std::to_string(keys.size()));
      net.run(seconds(1));
      EXPECT_EQ(*net.peering(2).replica("A")->find("the-key"),
                "payload-" + std::to_string(host) + std::to_string(keys.size()));
    }
  };
  rotate({kOld, kNew});
  rotate({kNew, kOld});
  rotate({kNew});
  EXPECT_EQ(net.count(1, EventKind::LinkUp) + net.count(2, EventKind::LinkUp), links);
  EXPECT_EQ(net.count(2, EventKind::FrameDropped), 0);
}

TEST_F(SealedPeering, PlayedAgainOpensNothing) {
  start({kOld}, {kOld});
  Bytes stream;
  for (const Bytes& said : net.recorded(1)) {
    if (said.substr(0, 4) == "SYNC" || !stream.empty()) stream += said;
  }
  net.kill(1);
  net.run(seconds(8));
  const int before = net.count(2, EventKind::LinkUp);
  const LinkId link = net.intrude(2, stream, 1);
  net.run(seconds(1));
  EXPECT_FALSE(net.peering(2).owns(link));
  EXPECT_EQ(net.count(2, EventKind::LinkUp), before);
}

}  // namespace
}  // namespace syncer::peering
