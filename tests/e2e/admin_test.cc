// SPDX-License-Identifier: Apache-2.0
// How operators reach a running syncer: its socket, its token, and what everybody may see.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

class Admin : public testing::Test {
 protected:
  struct Ended {
    int code;
    std::string output;
  };
  Ended run(std::vector<std::string> line) {
    line.insert(line.begin(), syncer_program());
    Process process(line, workplace_.environment());
    const int code = process.wait_for_exit(seconds(10)).value_or(-1);
    return {code, process.output()};
  }
  std::string file(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    const std::string path = workplace_.path() + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  Workplace workplace_;
};

TEST_F(Admin, TheSocketIsFoundByItselfAndACommandNamesWhoGaveIt) {
  const Syncer syncer(workplace_, words("alone", "http://127.0.0.1:1"));
  const std::string path = workplace_.path() + "/syncer/alone/admin.socket";
  EXPECT_EQ(syncer.admin, "unix:" + path);
  struct stat about {};
  ASSERT_EQ(::stat(path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0660U);
  EXPECT_EQ(run({"members"}).code, 0) << run({"members"}).output;
  EXPECT_EQ(run({"members", "--admin", syncer.admin}).code, 0);
  EXPECT_EQ(run({"guard", "release", "--all"}).code, 0);
  const auto line = syncer.process.wait_for_line({"operator.command", "/v1/guard/release"}, seconds(5));
  ASSERT_TRUE(line) << syncer.process.output();
  EXPECT_NE(line->find("\"by\":\"uid " + std::to_string(::geteuid()) + " "), std::string::npos) << *line;
  EXPECT_NE(line->find("\"outcome\":\"done\""), std::string::npos) << *line;
}

TEST_F(Admin, TheSocketIsGoneWithTheSyncerAndACrashLeavesNoObstacle) {
  Syncer first(workplace_, words("alone", "http://127.0.0.1:1"));
  first.process.signal(SIGKILL);
  ASSERT_TRUE(first.process.wait_for_exit(seconds(5)));
  Syncer second(workplace_, words("alone", "http://127.0.0.1:1"));
  EXPECT_EQ(run({"members"}).code, 0);
  second.process.signal(SIGTERM);
  EXPECT_EQ(second.process.wait_for_exit(seconds(15)), 0);
  EXPECT_EQ(run({"members"}).code, 3) << "nobody runs here";
}

TEST_F(Admin, OneThatWasKilledIsNotTakenForOneThatRuns) {
  const Syncer first(workplace_, words("first", "http://127.0.0.1:1"));
  Syncer second(workplace_, words("second", "http://127.0.0.1:1"));
  const Ended both = run({"members"});
  EXPECT_EQ(both.code, 2) << both.output;
  EXPECT_NE(both.output.find("choose with --node: first second"), std::string::npos) << both.output;
  second.process.signal(SIGKILL);
  ASSERT_TRUE(second.process.wait_for_exit(seconds(5)));
  const Ended one = run({"members"});
  EXPECT_EQ(one.code, 0) << one.output;
}

TEST_F(Admin, OneThatDoesNotAnswerIsNotReached) {
  const Syncer stuck(workplace_, words("stuck", "http://127.0.0.1:1"));
  stuck.process.signal(SIGSTOP);
  const Ended ended = run({"members"});
  EXPECT_EQ(ended.code, 3) << ended.output;
  EXPECT_NE(ended.output.find("no answer in time"), std::string::npos) << ended.output;
  stuck.process.signal(SIGCONT);
}

TEST_F(Admin, OverTcpCommandsNeedTheToken) {
  const std::string token = file("admin.token", "0123456789abcdef\n");
  auto line = words("alone", "http://127.0.0.1:1");
  line.insert(line.end(), {"--admin-addr", "127.0.0.1:0", "--admin.token-file", token});
  const Syncer syncer(workplace_, line);
  const auto ready = syncer.process.wait_for_line({"daemon.ready"}, seconds(5)).value();
  const std::size_t at = ready.find("\"commands\":\"") + 12;
  const std::string address = ready.substr(at, ready.find('"', at) - at);
  const Ended refused = run({"guard", "release", "--all", "--admin", address});
  EXPECT_EQ(refused.code, 1) << refused.output;
  EXPECT_NE(refused.output.find("bearer token is missing or wrong"), std::string::npos) << refused.output;
  EXPECT_EQ(run({"guard", "release", "--all", "--admin", address, "--token-file", token}).code, 0);
  EXPECT_TRUE(syncer.process.wait_for_line({"operator.command", "\"by\":\"127.0.0.1:"}, seconds(5)));
  const std::string open = file("open.token", "0123456789abcdef\n", 0644);
  EXPECT_NE(run({"members", "--admin", address, "--token-file", open}).output.find("chmod 600"), std::string::npos);
}

TEST_F(Admin, WhatEverybodySeesChangesNothing) {
  const Syncer syncer(workplace_, words("alone", "http://127.0.0.1:1"));
  const std::string origin = "http://" + syncer.metrics;
  EXPECT_EQ(test::request("GET", origin, "/livez")->status, 200);
  EXPECT_NE(test::request("GET", origin, "/metrics")->body.find("\nsyncer_ready 0\n"), std::string::npos);
  EXPECT_EQ(test::request("POST", origin, "/v1/guard/release?region=*")->status, 405);
  EXPECT_EQ(test::request("GET", origin, "/v1/keys")->status, 404);
  EXPECT_FALSE(syncer.process.wait_for_line({"operator.command"}, test::milliseconds(1)));
}

TEST_F(Admin, ACoreFileWouldHoldKeysSoThereIsNone) {
  const Syncer syncer(workplace_, words("alone", "http://127.0.0.1:1"));
  const auto ready = syncer.process.wait_for_line({"daemon.ready"}, seconds(5)).value();
  const std::size_t at = ready.find("\"pid\":") + 6;
  std::ifstream limits("/proc/" + ready.substr(at, ready.find_first_not_of("0123456789", at) - at) + "/limits");
  std::string line;
  while (std::getline(limits, line) && line.rfind("Max core file size", 0) != 0) {
  }
  EXPECT_NE(line.find(" 0  "), std::string::npos) << line;
}

}  // namespace
}  // namespace e2e
