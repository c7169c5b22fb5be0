// SPDX-License-Identifier: Apache-2.0
// What operators ask a running syncer, with the commands they have for it.
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

class Ask : public testing::Test {
 protected:
  std::vector<std::string> line(const Syncer& syncer, std::vector<std::string> words) {
    words.insert(words.begin(), syncer_program());
    words.insert(words.end(), {"--admin", syncer.admin});
    return words;
  }
  struct Ended {
    int code;
    std::string output;
  };
  Ended run(const Syncer& syncer, std::vector<std::string> words) {
    Process process(line(syncer, std::move(words)), workplace_.environment());
    const int code = process.wait_for_exit(seconds(15)).value_or(-1);
    return {code, process.output()};
  }

  Workplace workplace_;
};

TEST_F(Ask, EventsAreShownAndFollowedAndEachManualActNamesWhoAsked) {
  Registry registry;
  Syncer syncer(workplace_, words("alone", registry.sc.origin()));
  ASSERT_TRUE(eventually(seconds(15), [&] { return syncer.status("/ready") == "true"; }));
  EXPECT_NE(run(syncer, {"events"}).output.find(" node.ready "), std::string::npos) << run(syncer, {"events"}).output;
  EXPECT_EQ(run(syncer, {"events", "--kind", "guard"}).output, "");
  EXPECT_EQ(run(syncer, {"events", "--kind", "guart"}).code, 2);
  Process follower(line(syncer, {"events", "--follow", "--kind", "operator", "--output", "json"}),
                   workplace_.environment());
  EXPECT_EQ(run(syncer, {"guard", "release", "--all"}).code, 0);
  const auto seen = follower.wait_for_line({"operator.command", "/v1/guard/release", "\"by\":\"uid "}, seconds(10));
  EXPECT_TRUE(seen) << follower.output();
  syncer.process.signal(SIGTERM);
  EXPECT_EQ(follower.wait_for_exit(seconds(20)), 3) << "the syncer is gone: " << follower.output();
}

