// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/node_council/council_net.h"

namespace syncer::node {
namespace {

using namespace std::chrono_literals;
using wire::gossip::Keyring;

const Bytes kOld(16, 'o');
const Bytes kNew(32, 'n');

Keyring ring(std::vector<Bytes> keys) { return Keyring::make(std::move(keys)).value(); }

class CouncilKeys : public testing::Test {
 protected:
  void found_with_keys(const std::vector<std::string>& names) {
    for (const std::string& name : names) net.set_keys(name, ring({kOld}));
    net.found({"a", "b", "c"});
  }
  CouncilNet net;
};

TEST_F(CouncilKeys, SealWhatAGroupSays) {
  found_with_keys({"a", "b", "c"});
  EXPECT_NE(net.writer(), "");
}

TEST_F(CouncilKeys, LetNobodyInWithoutOne) {
  found_with_keys({"a", "b"});
  EXPECT_EQ(net.writer(), "");
  EXPECT_EQ(net.dropped("a"), "cluster port: it is not sealed with a key of the pool");
  EXPECT_EQ(net.dropped("c"), "cluster port: it is sealed, and this syncer has no keys");
}

TEST_F(CouncilKeys, LetNobodyInWithAnother) {
  net.set_keys("c", ring({kNew}));
  found_with_keys({"a", "b"});
  EXPECT_EQ(net.writer(), "");
  EXPECT_EQ(net.dropped("a"), "cluster port: no key of ours opens it");
}

TEST_F(CouncilKeys, AreChangedWithoutABreak) {
  found_with_keys({"a", "b", "c"});
  const std::string leader = net.writer();
  ASSERT_TRUE(net.council("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  ASSERT_TRUE(net.council("b").use_key(net.now(), Keyring::id(kNew)));
  net.run(300ms);
  ASSERT_TRUE(net.council("c").remove_key(net.now(), Keyring::id(kOld)));
  net.run(300ms);
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.council(name).keys().keys(), std::vector<Bytes>{kNew}) << name;
  EXPECT_EQ(net.writer(), leader);
  EXPECT_EQ(net.dropped("a") + net.dropped("b") + net.dropped("c"), "");
}

TEST_F(CouncilKeys, ReachWhoWasAwayWhenTheyWereInstalled) {
  found_with_keys({"a", "b", "c"});
  net.kill("c");
  net.run(3s);
  ASSERT_TRUE(net.council("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(2s);
  EXPECT_EQ(net.council("c").keys().keys(), (std::vector<Bytes>{kOld, kNew}));
}

TEST_F(CouncilKeys, AreNotUsedBeforeEveryVoterHasThem) {
  found_with_keys({"a", "b", "c"});
  net.kill("c");
  net.run(3s);
  ASSERT_TRUE(net.council("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  const auto early = net.council("a").use_key(net.now(), Keyring::id(kNew));
  ASSERT_FALSE(early);
  EXPECT_NE(early.error().detail.find("\"c\" is not there"), std::string::npos) << early.error().detail;
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(2s);
  ASSERT_TRUE(net.council("a").use_key(net.now(), Keyring::id(kNew)));
  net.run(300ms);
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.council(name).keys().keys().front(), kNew) << name;
}

TEST_F(CouncilKeys, CountOnlyOnceTheyAreOnDisk) {
  found_with_keys({"a", "b", "c"});
  net.refuse_keys("c", true);
  ASSERT_TRUE(net.council("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  EXPECT_EQ(net.council("c").keys().keys(), std::vector<Bytes>{kOld});
  ASSERT_FALSE(net.council("c").pending().empty());
  EXPECT_NE(net.council("c").pending().front().find("cannot be kept"), std::string::npos);
  EXPECT_FALSE(net.council("a").use_key(net.now(), Keyring::id(kNew))) << "c would be locked out after a restart";
  net.refuse_keys("c", false);
  net.run(6s);
  EXPECT_TRUE(net.council("c").pending().empty()) << "it was tried again";
  EXPECT_TRUE(net.council("a").use_key(net.now(), Keyring::id(kNew)));
}

TEST_F(CouncilKeys, AreNotRemovedWhileTheyAreAboutToSeal) {
  found_with_keys({"a", "b", "c"});
  const std::string leader = net.writer();
  ASSERT_TRUE(net.council("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  ASSERT_TRUE(net.council(leader).use_key(net.now(), Keyring::id(kNew)));
  EXPECT_FALSE(net.council(leader).remove_key(net.now(), Keyring::id(kNew)));
  net.run(300ms);
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.council(name).keys().keys().front(), kNew) << name;
}

TEST_F(CouncilKeys, ThatWereRemovedDoNotComeBackWithWhoWasAway) {
  found_with_keys({"a", "b", "c"});
  ASSERT_TRUE(net.council("a").set_keys(net.now(), ring({kOld, kNew})));
  net.run(300ms);
  ASSERT_TRUE(net.council("a").use_key(net.now(), Keyring::id(kNew)));
  net.run(300ms);
  net.kill("c");
  net.set_keys("c", ring({kNew, kOld}));
  net.run(3s);
  ASSERT_TRUE(net.council("a").remove_key(net.now(), Keyring::id(kOld)));
  net.run(300ms);
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(2s);
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.council(name).keys().keys(), std::vector<Bytes>{kNew}) << name;
  EXPECT_FALSE(net.council("a").set_keys(net.now(), ring({kNew, kOld})));
}

}  // namespace
}  // namespace syncer::node
