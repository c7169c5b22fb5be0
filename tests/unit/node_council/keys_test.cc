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
  for (const std::vector<Bytes>& keys : {std::vector{kOld, kNew}, std::vector{kNew, kOld}, std::vector{kNew}}) {
    for (const char* name : {"a", "b", "c"}) {
      net.council(name).set_keys(ring(keys));
      net.run(300ms);
      EXPECT_EQ(net.writer(), leader);
    }
  }
  EXPECT_EQ(net.dropped("a") + net.dropped("b") + net.dropped("c"), "");
}

}  // namespace
}  // namespace syncer::node