TEST_F(Ask, AnInstanceIsExplainedThroughBothRegionsAndListedInEach) {
  Region east(workplace_, "east");
  Region west(workplace_, "west", east.syncer.rpc);
  const Registered cart(east.registry.sc, "cart", "rest://10.9.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return cart.visible_in(west.registry.sc); }));
  ASSERT_TRUE(eventually(seconds(15), [&] { return east.syncer.status("/ready") == "true"; }));
  const Ended text = run(east.syncer, {"explain", "cart"});
  EXPECT_EQ(text.code, 0);
  for (const char* part : {"region east (east):", "region west", "sent to west", "all is done", "written", "renewed"}) {
    EXPECT_NE(text.output.find(part), std::string::npos) << part << " is missing in\n" << text.output;
  }
  EXPECT_EQ(run(east.syncer, {"explain", "nobody"}).code, 1);
  const Ended json = run(east.syncer, {"explain", cart.id, "--output", "json"});
  EXPECT_NE(json.output.find("\"schema\": \"syncer/explain/1\""), std::string::npos) << json.output;
  EXPECT_NE(run(west.syncer, {"copies"}).output.find("cart"), std::string::npos);
  EXPECT_NE(run(west.syncer, {"copies", "--output", "json"}).output.find("\"syncer/copies/1\""), std::string::npos);
  EXPECT_NE(run(west.syncer, {"services"}).output.find("east 1"), std::string::npos)
      << run(west.syncer, {"services"}).output;
  EXPECT_EQ(run(west.syncer, {"diff", "east", "west"}).output.find("cart"), std::string::npos);
  const Registered home(east.registry.sc, "KIE", "rest://10.9.0.2:8080");
  EXPECT_TRUE(eventually(seconds(15), [&] {
    return run(west.syncer, {"diff", "west", "east"}).output.find("exclude-services") != std::string::npos;
  })) << run(west.syncer, {"diff", "west", "east"}).output;
  const Ended unknown = run(west.syncer, {"diff", "west", "nowhere"});
  EXPECT_NE(unknown.output.find("no other region is known"), std::string::npos);
  EXPECT_EQ(unknown.code, 1) << "nothing was compared";
  const Ended top = run(west.syncer, {"top", "--count", "2", "--interval", "100ms"});
  EXPECT_EQ(top.code, 0) << top.output;
  EXPECT_NE(top.output.find("link.up"), std::string::npos) << top.output;
}

TEST_F(Ask, WhoAnswersAndHowFarItIsIsShown) {
  Region east(workplace_, "east");
  EXPECT_EQ(run(east.syncer, {"reachability"}).output, "no other member is known\n");
  Region west(workplace_, "west", east.syncer.rpc);
  ASSERT_TRUE(eventually(seconds(20), [&] { return east.syncer.status("/ready") == "true"; }));
  const Ended all = run(east.syncer, {"reachability"});
  EXPECT_EQ(all.code, 0) << all.output;
  EXPECT_NE(all.output.find("1 of 1 member answers"), std::string::npos) << all.output;
  // A probe is sent each second.
  Ended json{};
  EXPECT_TRUE(eventually(seconds(20), [&] {
    json = run(east.syncer, {"rtt", "west", "--output", "json"});
    return json.output.find("\"last_seconds\"") != std::string::npos;
  })) << json.output;
  EXPECT_EQ(json.code, 0);
  for (const char* part : {"\"syncer/rtt/1\"", "\"worst_seconds\"", "\"rtt_seconds\""}) {
    EXPECT_NE(json.output.find(part), std::string::npos) << part << " is missing in\n" << json.output;
  }
  EXPECT_NE(run(east.syncer, {"rtt"}).output.find("LINK WITH"), std::string::npos);
  EXPECT_EQ(run(east.syncer, {"rtt", "nowhere"}).code, 1);
  west.syncer.process.signal(SIGSTOP);
  const Ended missed = run(east.syncer, {"reachability", "--output", "json"});
  EXPECT_EQ(missed.code, 4) << missed.output;
  EXPECT_NE(missed.output.find("\"syncer/reachability/1\""), std::string::npos) << missed.output;
  EXPECT_NE(missed.output.find("member west counts as"), std::string::npos) << missed.output;
  west.syncer.process.signal(SIGCONT);
}

TEST_F(Ask, NamesThereAndHereAreShownWithWhatChangesThem) {
  Region east(workplace_, "east");
  const std::string policy = workplace_.path() + "/west.json";
  std::ofstream(policy) << R"({"policy": {"rewrite": [{"name": "our words", "from": "east",
                               "rename": {"app": {"shop": "store"}}}]}})";
  const Registry registry;
  auto flags = words("west", registry.sc.origin(), east.syncer.rpc);
  flags.insert(flags.end(), {"--config", policy});
  const Syncer west(workplace_, flags);
  const Registered cart(east.registry.sc, "cart", "rest://10.9.0.1:8080");
  Ended told{};
  EXPECT_TRUE(eventually(seconds(30), [&] {
    told = run(west, {"mappings", "--search", "cart"});
    return told.output.find("store/cart/") != std::string::npos && told.output.find("our words") != std::string::npos;
  })) << told.output;
  EXPECT_EQ(told.code, 0);
  EXPECT_NE(run(west, {"mappings", "--output", "json"}).output.find("\"syncer/mappings/1\""), std::string::npos);
  EXPECT_NE(run(east.syncer, {"mappings", "--region", "west"}).output.find("export"), std::string::npos);
}

TEST_F(Ask, AMonitorFollowsWhatHappens) {
  Registry registry;
  const Syncer syncer(workplace_, words("alone", registry.sc.origin()));
  Process monitor(line(syncer, {"monitor", "--kind", "operator"}), workplace_.environment());
  EXPECT_EQ(run(syncer, {"guard", "release", "--all"}).code, 0);
  EXPECT_TRUE(monitor.wait_for_line({"operator.command", "/v1/guard/release"}, seconds(10))) << monitor.output();
  monitor.signal(SIGINT);
  EXPECT_EQ(monitor.wait_for_exit(seconds(5)), -SIGINT);
}

