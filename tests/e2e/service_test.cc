// SPDX-License-Identifier: Apache-2.0
// What a service manager is told: a real daemon, a real socket.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>

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
  /// The next message that begins so; what comes before it is dropped. Empty when none comes.
  std::string wait_for(const std::string& beginning) const {
    for (;;) {
      pollfd readable{socket_, POLLIN, 0};
      if (::poll(&readable, 1, 20'000) != 1) return "";
      char buffer[512];
      const auto size = ::recv(socket_, buffer, sizeof(buffer), 0);
      const std::string message(buffer, size > 0 ? static_cast<std::size_t>(size) : 0);
      if (message.starts_with(beginning)) return message;
    }
  }

 private:
  int socket_;
};

TEST(Service, TheManagerHearsOfStartLifeReloadAndEnd) {
  const Workplace workplace;
  const Registry registry;
  const Manager manager(workplace.path() + "/notify");
  std::vector<std::string> command = {syncer_program(), "daemon"};
  for (const std::string& word : words("east", registry.sc.origin())) command.push_back(word);
  std::vector<std::string> environment = workplace.environment();
  environment.push_back("NOTIFY_SOCKET=" + workplace.path() + "/notify");
  environment.emplace_back("WATCHDOG_USEC=400000");
  Process daemon(command, environment);
  EXPECT_EQ(manager.wait_for("READY=1"), "READY=1\nSTATUS=node east of region east") << daemon.output();
  EXPECT_EQ(manager.wait_for("WATCHDOG=1"), "WATCHDOG=1");
  EXPECT_EQ(manager.wait_for("WATCHDOG=1"), "WATCHDOG=1") << "one sign of life is not enough";
  daemon.signal(SIGHUP);
  EXPECT_NE(manager.wait_for("RELOADING=1").find("\nMONOTONIC_USEC="), std::string::npos);
  EXPECT_EQ(manager.wait_for("READY=1"), "READY=1\nSTATUS=node east of region east");
  daemon.signal(SIGTERM);
  EXPECT_EQ(manager.wait_for("STOPPING=1"), "STOPPING=1");
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
