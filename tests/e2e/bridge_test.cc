// SPDX-License-Identifier: Apache-2.0
// One daemon that keeps two registries of one site the same.
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "syncer/store/file.h"
#include "tests/e2e/region.h"
#include "tests/e2e/shop.h"

namespace e2e {
namespace {

/// A mock of that kind, and an application's view of it.
struct Store {
  explicit Store(const std::string& kind, const std::string& listen = "127.0.0.1:0")
      : registry({listen}, prompt_mock(kind)), shop(make_shop(kind, registry.origins.front())) {}
  Registry registry;
  std::unique_ptr<Shop> shop;
};

std::vector<std::string> bridge_words(const std::string& node, const Store& near, const Store& far) {
  std::vector<std::string> all = words(node, near.shop->address());
  all.insert(all.end(), {"--bridge", far.shop->address(), "--sync.hold", "1s"});
  return all;
}

std::string answer_of(const Syncer& syncer, const std::string& path) {
  const auto answer = test::request("GET", "http://" + syncer.metrics, path);
  return answer ? std::to_string(answer->status) + " " + answer->body : "";
}

bool is_ready(const Syncer& syncer) { return answer_of(syncer, "/readyz") == "200 ok\n"; }

TEST(Bridge, OneDaemonShowsTwoRegistriesEachOtherAndARegionElsewhereBoth) {
  const Workplace workplace;
  const Store old("eureka");
  const Store fresh("nacos");
  const Store far("servicecenter");
  const Syncer site(workplace, bridge_words("site", old, fresh));
  const Syncer away(workplace, words("away", far.shop->address(), site.gossip));
  ASSERT_TRUE(old.shop->add("10.9.0.1"));
  ASSERT_TRUE(fresh.shop->add("10.9.0.2"));
  for (const Store* store : {&old, &fresh, &far}) {
    for (const char* ip : {"10.9.0.1", "10.9.0.2"})
      EXPECT_TRUE(eventually(seconds(30), [&] { return store->shop->shown().count(ip) == 1; }))
          << store->shop->address() << " lacks " << ip << "\n"
          << site.process.output();
  }
  EXPECT_TRUE(eventually(seconds(30), [&] { return is_ready(site); })) << answer_of(site, "/readyz");
  EXPECT_EQ(site.status("/region"), "\"site\"");
  EXPECT_EQ(site.status("/registry/kind"), "\"eureka\"");
  EXPECT_EQ(site.status("/bridge/region"), "\"site-bridge\"");
  EXPECT_EQ(site.status("/bridge/registry/kind"), "\"nacos\"");
  const std::string metrics = answer_of(site, "/metrics");
  EXPECT_NE(metrics.find("syncer_registry_reachable{side=\"site\"} 1\n"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("syncer_registry_reachable{side=\"site-bridge\"} 1\n"), std::string::npos) << metrics;
  ASSERT_TRUE(old.shop->remove("10.9.0.1"));
  EXPECT_TRUE(eventually(seconds(30), [&] { return !fresh.shop->shows("10.9.0.1") && !far.shop->shows("10.9.0.1"); }));
  EXPECT_TRUE(old.shop->shows("10.9.0.2"));
}

TEST(Bridge, WhatIsWrongWithOneSideIsSaidOfTheProcess) {
  const Workplace workplace;
  const Store old("servicecenter");
  std::vector<std::string> all = words("site", old.shop->address());
  all.insert(all.end(), {"--bridge", "nacos+" + old.registry.origins.front() + "/nacos"});
  const Syncer site(workplace, all);
  EXPECT_TRUE(eventually(seconds(30), [&] {
    const std::string answer = answer_of(site, "/readyz");
    return answer.starts_with("503 ") && answer.find("bridge: ") != std::string::npos &&
           answer.find("a service center answers") != std::string::npos;
  })) << answer_of(site, "/readyz");
  const Process check({syncer_program(), "status", "--check", "--admin", site.admin});
  EXPECT_TRUE(check.wait_for_line({"syncer: bridge: ", "a service center answers"}, seconds(20))) << check.output();
  EXPECT_TRUE(check.wait_for_line({"the other side of the bridge"}, seconds(20))) << check.output();
}

TEST(Bridge, ComesBackAfterAKillWithTheSameRegions) {
  const Workplace workplace;
  const Store old("nacos");
  const Store fresh("servicecenter");
  std::vector<std::string> all = bridge_words("site", old, fresh);
  {
    Syncer first(workplace, all);
    ASSERT_TRUE(old.shop->add("10.9.0.1"));
    ASSERT_TRUE(eventually(seconds(30), [&] { return fresh.shop->shows("10.9.0.1"); })) << first.process.output();
    first.process.signal(SIGKILL);
    ASSERT_TRUE(first.process.wait_for_exit(seconds(20)));
  }
  Syncer second(workplace, all);
  ASSERT_TRUE(eventually(seconds(30), [&] { return is_ready(second); })) << answer_of(second, "/readyz");
  EXPECT_EQ(fresh.shop->shown().count("10.9.0.1"), 1U) << "neither gone nor doubled";
  second.process.signal(SIGTERM);
  EXPECT_EQ(second.process.wait_for_exit(seconds(20)), 0) << second.process.output();
}

TEST(Bridge, AReloadThatTheFarSideCannotTakeChangesNothing) {
  const Workplace workplace;
  const Store old("servicecenter");
  const Store fresh("servicecenter");
  const std::string token = workplace.path() + "/token";
  const std::string config = workplace.path() + "/syncer.json";
  const auto write = [](const std::string& file, const std::string& text) {
    std::ofstream(file) << text;
    ::chmod(file.c_str(), 0600);
  };
  write(token, "secret");
  write(config, "{}");
  std::vector<std::string> all = bridge_words("site", old, fresh);
  all.insert(all.end(), {"--config", config, "--bridge.token-file", token});
  const Syncer site(workplace, all);
  write(token, "two words");
  write(config, R"({"policy": {"export": [{"name": "nothing leaves", "deny": {}}]}})");
  site.process.signal(SIGHUP);
  EXPECT_TRUE(site.process.wait_for_line({"was not reloaded", token}, seconds(20))) << site.process.output();
  EXPECT_EQ(site.process.output().find("policy.applied"), std::string::npos) << site.process.output();
  write(token, "another");
  site.process.signal(SIGHUP);
  EXPECT_TRUE(site.process.wait_for_line({"daemon.reloaded"}, seconds(20))) << site.process.output();
  EXPECT_NE(site.process.output().find("policy.applied"), std::string::npos) << site.process.output();
}

TEST(Bridge, IsRefusedInWordsWhereItCannotBe) {
  const Workplace workplace;
  const auto refused = [&](const std::vector<std::string>& flags) {
    std::vector<std::string> all = {syncer_program(), "daemon", "--node", "n"};
    all.insert(all.end(), flags.begin(), flags.end());
    Process process(all, workplace.environment());
    EXPECT_EQ(process.wait_for_exit(seconds(20)), 2) << process.output();
    return process.output();
  };
  EXPECT_NE(refused({"--sc-addr", "http://127.0.0.1:1", "--bridge", "http://127.0.0.1:1"}).find("--bridge: is the"),
            std::string::npos);
  EXPECT_NE(refused({"--bridge", "zookeeper+http://127.0.0.1:1"}).find("--bridge: \"zookeeper\" is no known kind"),
            std::string::npos);
  EXPECT_NE(refused({"--bridge", "http://127.0.0.1:1", "--mode", "cluster", "--cluster-name", "r"})
                .find("needs --mode single"),
            std::string::npos);
}

// --- the page about migrations ---

/// The commands of the page's first block below a heading, one a line, with its network moved to loopback.
std::vector<std::vector<std::string>> commands_of(const std::string& heading) {
  const std::string text = syncer::store::read_file(SYNCER_SOURCE_DIR "/docs/migration.md", 1U << 20U).value().value();
  const std::size_t begin = text.find("```sh\n", text.find("\n## " + heading + "\n"));
  std::vector<std::vector<std::string>> all;
  std::istringstream block(text.substr(begin + 6, text.find("\n```", begin) - begin - 5));
  std::string words_of_one;
  for (std::string line; std::getline(block, line);) {
    const bool goes_on = line.ends_with("\\");
    words_of_one += goes_on ? line.substr(0, line.size() - 1) : line;
    if (goes_on) continue;
    std::istringstream stream(std::exchange(words_of_one, ""));
    std::vector<std::string> command;
    for (std::string word; stream >> word;) {
      const std::size_t at = word.find("10.0.0.");
      command.push_back(at == std::string::npos ? word : word.replace(at, 7, "127.30.192."));
    }
    if (!command.empty()) all.push_back(std::move(command));
  }
  return all;
}

TEST(Migration, TheCommandsOfThePageMoveAnApplicationWhileCallersFindIt) {
  const auto commands = commands_of("With a bridge");
  ASSERT_EQ(commands.size(), 3U) << "the daemon, the look, the end";
  ASSERT_EQ(commands[0][1], "daemon");
  const Workplace workplace;
  const Store old("eureka", "127.30.192.11:8761");
  const Store fresh("nacos", "127.30.192.12:8848");
  ASSERT_TRUE(old.shop->add("10.9.0.1"));
  Syncer site(workplace, {commands[0].begin() + 2, commands[0].end()});
  ASSERT_TRUE(eventually(seconds(30), [&] { return fresh.shop->shows("10.9.0.1"); })) << site.process.output();
  std::vector<std::string> look = commands[1];
  ASSERT_EQ(look.front(), "syncer");
  look.front() = syncer_program();
  const auto looks_good = [&] {
    Process check(look, workplace.environment());
    return check.wait_for_exit(seconds(20)) == 0;
  };
  EXPECT_TRUE(eventually(seconds(30), looks_good)) << answer_of(site, "/readyz");
  // The application starts anew with the other address, and callers on both sides find it there.
  ASSERT_TRUE(fresh.shop->add("10.9.0.2"));
  ASSERT_TRUE(eventually(seconds(30), [&] { return old.shop->shows("10.9.0.2"); })) << site.process.output();
  ASSERT_TRUE(old.shop->remove("10.9.0.1"));
  EXPECT_TRUE(eventually(seconds(30), [&] { return !fresh.shop->shows("10.9.0.1"); })) << site.process.output();
  EXPECT_EQ(site.status("/registry/exported"), "0");
  EXPECT_EQ(site.status("/bridge/registry/exported"), "1");
  site.process.signal(commands[2] == std::vector<std::string>{"systemctl", "stop", "syncer"} ? SIGTERM : SIGKILL);
  EXPECT_EQ(site.process.wait_for_exit(seconds(20)), 0) << site.process.output();
  EXPECT_TRUE(fresh.shop->shows("10.9.0.2"));
}

}  // namespace
}  // namespace e2e