TEST_F(Ask, AGeneratedKeyIsTakenByDaemonAndCommand) {
  const auto plain = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {syncer_program(), "keygen"});
    Process process(words, workplace_.environment());
    const int code = process.wait_for_exit(seconds(10)).value_or(-1);
    return Ended{code, process.output()};
  };
  const std::string ring = workplace_.path() + "/keyring.json";
  const Ended made = plain({"--ring", ring});
  ASSERT_EQ(made.code, 0) << made.output;
  EXPECT_EQ(plain({"--ring", ring}).code, 1) << "nothing is overwritten";
  Registry registry;
  auto flags = words("alone", registry.sc.origin());
  flags.insert(flags.end(), {"--gossip.keyring-file", ring});
  const Syncer syncer(workplace_, flags);
  const Ended first = plain({});
  const Ended second = plain({});
  EXPECT_NE(first.output, second.output);
  const std::string file = workplace_.path() + "/new.key";
  std::ofstream(file) << first.output;
  ::chmod(file.c_str(), 0600);
  EXPECT_EQ(run(syncer, {"keys", "install", file}).code, 0);
  const Ended json = plain({"--output", "json"});
  EXPECT_NE(json.output.find("\"syncer/keygen/1\""), std::string::npos) << json.output;
  const std::string ids = run(syncer, {"keys", "list"}).output;
  EXPECT_NE(ids.find("256"), std::string::npos) << ids;
}

