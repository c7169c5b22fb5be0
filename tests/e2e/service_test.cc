// SPDX-License-Identifier: Apache-2.0
// What a service manager is told: a real daemon, a real socket.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

class Manager {
 public:
  explicit Manager(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof(at.sun_path) - 1);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) != 0)
      ADD_FAILURE() << "cannot bind " << path;
  }
  ~Manager() { ::close(socket_); }
  /// The next message. Empty when none comes.
  std::string next() const {
    pollfd readable{socket_, POLLIN, 0};
    if (::poll(&readable, 1, 20'000) != 1) return "";
    char buffer[512];
    const auto size = ::recv(socket_, buffer, sizeof(buffer), 0);
    return {buffer, size > 0 ? static_cast<std::size_t>(size) : 0};
  }
  /// The next one that is no sign of life.
  std::string next_news() const {
    std::string message = next();
    while (message == "WATCHDOG=1") message = next();
    return message;
  }

 private:
  int socket_;
};

/// When a reload began, as the manager is told in the one message that says so; 0 when it is another message.
long long begun(const std::string& message) {
  const std::string begin = "RELOADING=1\nMONOTONIC_USEC=";
  const std::string number = message.substr(std::min(begin.size(), message.size()));
  const bool is_number = !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
  return message.starts_with(begin) && is_number ? std::stoll(number) : 0;
}

long long monotonic_micros() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000LL + now.tv_nsec / 1000;
}

TEST(Service, TheManagerHearsOfStartLifeReloadsAndEndInTheirOrder) {
  const Workplace workplace;
  const Registry registry;
  const Manager manager(workplace.path() + "/notify");
  const std::string file = workplace.path() + "/syncer.json";
  std::ofstream(file) << "{}";
  std::vector<std::string> command = {syncer_program(), "daemon", "--config", file};
  for (const std::string& word : words("east", registry.sc.origin())) command.push_back(word);
  std::vector<std::string> environment = workplace.environment();
  environment.push_back("NOTIFY_SOCKET=" + workplace.path() + "/notify");
  environment.emplace_back("WATCHDOG_USEC=400000");
  Process daemon(command, environment);
  const std::string ready = "READY=1\nSTATUS=node east of region east";
  EXPECT_EQ(manager.next(), ready) << "not before it listens, and nothing before: " << daemon.output();
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1") << "one sign of life is not enough";
  // A reload ends for the manager whether it was accepted or not.
  for (const char* configuration : {R"({"log.level": "debug"})", R"({"log.level": "loud"})", "{", "{}"}) {
    std::ofstream(file) << configuration;
    const long long before = monotonic_micros();
    daemon.signal(SIGHUP);
    const long long told = begun(manager.next_news());
    EXPECT_GE(told, before) << configuration;
    EXPECT_LE(told, monotonic_micros()) << configuration;
    EXPECT_EQ(manager.next_news(), ready) << configuration;
  }
  EXPECT_TRUE(daemon.wait_for_line({"was not reloaded", "loud"}, seconds(10))) << daemon.output();
  EXPECT_EQ(manager.next(), "WATCHDOG=1") << "it goes on living";
  daemon.signal(SIGTERM);
  EXPECT_EQ(manager.next_news(), "STOPPING=1");
  EXPECT_EQ(daemon.wait_for_exit(seconds(20)), 0) << daemon.output();
}

TEST(Service, TheConfigurationOfARunningSyncerIsShownWithItsOrigins) {
  const Workplace workplace;
  const Registry registry;
  const Syncer east(workplace, words("east", registry.sc.origin()));
  Process show({syncer_program(), "config", "running", "--origin", "--admin", east.admin});
  ASSERT_EQ(show.wait_for_exit(seconds(20)), 0) << show.output();
  EXPECT_NE(show.output().find("node = east    # --node\n"), std::string::npos) << show.output();
  EXPECT_NE(show.output().find("log.level = info    # default\n"), std::string::npos) << show.output();
  Process json({syncer_program(), "config", "running", "--output", "json", "--admin", east.admin});
  ASSERT_EQ(json.wait_for_exit(seconds(20)), 0) << json.output();
  EXPECT_NE(json.output().find("syncer/config/1"), std::string::npos) << json.output();
}

}  // namespace
}  // namespace e2e
