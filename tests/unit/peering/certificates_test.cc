// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/peering/peering_net.h"

namespace syncer::peering {
namespace {

using std::chrono::seconds;

PeerIdentity of(const std::string& region, bool sync = true, const std::string& node = "") {
  PeerIdentity identity;
  identity.region = region;
  identity.sync = sync;
  identity.voter = true;
  identity.node = node;
  return identity;
}

/// Hosts 1 and 2 serve regions A and B and demand certificates; B shows one of region B.
class PeeringWithCertificates : public ::testing::Test {
 protected:
  void start(const PeerIdentity& shown_by_a) {
    net.start(1, "A", "a1", true, {}, shown_by_a).open_epoch(net.now(), {1, 1}, {{"k", "v"}});
    net.start(2, "B", "b1", true, {}, of("B")).open_epoch(net.now(), {1, 1}, {{"m", "w"}});
    net.gossip();
    net.run(seconds(4));
  }
  bool b_knows_a() { return net.peering(2).replica("A") != nullptr; }
  bool b_hears_a() {
    const replication::Replica* replica = net.peering(2).replica("A");
    return replica->consistent() && replica->set_hash() == net.peering(1).core().log().set_hash().total();
  }
  bool a_knows_b() { return net.peering(1).replica("B") != nullptr; }
  PeeringNet net;
};

TEST_F(PeeringWithCertificates, RegionsThatShowTheirOwnExchangeRecords) {
  start(of("A", true, "a1"));
  EXPECT_TRUE(b_knows_a());
  EXPECT_TRUE(a_knows_b());
}

TEST_F(PeeringWithCertificates, OneOfAnotherRegionNeitherSpeaksNorIsTold) {
  start(of("C"));
  EXPECT_FALSE(b_knows_a());
  EXPECT_FALSE(a_knows_b()) << "B dials A's address and finds C there";
  EXPECT_EQ(net.reason(2, EventKind::PeerRefused), "its certificate is of region \"C\", not of \"A\"");
}

TEST_F(PeeringWithCertificates, OneWithoutTheRoleNeitherSpeaksNorIsTold) {
  start(of("A", false));
  EXPECT_FALSE(b_knows_a());
  EXPECT_FALSE(a_knows_b());
  EXPECT_EQ(net.reason(2, EventKind::PeerRefused), "its certificate does not have the role \"sync\"");
}

TEST_F(PeeringWithCertificates, OneOfAnotherSyncerOfTheRegionIsRefused) {
  start(of("A", true, "a2"));
  EXPECT_FALSE(b_knows_a());
  EXPECT_EQ(net.reason(2, EventKind::PeerRefused), "its certificate is of syncer \"a2\", not of \"a1\"");
}

/// A third region took A's epoch, which it would not have done if it knew a later one: B alone is not followed, and
/// believes A when that stands by what it says.
TEST_F(PeeringWithCertificates, OneRegionMovesNoEpochThatAnotherOneTook) {
  start(of("A"));
  net.start(3, "C", "c1", true, {}, of("C")).open_epoch(net.now(), {1, 1}, {});
  net.gossip();
  net.run(seconds(4));
  const auto heard = [&] { return net.peering(2).replica("A")->epoch() == Epoch{1, 1} && b_hears_a(); };
  ASSERT_TRUE(heard());
  net.peering(2).raise_floor(net.now(), "A", {1, 9});
  net.run(seconds(3));
  EXPECT_FALSE(net.peering(1).reopen_wanted());
  EXPECT_FALSE(heard());
  EXPECT_TRUE(net.run_until(heard, seconds(27)));
  EXPECT_FALSE(net.peering(1).reopen_wanted());
  EXPECT_EQ(net.peering(1).core().log().epoch(), (Epoch{1, 1}));
}

TEST_F(PeeringWithCertificates, AStrangerWithoutOneIsToldWhy) {
  start(of("A"));
  const std::size_t before = net.recorded(2).size();
  const wire::Hello hello{"A", "a1", 666, true, {9, 1}, 0};
  const LinkId link = net.intrude(2, wire::preamble(wire::kSyncProtocol) + wire::encode_sync(wire::SyncMessage(hello)));
  EXPECT_FALSE(net.peering(2).owns(link));
  ASSERT_GT(net.recorded(2).size(), before);
  EXPECT_NE(net.recorded(2).back().find("certificate"), Bytes::npos);
  EXPECT_EQ(net.peering(2).link("A").node, "a1");
}

TEST_F(PeeringWithCertificates, AStrangerWithOneOfHisOwnRegionSpeaksForThatAlone) {
  start(of("A"));
  const auto greet = [&](const std::string& region) {
    const wire::Hello hello{region, "c1", 666, true, {9, 1}, 0};
    const Bytes bytes = wire::preamble(wire::kSyncProtocol) + wire::encode_sync(wire::SyncMessage(hello));
    return net.intrude(2, bytes, 99, of("C"));
  };
  EXPECT_FALSE(net.peering(2).owns(greet("A")));
  EXPECT_TRUE(net.peering(2).owns(greet("C")));
  EXPECT_EQ(net.peering(2).link("C").node, "c1");
}

TEST_F(PeeringWithCertificates, NothingIsSaidToAnAddressThatShowsNone) {
  net.start(1, "A", "a1").open_epoch(net.now(), {1, 1}, {{"k", "v"}});
  net.start(2, "B", "b1", true, {}, of("B")).open_epoch(net.now(), {1, 1}, {{"secret", "w"}});
  net.gossip();
  net.run(seconds(4));
  EXPECT_FALSE(a_knows_b());
  for (const Bytes& bytes : net.recorded(2)) EXPECT_EQ(bytes.find("secret"), Bytes::npos);
}

}  // namespace
}  // namespace syncer::peering
