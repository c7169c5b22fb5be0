// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <fstream>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

struct Ended {
  int code;
  std::string output;
};

Ended run(const Workplace& workplace, std::vector<std::string> flags) {
  flags.insert(flags.begin(), syncer_program());
  Process process(flags, workplace.environment());
  const int code = process.wait_for_exit(seconds(10)).value_or(-1000);
  return {code, process.output()};
}

TEST(Start, AMistypedFlagEndsWithTwoAndTheNearestWord) {
  const Workplace workplace;
  const Ended ended = run(workplace, {"daemon", "--bind-adr", "127.0.0.1:1"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.output.find("--bind-addr"), std::string::npos) << ended.output;
}

TEST(Start, ABusyPortEndsWithOneAndSaysWhatToDo) {
  const Workplace workplace;
  const Syncer first(workplace, words("first", "http://127.0.0.1:1"));
  const Ended gossip =
      run(workplace, {"daemon", "--node", "second", "--bind-addr", first.gossip, "--rpc-addr", "127.0.0.1:0"});
  EXPECT_EQ(gossip.code, 1);
  EXPECT_NE(gossip.output.find("--bind-addr"), std::string::npos) << gossip.output;
  EXPECT_NE(gossip.output.find(first.gossip), std::string::npos) << gossip.output;
  const Ended rpc =
      run(workplace, {"daemon", "--node", "second", "--bind-addr", "127.0.0.1:0", "--rpc-addr", first.rpc});
  EXPECT_EQ(rpc.code, 1);
  EXPECT_NE(rpc.output.find("--rpc-addr"), std::string::npos) << rpc.output;
}

TEST(Start, TwoSyncersNeverShareADataDirectory) {
  const Workplace workplace;
  const Syncer first(workplace, words("same", "http://127.0.0.1:1"));
  auto again = words("same", "http://127.0.0.1:1");
  again.insert(again.begin(), "daemon");
  const Ended ended = run(workplace, again);
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.output.find("another syncer is using this data directory"), std::string::npos) << ended.output;
}

TEST(Start, ATakenNodeNameEndsTheNewcomerAlone) {
  const Workplace workplace;
  const Syncer first(workplace, words("same", "http://127.0.0.1:1"));
  auto again = words("same", "http://127.0.0.1:1", first.gossip);
  again.insert(again.begin(), "daemon");
  again.insert(again.end(), {"--data-dir", workplace.path() + "/elsewhere"});
  const Ended ended = run(workplace, again);
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.output.find("is already used by a member at " + first.gossip), std::string::npos) << ended.output;
  EXPECT_FALSE(first.process.wait_for_line({"already used"}, seconds(2)));
  EXPECT_TRUE(first.process.running()) << first.process.output();
}

TEST(Start, AnUnreachableRegistryIsTriedOnAndSaidSo) {
  const Workplace workplace;
  Syncer syncer(workplace, words("lonely", "http://127.0.0.1:1"));
  EXPECT_TRUE(syncer.process.wait_for_line({"registry.down", "127.0.0.1:1"}, seconds(15))) << syncer.process.output();
  EXPECT_EQ(syncer.status("/registry/reachable"), "false");
  EXPECT_EQ(test::request("GET", "http://" + syncer.metrics, "/livez")->status, 200);
  EXPECT_EQ(test::request("GET", "http://" + syncer.metrics, "/readyz")->status, 503);
  syncer.process.signal(SIGTERM);
  EXPECT_EQ(syncer.process.wait_for_exit(seconds(15)), 0) << syncer.process.output();
}

TEST(Start, ASignalReloadsTheConfigurationAsAWhole) {
  const Workplace workplace;
  const std::string path = workplace.path() + "/syncer.json";
  const auto write = [&](const std::string& text) { std::ofstream(path) << text; };
  write(R"({"log.level": "info"})");
  auto line = words("steady", "http://127.0.0.1:1");
  line.insert(line.end(), {"--config", path});
  Syncer syncer(workplace, line);
  write(R"({"log.level": "debug", "sync.hold": "3m", "registry.concurrency": "3"})");
  syncer.process.signal(SIGHUP);
  EXPECT_TRUE(syncer.process.wait_for_line(
      {"daemon.reloaded", "changed: log.level, sync.hold", "a restart applies: registry.concurrency"}, seconds(5)))
      << syncer.process.output();
  write(R"({"log.level": "error", "sync.hold": "never"})");
  syncer.process.signal(SIGHUP);
  EXPECT_TRUE(syncer.process.wait_for_line({"was not reloaded", "sync.hold"}, seconds(5))) << syncer.process.output();
  const Ended ended = run(workplace, {"log-level", "warning", "--for", "10m"});
  EXPECT_EQ(ended.code, 0) << ended.output;
  EXPECT_NE(ended.output.find("logs from warning on for 10m"), std::string::npos) << ended.output;
  EXPECT_TRUE(syncer.process.running());
}

TEST(Start, AFolderIsNoConfigurationFile) {
  const Workplace workplace;
  const Ended ended = run(workplace, {"config", "check", workplace.path()});
  EXPECT_EQ(ended.code, 2) << ended.output;
  EXPECT_NE(ended.output.find(workplace.path()), std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find("internal error"), std::string::npos) << ended.output;
}

TEST(Start, TheExampleConfigurationIsAccepted) {
  const Workplace workplace;
  const Ended ended = run(workplace, {"config", "check", SYNCER_SOURCE_DIR "/packaging/syncer.json"});
  EXPECT_EQ(ended.code, 0) << ended.output;
}

TEST(Start, ConfigShowTellsWhereEachValueComesFrom) {
  const Workplace workplace;
  const Ended ended = run(workplace, {"config", "show", "--origin", "--config",
                                      SYNCER_SOURCE_DIR "/packaging/syncer.json", "--node", "here"});
  EXPECT_EQ(ended.code, 0) << ended.output;
  EXPECT_NE(ended.output.find("node = here    # --node"), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("packaging/syncer.json:"), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("# default"), std::string::npos) << ended.output;
}

TEST(Start, VersionIsPrinted) {
  const Workplace workplace;
  EXPECT_EQ(run(workplace, {"version"}).code, 0);
  const std::string report = run(workplace, {"version", "--output", "json"}).output;
  for (const char* part : {"syncer/version/1", "\"version\"", "\"commit\"", "\"compiler\"", "\"build_type\"",
                           "\"openssl\": \"3.", "\"memberlist\": \"1-5\"", "\"sync\": 1", "\"cluster\": 1"}) {
    EXPECT_NE(report.find(part), std::string::npos) << part << " is missing in\n" << report;
  }
}

}  // namespace
}  // namespace e2e
