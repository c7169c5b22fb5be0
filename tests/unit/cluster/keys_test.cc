// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/cluster/cluster_net.h"

namespace syncer::cluster {
namespace {

using namespace std::chrono_literals;
using crypto::Keyring;

const Bytes kOld(16, 'o');
const Bytes kNew(32, 'n');

Keyring ring(std::vector<Bytes> keys) { return Keyring::make(std::move(keys)).value(); }

class ClusterKeys : public testing::Test {
 protected:
  void found_with_keys(const std::vector<std::string>& names) {
    for (const std::string& name : names) net.set_keys(name, ring({kOld}));
    net.found({"a", "b", "c"});
  }
  ClusterNet net;
};

TEST_F(ClusterKeys, SealWhatAGroupSays) {
  found_with_keys({"a", "b", "c"});
  EXPECT_NE(net.writer(), "");
}

TEST_F(ClusterKeys, LetNobodyInWithoutOne) {
  found_with_keys({"a", "b"});
  EXPECT_EQ(net.writer(), "");
  EXPECT_EQ(net.dropped("a"), "cluster port: it is not sealed with a key of the pool");
  EXPECT_EQ(net.dropped("c"), "cluster port: it is sealed, and this syncer has no keys (gossip.keyring-file)");
}

TEST_F(ClusterKeys, LetNobodyInWithAnother) {
  net.set_keys("c", ring({kNew}));
  found_with_keys({"a", "b"});
  EXPECT_EQ(net.writer(), "");
  EXPECT_EQ(net.dropped("a"), "cluster port: no key of ours opens it");
}

TEST_F(ClusterKeys, AreChangedWithoutABreak) {
  found_with_keys({"a", "b", "c"});
  const std::string leader = net.writer();
  ASSERT_TRUE(net.cluster("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  ASSERT_TRUE(net.cluster("b").use_key(net.now(), Keyring::id(kNew)));
  net.run(300ms);
  ASSERT_TRUE(net.cluster("c").remove_key(net.now(), Keyring::id(kOld)));
  net.run(300ms);
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.cluster(name).keys().keys(), std::vector<Bytes>{kNew}) << name;
  EXPECT_EQ(net.writer(), leader);
  EXPECT_EQ(net.dropped("a") + net.dropped("b") + net.dropped("c"), "");
}

TEST_F(ClusterKeys, ReachWhoWasAwayWhenTheyWereInstalled) {
  found_with_keys({"a", "b", "c"});
  net.kill("c");
  net.run(3s);
  ASSERT_TRUE(net.cluster("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(2s);
  EXPECT_EQ(net.cluster("c").keys().keys(), (std::vector<Bytes>{kOld, kNew}));
}

TEST_F(ClusterKeys, AreNotUsedBeforeEveryVoterHasThem) {
  found_with_keys({"a", "b", "c"});
  net.kill("c");
  net.run(3s);
  ASSERT_TRUE(net.cluster("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  const auto early = net.cluster("a").use_key(net.now(), Keyring::id(kNew));
  ASSERT_FALSE(early);
  EXPECT_NE(early.error().detail.find("\"c\" is not there"), std::string::npos) << early.error().detail;
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(2s);
  ASSERT_TRUE(net.cluster("a").use_key(net.now(), Keyring::id(kNew)));
  net.run(300ms);
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.cluster(name).keys().keys().front(), kNew) << name;
}

TEST_F(ClusterKeys, CountOnlyOnceTheyAreOnDisk) {
  found_with_keys({"a", "b", "c"});
  net.refuse_keys("c", true);
  ASSERT_TRUE(net.cluster("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  EXPECT_EQ(net.cluster("c").keys().keys(), std::vector<Bytes>{kOld});
  ASSERT_FALSE(net.cluster("c").pending().empty());
  EXPECT_NE(net.cluster("c").pending().front().find("cannot be kept"), std::string::npos);
  EXPECT_FALSE(net.cluster("a").use_key(net.now(), Keyring::id(kNew))) << "c would be locked out after a restart";
  net.refuse_keys("c", false);
  net.run(6s);
  EXPECT_TRUE(net.cluster("c").pending().empty()) << "it was tried again";
  EXPECT_TRUE(net.cluster("a").use_key(net.now(), Keyring::id(kNew)));
}

TEST_F(ClusterKeys, AreNotRemovedWhileTheyAreAboutToSeal) {
  found_with_keys({"a", "b", "c"});
  const std::string leader = net.writer();
  ASSERT_TRUE(net.cluster("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  ASSERT_TRUE(net.cluster(leader).use_key(net.now(), Keyring::id(kNew)));
  EXPECT_FALSE(net.cluster(leader).remove_key(net.now(), Keyring::id(kNew)));
  net.run(300ms);
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.cluster(name).keys().keys().front(), kNew) << name;
}

TEST_F(ClusterKeys, ThatWereRemovedDoNotComeBackWithWhoWasAway) {
  found_with_keys({"a", "b", "c"});
  ASSERT_TRUE(net.cluster("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  ASSERT_TRUE(net.cluster("a").use_key(net.now(), Keyring::id(kNew)));
  net.run(300ms);
  net.kill("c");
  net.set_keys("c", ring({kNew, kOld}));
  net.run(3s);
  ASSERT_TRUE(net.cluster("a").remove_key(net.now(), Keyring::id(kOld)));
  net.run(300ms);
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(2s);
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.cluster(name).keys().keys(), std::vector<Bytes>{kNew}) << name;
  EXPECT_FALSE(net.cluster("a").set_keys(net.now(), ring({kNew, kOld})));
}

}  // namespace
}  // namespace syncer::cluster
