// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/cluster/cluster_net.h"

namespace syncer::cluster {
namespace {

using namespace std::chrono_literals;

PeerIdentity of(const std::string& region, bool voter = true, const std::string& node = "") {
  PeerIdentity identity;
  identity.region = region;
  identity.sync = true;
  identity.voter = voter;
  identity.node = node;
  return identity;
}

/// Three syncers of region east that demand certificates; what c shows is up to the test.
class ClusterWithCertificates : public testing::Test {
 protected:
  void found(const PeerIdentity& shown_by_c) {
    net.set_identity("a", of("east", true, "a"));
    net.set_identity("b", of("east"));
    net.set_identity("c", shown_by_c);
    net.found({"a", "b", "c"});
  }
  void expect_no_group(const std::string& reason) {
    EXPECT_EQ(net.writer(), "");
    EXPECT_EQ(net.cluster("a").raft_node(), nullptr);
    EXPECT_NE(net.dropped("a").find(reason), std::string::npos) << net.dropped("a");
  }
  ClusterNet net;
};

TEST_F(ClusterWithCertificates, VotersOfTheRegionElect) {
  found(of("east", true, "c"));
  EXPECT_NE(net.writer(), "");
}

TEST_F(ClusterWithCertificates, AnotherRegionIsNoVoter) {
  found(of("west"));
  expect_no_group("its certificate is of region \"west\", not of \"east\"");
}

TEST_F(ClusterWithCertificates, WhoHasNotTheRoleIsNoVoter) {
  found(of("east", false));
  expect_no_group("its certificate does not have the role \"voter\"");
}

TEST_F(ClusterWithCertificates, AnotherSyncersCertificateIsNoVote) {
  found(of("east", true, "d"));
  expect_no_group("its certificate is of syncer \"d\", not of \"c\"");
}

TEST_F(ClusterWithCertificates, WhoShowsNoneIsNoVoter) {
  found({});
  expect_no_group("it shows no certificate");
}

TEST_F(ClusterWithCertificates, AStrangerIsToldNothing) {
  found(of("east"));
  const LinkId plain = net.intrude("a", Endpoint::v4(10, 0, 9, 9, 1), wire::preamble(wire::kClusterProtocol));
  EXPECT_FALSE(net.cluster("a").owns(plain));
  const LinkId foreign =
      net.intrude("a", Endpoint::v4(10, 0, 9, 9, 1), wire::preamble(wire::kClusterProtocol), of("west"));
  EXPECT_FALSE(net.cluster("a").owns(foreign));
}

TEST_F(ClusterWithCertificates, AHelloInTheNameOfAnotherIsRefused) {
  found(of("east"));
  const wire::ClusterHello lie{"east", "b", 7, wire::VoterStage::Voting, {}, 99, 5, 1};
  const LinkId link =
      net.intrude("a", Endpoint::v4(10, 0, 9, 9, 1), wire::preamble(wire::kClusterProtocol) + wire::encode_cluster(lie),
                  of("east", true, "c"));
  EXPECT_FALSE(net.cluster("a").owns(link));
  EXPECT_NE(net.dropped("a").find("of syncer \"c\", not of \"b\""), std::string::npos) << net.dropped("a");
}

}  // namespace
}  // namespace syncer::cluster
