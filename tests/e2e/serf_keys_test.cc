// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <fstream>

#include "tests/e2e/serf.h"

namespace e2e {
namespace {

/// Whether a list of `serf keys` says that both members have the key.
bool both_have(const std::string& key, const std::string& list) {
  const std::size_t at = list.find(key);
  const std::size_t count = at == std::string::npos ? at : list.find_first_not_of(' ', at + key.size());
  return count != std::string::npos && list.compare(count, 5, "[2/2]") == 0;
}

class SealedSerfPool : public testing::Test {
 protected:
  void SetUp() override {
    if (!serf_is_installed()) GTEST_SKIP() << "Debian's package serf is not installed; ./dev setup installs it";
  }

  std::string keyring(const std::string& name, const std::string& key) const {
    return keyring_file(workplace_, name, key);
  }
  std::vector<std::string> sealed(const std::string& node, const std::string& key, const std::string& join) const {
    std::vector<std::string> all = lonely(node, join);
    all.insert(all.end(), {"--gossip.keyring-file", keyring(node + ".json", key)});
    return all;
  }
  std::string keys(const Syncer& syncer, std::vector<std::string> words) const {
    words.insert(words.begin(), {syncer_program(), "keys"});
    words.insert(words.end(), {"--admin", syncer.admin});
    Process command(words);
    EXPECT_EQ(command.wait_for_exit(seconds(10)), 0) << command.output();
    return command.output();
  }
  /// After a change from the first key to the last: all still see each other, who has only the new key can join, and a
  /// restart would know it.
  void nobody_was_lost(const Serf& agent, const Syncer& east) const {
    const Serf late("late", {"-keyring-file", keyring("late.json", kKey32), "-join", agent.gossip()});
    EXPECT_TRUE(shows(east, "late", "alive", seconds(10))) << east.process.output();
    EXPECT_TRUE(late.logs("EventMemberJoin", "east", seconds(10))) << late.process().output();
    EXPECT_FALSE(agent.process().wait_for_line({"EventMemberFailed"}, seconds(5))) << agent.process().output();
    EXPECT_EQ(shown(east, "agent", "state"), "alive");
    std::ifstream kept(workplace_.path() + "/east.json");
    const std::string text((std::istreambuf_iterator<char>(kept)), std::istreambuf_iterator<char>());
    EXPECT_NE(text.find(kKey32), std::string::npos) << "a restart must know the new key";
    EXPECT_EQ(text.find(kKey16), std::string::npos);
  }

  Workplace workplace_;
};

TEST_F(SealedSerfPool, AnAgentChangesTheKeyOfTheWholePool) {
  const Serf agent("agent", {"-keyring-file", keyring("serf.json", kKey16)});
  const Syncer east(workplace_, sealed("east", kKey16, agent.gossip()));
  ASSERT_TRUE(agent.logs("EventMemberJoin", "east", seconds(10))) << agent.process().output();

  agent.run({"keys", "-install=" + kKey32});
  const std::string both = agent.run({"keys", "-list"});
  EXPECT_TRUE(both_have(kKey16, both)) << both;
  EXPECT_TRUE(both_have(kKey32, both)) << both;
  agent.run({"keys", "-use=" + kKey32});
  const std::string removed = agent.run({"keys", "-remove=" + kKey16});
  const std::string one = agent.run({"keys", "-list"});
  EXPECT_EQ(one.find(kKey16), std::string::npos) << removed << one;
  EXPECT_TRUE(both_have(kKey32, one)) << one;
  nobody_was_lost(agent, east);
}

TEST_F(SealedSerfPool, OurSyncersChangeTheKeyOneByOne) {
  const Syncer west(workplace_, sealed("west", kKey16, ""));
  const Syncer east(workplace_, sealed("east", kKey16, west.gossip));
  ASSERT_TRUE(shows(east, "west", "alive", seconds(10))) << east.process.output();
  const std::string old_id = keys(east, {"list"}).substr(std::string("ID        BITS  IN USE\n").size(), 8);
  const std::string file = secret_file(workplace_, "new.key", kKey32);
  std::string id;
  for (const Syncer* one : {&east, &west}) id = keys(*one, {"install", file}).substr(0, 8);
  for (const Syncer* one : {&east, &west}) keys(*one, {"use", id});
  for (const Syncer* one : {&east, &west}) keys(*one, {"remove", old_id});
  const Serf agent("agent", {"-keyring-file", keyring("serf.json", kKey32), "-join", east.gossip});
  ASSERT_TRUE(agent.logs("EventMemberJoin", "west", seconds(10))) << agent.process().output();
  nobody_was_lost(agent, east);
}

TEST_F(SealedSerfPool, WhoHasNoKeyIsRefused) {
  const Serf agent("agent", {"-keyring-file", keyring("serf.json", kKey16)});
  const Syncer sealed_one(workplace_, sealed("sealed", kKey16, agent.gossip()));
  ASSERT_TRUE(shows(sealed_one, "agent", "alive", seconds(10)));
  const Syncer open(workplace_, lonely("open", sealed_one.gossip));
  EXPECT_TRUE(open.process.wait_for_line({"join.failed"}, seconds(10))) << open.process.output();
  EXPECT_EQ(shown(sealed_one, "open", "state"), "");
}

TEST_F(SealedSerfPool, AKeyringThatOthersMayReadIsRefused) {
  const std::string path = keyring("open.json", kKey16);
  ::chmod(path.c_str(), 0644);
  std::vector<std::string> all = lonely("east");
  all.insert(all.begin(), {syncer_program(), "daemon", "--gossip.keyring-file", path});
  Process daemon(all, workplace_.environment());
  EXPECT_EQ(daemon.wait_for_exit(seconds(10)), 1);
  EXPECT_NE(daemon.output().find("chmod 600"), std::string::npos) << daemon.output();
}

}  // namespace
}  // namespace e2e
