// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/admin_server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>

namespace syncer::admin {
namespace {

constexpr const char* kToken = "0123456789abcdef";

class AdminServerTest : public testing::Test {
 protected:
  AdminServerTest() {
    options_.socket = folder_ + ".socket";
    options_.token_file = folder_ + ".token";
    write_token(kToken);
  }
  ~AdminServerTest() override { ::unlink(options_.token_file.c_str()); }

  void write_token(const std::string& text, mode_t mode = 0600) const {
    ::unlink(options_.token_file.c_str());
    std::ofstream(options_.token_file) << text;
    ::chmod(options_.token_file.c_str(), mode);
  }

  Result<void> start() {
    AdminApi api;
    api.status = [] { return node::Status{}; };
    api.metrics = [] { return std::string("syncer_ready 1\n"); };
    api.keys = [] { return node::KeysReport{}; };
    api.run = [this](const Command& command, const std::string& who) -> Result<std::string> {
      commands_.emplace_back(command, who);
      return std::string("done\n");
    };
    auto server = AdminServer::start(loop_, options_, std::move(api));
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    return {};
  }
  std::string refusal() {
    const auto started = start();
    return started ? "none" : to_string(started.error());
  }

  template <class... What>
  HttpResponse ask(const httpio::SocketAddress& address, const std::string& token, const What&... what) {
    auto answer = std::async(std::launch::async, [&] { return ask_daemon(DaemonAddress{address, token}, what...); });
    const auto ready = [&] { return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
    while (!ready()) loop_.run_until(ready, loop_.now() + std::chrono::milliseconds(5));
    return answer.get().value();
  }

  const std::string folder_ = testing::TempDir() + "syncer-admin-" + std::to_string(::getpid());
  net::Loop loop_;
  AdminOptions options_;
  std::vector<std::pair<Command, std::string>> commands_;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, CommandsComeOverTheSocketWithTheNameOfWhoGaveThem) {
  ASSERT_TRUE(start());
  EXPECT_EQ(ask(server_->socket(), "", Command(ReleaseGuard{"east & west"})).status, 200);
  ASSERT_EQ(commands_.size(), 1U);
  EXPECT_EQ(commands_[0].first, Command(ReleaseGuard{"east & west"}));
  EXPECT_EQ(commands_[0].second.rfind("uid " + std::to_string(::geteuid()), 0), 0U) << commands_[0].second;
  EXPECT_FALSE(server_->commands());
  EXPECT_FALSE(server_->read_only());
}

TEST_F(AdminServerTest, OverTcpTheyNeedTheTokenAsItIsNow) {
  options_.commands = *parse_endpoint("127.0.0.1:0");
  ASSERT_TRUE(start());
  const httpio::SocketAddress address{"", *server_->commands()};
  EXPECT_EQ(ask(address, "", Command(RaiseGeneration{})).status, 401);
  EXPECT_EQ(ask(address, kToken, Command(RaiseGeneration{})).status, 200);
  write_token("fedcba9876543210");
  EXPECT_EQ(ask(address, kToken, Command(RaiseGeneration{})).status, 401);
  EXPECT_EQ(ask(address, "fedcba9876543210", Command(RaiseGeneration{})).status, 200);
  EXPECT_EQ(commands_.size(), 2U);
}

TEST_F(AdminServerTest, TheReadOnlyListenerShowsAndDoesNothing) {
  options_.read_only = *parse_endpoint("127.0.0.1:0");
  ASSERT_TRUE(start());
  const httpio::SocketAddress address{"", *server_->read_only()};
  EXPECT_EQ(ask(address, "", std::string("GET"), std::string("/metrics")).body, "syncer_ready 1\n");
  EXPECT_EQ(ask(address, "", Command(RaiseGeneration{})).status, 405);
  EXPECT_TRUE(commands_.empty());
}

TEST_F(AdminServerTest, AnOptionThatCannotBeUsedIsNamed) {
  options_.commands = *parse_endpoint("127.0.0.1:0");
  write_token("short");
  EXPECT_EQ(refusal().rfind("admin.token-file: " + options_.token_file + ": a token of 5 characters", 0), 0U)
      << refusal();
  write_token(kToken, 0644);
  EXPECT_NE(refusal().find("chmod 600"), std::string::npos) << refusal();
  options_.commands.reset();
  options_.read_only = *parse_endpoint("192.0.2.1:1");
  EXPECT_EQ(refusal().rfind("metrics-addr: ", 0), 0U) << refusal();
  options_.read_only.reset();
  options_.group = "no-such-group";
  EXPECT_EQ(refusal(), "admin.socket-group: there is no group \"no-such-group\" on this machine");
  options_.group.clear();
  options_.socket = "/proc/none/admin.socket";
  EXPECT_EQ(refusal().rfind("admin.socket: /proc/none/admin.socket: ", 0), 0U) << refusal();
}

}  // namespace
}  // namespace syncer::admin
