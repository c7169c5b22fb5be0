// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <memory>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

/// Three syncers of one region whose cluster port is sealed with a gossip key.
class ClusterSeat : public testing::Test {
 protected:
  ClusterSeat() : registry_({"127.30.195.10:30100"}) {
    std::ofstream(keyring()) << "[\"AAECAwQFBgcICQoLDA0ODw==\"]";
    ::chmod(keyring().c_str(), 0600);
    for (const char* name : {"e1", "e2", "e3"}) start(name);
  }

  std::string keyring() const { return workplace_.path() + "/keyring.json"; }
  std::string data_of(const std::string& name) const { return workplace_.path() + "/data-" + name; }

  void start(const std::string& name) {
    const std::string host = "127.30.195.1" + name.substr(1);
    const std::vector<std::string> words = {"--node",
                                            name,
                                            "--sc-addr",
                                            "http://127.30.195.10:30100",
                                            "--bind-addr",
                                            host + ":30190",
                                            "--rpc-addr",
                                            host + ":30191",
                                            "--mode",
                                            "cluster",
                                            "--cluster-name",
                                            "east",
                                            "--cluster-port",
                                            "30192",
                                            "--join-addr",
                                            "127.30.195.11:30190",
                                            "--gossip.keyring-file",
                                            keyring(),
                                            "--data-dir",
                                            data_of(name),
                                            "--log-format",
                                            "json"};
    syncers_[name] = std::make_unique<Syncer>(workplace_, words);
  }
  void kill(const std::string& name) {
    syncers_.at(name)->process.signal(SIGKILL);
    syncers_.at(name)->process.wait_for_exit(seconds(10));
    syncers_.erase(name);
  }
  std::string leader() const {
    for (const auto& [name, syncer] : syncers_) {
      if (syncer->status("/group/leads") == "true") return name;
    }
    return "";
  }
  std::string other_than(const std::string& name) const { return name == "e1" ? "e2" : "e1"; }

  /// Exit code and output of `syncer cluster …`, said to one of them.
  std::pair<int, std::string> cluster(const std::string& asked, std::vector<std::string> words) const {
    words.insert(words.begin(), {syncer_program(), "cluster"});
    words.insert(words.end(), {"--admin", syncers_.at(asked)->admin});
    Process command(words);
    const int code = command.wait_for_exit(seconds(10)).value_or(-1000);
    return {code, command.output()};
  }

  Workplace workplace_;
  Registry registry_;
  std::map<std::string, std::unique_ptr<Syncer>> syncers_;
};

TEST_F(ClusterSeat, OfALostDataFolderIsGivenToANewOne) {
  ASSERT_TRUE(eventually(seconds(20), [&] { return !leader().empty(); })) << syncers_["e1"]->process.output();
  const std::string head = leader();
  const std::string lost = other_than(head);
  kill(lost);
  std::filesystem::remove_all(data_of(lost));
  start(lost);
  const auto members = [&](const std::string& asked) { return cluster(asked, {"members"}).second; };
  ASSERT_TRUE(eventually(seconds(10), [&] { return members(head).find("disk lost") != std::string::npos; }))
      << members(head);

  EXPECT_EQ(cluster(lost, {"replace", lost}).first, 1);
  EXPECT_EQ(cluster(head, {"replace", "e9"}).first, 1);
  const auto [code, answer] = cluster(head, {"replace", lost});
  ASSERT_EQ(code, 0) << answer;
  EXPECT_TRUE(eventually(seconds(10), [&] { return members(head).find("disk lost") == std::string::npos; }))
      << members(head);
  EXPECT_TRUE(eventually(seconds(10), [&] { return members(lost).find("follower") != std::string::npos; }));

  kill(head);
  EXPECT_TRUE(eventually(seconds(15), [&] { return !leader().empty(); })) << members(lost);
}

}  // namespace
}  // namespace e2e