TEST_F(Ask, AnOperatorPausesDrainsAndResumes) {
  Region east(workplace_, "east");
  Region west(workplace_, "west", east.syncer.rpc);
  const Registered cart(east.registry.sc, "cart", "rest://10.9.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return cart.visible_in(west.registry.sc); }));
  EXPECT_EQ(run(west.syncer, {"drain", "east", "--rate", "5/s"}).code, 0);
  EXPECT_TRUE(eventually(seconds(20), [&] { return !cart.visible_in(west.registry.sc); }));
  // That nothing is left is found out at the turn of the next one.
  Ended paused{};
  EXPECT_TRUE(eventually(seconds(10), [&] {
    paused = run(west.syncer, {"status", "--check"});
    return paused.output.find("drained by an operator: 1 copies were removed") != std::string::npos;
  })) << paused.output;
  EXPECT_EQ(paused.code, 4);
  EXPECT_NE(run(east.syncer, {"explain", "cart"}).output.find("written: drained by an operator: 1"), std::string::npos)
      << run(east.syncer, {"explain", "cart"}).output;
  EXPECT_EQ(run(west.syncer, {"resume", "import", "east"}).code, 0);
  EXPECT_TRUE(eventually(seconds(30), [&] { return cart.visible_in(west.registry.sc); }));
  EXPECT_EQ(run(east.syncer, {"pause", "export"}).code, 0);
  EXPECT_EQ(run(east.syncer, {"resume", "export"}).code, 0);
  EXPECT_EQ(run(east.syncer, {"pause", "export", "nowhere"}).code, 1);
  EXPECT_EQ(run(east.syncer, {"pause", "export", "west"}).code, 0);
  const Registered till(east.registry.sc, "till", "rest://10.9.0.2:8080");
  EXPECT_TRUE(eventually(
      seconds(10),
      [&] {
        paused = run(east.syncer, {"status", "--check"});
        return paused.output.find("export to it is paused by an operator: ") != std::string::npos &&
               run(east.syncer, {"explain", "till"}).output.find("sent to west: the export to it is paused") !=
                   std::string::npos;
      }))
      << paused.output << run(east.syncer, {"explain", "till"}).output;
  EXPECT_EQ(paused.code, 4);
  EXPECT_FALSE(till.visible_in(west.registry.sc));
  EXPECT_EQ(run(east.syncer, {"resume", "export", "west"}).code, 0);
  EXPECT_TRUE(eventually(seconds(30), [&] { return till.visible_in(west.registry.sc); }));
  EXPECT_EQ(run(east.syncer, {"sync", "now"}).code, 0);
  EXPECT_EQ(run(east.syncer, {"sync", "now", "nowhere"}).code, 1);
  EXPECT_EQ(run(east.syncer, {"drain", "west", "--rate", "0/s"}).code, 2);
  EXPECT_EQ(run(east.syncer, {"force-leave", "west"}).code, 1) << "it is there";
  const std::string acts = run(east.syncer, {"events", "--kind", "operator"}).output;
  for (const char* act : {"/v1/pause", "/v1/resume", "/v1/sync-now", "/v1/force-leave"}) {
    EXPECT_NE(acts.find(act), std::string::npos) << act << " is missing in\n" << acts;
  }
}

TEST_F(Ask, ASyncerJoinsByACommandAndLeavesByAnother) {
  Region east(workplace_, "east");
  Registry registry;
  Syncer west(workplace_, words("west", registry.sc.origin()));
  EXPECT_EQ(run(west, {"join", "nonsense"}).code, 2);
  EXPECT_EQ(run(west, {"join", east.syncer.rpc}).code, 0);
  const Registered cart(east.registry.sc, "cart", "rest://10.9.0.1:8080");
  EXPECT_TRUE(eventually(seconds(30), [&] { return cart.visible_in(registry.sc); })) << west.process.output();
  EXPECT_EQ(run(west, {"leave"}).code, 0);
  EXPECT_EQ(west.process.wait_for_exit(seconds(20)), 0) << west.process.output();
}

TEST_F(Ask, ABundleHasAllThatHelpsAndNoSecret) {
  const std::string ring = workplace_.path() + "/keyring";
  std::ofstream(ring) << "[\"c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IDEyMzQ=\"]";
  ::chmod(ring.c_str(), 0600);
  Registry registry;
  auto flags = words("alone", registry.sc.origin());
  flags.insert(flags.end(), {"--gossip.keyring-file", ring});
  const Syncer syncer(workplace_, flags);
  const std::string folder = workplace_.path() + "/bundle";
  const Ended made = run(syncer, {"debug", "bundle", "--dir", folder});
  ASSERT_EQ(made.code, 0) << made.output;
  for (const char* name : {"status.json", "checks.txt", "metrics.txt", "members.json", "config.json", "events.jsonl",
                           "history.json", "version.txt", "keys.json"}) {
    std::ifstream file(folder + "/" + name);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    EXPECT_FALSE(text.empty()) << name;
    EXPECT_EQ(text.find("c2VjcmV0"), std::string::npos) << name << " tells a key";
  }
  EXPECT_EQ(run(syncer, {"debug", "bundle", "--dir", folder}).code, 1) << "nothing is overwritten";
  EXPECT_EQ(syncer.process.output().find("c2VjcmV0"), std::string::npos) << "nor does the log";
}

TEST_F(Ask, WhatPrometheusScrapesIsWellFormed) {
  if (std::system("command -v promtool > /dev/null 2>&1") != 0) GTEST_SKIP() << "promtool is not installed";
  Region east(workplace_, "east");
  Region west(workplace_, "west", east.syncer.rpc);
  const Registered cart(east.registry.sc, "cart", "rest://10.9.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return cart.visible_in(west.registry.sc); }));
  // What comes with the first set is not measured; this one comes as it happens.
  const Registered later(east.registry.sc, "till", "rest://10.9.0.2:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return later.visible_in(west.registry.sc); }));
  std::string text;
  EXPECT_TRUE(eventually(seconds(30), [&] {
    text = test::request("GET", "http://" + west.syncer.metrics, "/metrics")->body;
    return text.find("syncer_convergence_seconds_count{origin=\"east\"} ") != std::string::npos &&
           text.find("syncer_convergence_seconds_count{origin=\"east\"} 0\n") == std::string::npos;
  })) << text;
  const std::string path = workplace_.path() + "/metrics";
  std::ofstream(path) << text;
  EXPECT_EQ(std::system(("promtool check metrics < " + path + " >&2").c_str()), 0);
}

}  // namespace
}  // namespace e2e
