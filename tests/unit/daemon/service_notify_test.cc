// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/service_notify.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace syncer::daemon {
namespace {

using namespace std::chrono_literals;

/// The manager's end: a real datagram socket, by path or abstract.
class Manager {
 public:
  explicit Manager(bool is_abstract) : is_abstract_(is_abstract) {
    char folder[] = "/tmp/notify-XXXXXX";
    folder_ = ::mkdtemp(folder);
    name_ = is_abstract ? "@" + folder_ : folder_ + "/notify";
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    name_.copy(at.sun_path, sizeof(at.sun_path) - 1);
    if (is_abstract) at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    bound_ = ::bind(socket_, reinterpret_cast<const sockaddr*>(&at), size) == 0;
  }
  ~Manager() {
    ::close(socket_);
    std::filesystem::remove_all(folder_);
  }
  /// The next message; "" when none has come.
  std::string next() const {
    char buffer[512];
    const auto size = ::recv(socket_, buffer, sizeof(buffer), MSG_DONTWAIT);
    return size > 0 ? std::string(buffer, static_cast<std::size_t>(size)) : "";
  }
  config::Environment environment(const std::string& usec = "", const std::string& pid = "") const {
    return [=, name = name_](const std::string& variable) -> std::optional<std::string> {
      if (variable == "NOTIFY_SOCKET") return name;
      if (variable == "WATCHDOG_USEC" && !usec.empty()) return usec;
      if (variable == "WATCHDOG_PID" && !pid.empty()) return pid;
      return std::nullopt;
    };
  }
  bool bound() const { return bound_; }

 private:
  bool is_abstract_;
  std::string folder_;
  std::string name_;
  int socket_ = -1;
  bool bound_ = false;
};

TEST(ServiceNotify, TellsBothKindsOfSocketsWhatTheDaemonDoes) {
  for (const bool is_abstract : {false, true}) {
    const Manager manager(is_abstract);
    ASSERT_TRUE(manager.bound());
    ServiceNotify notify(manager.environment());
    notify.ready("region east");
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=region east");
    notify.reloading();
    const std::string reloading = manager.next();
    EXPECT_EQ(reloading.substr(0, 27), "RELOADING=1\nMONOTONIC_USEC=");
    EXPECT_GT(std::stoll(reloading.substr(27)), 0);
    {
      const ServiceNotify::Reload reload(notify, "as before");
      EXPECT_EQ(manager.next().substr(0, 11), "RELOADING=1");
    }
    EXPECT_EQ(manager.next(), "READY=1\nSTATUS=as before");
    notify.stopping();
    EXPECT_EQ(manager.next(), "STOPPING=1");
    EXPECT_EQ(notify.advance(Instant(1s)), kNever) << "no watchdog was asked for";
    EXPECT_EQ(manager.next(), "");
  }
}

TEST(ServiceNotify, GivesASignOfLifeTwiceInTheTimeThatTheManagerWaits) {
  const Manager manager(true);
  ServiceNotify notify(manager.environment("30000000", std::to_string(::getpid())));
  EXPECT_EQ(notify.advance(Instant(100s)), Instant(115s));
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(notify.advance(Instant(110s)), Instant(115s));
  EXPECT_EQ(manager.next(), "");
  EXPECT_EQ(notify.advance(Instant(115s)), Instant(130s));
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
}

TEST(ServiceNotify, AWatchdogOfAnotherProcessOrWithoutSenseIsNone) {
  const Manager manager(true);
  EXPECT_EQ(ServiceNotify(manager.environment("30000000", "1")).advance(Instant(1s)), kNever);
  EXPECT_EQ(ServiceNotify(manager.environment("soon")).advance(Instant(1s)), kNever);
  EXPECT_EQ(ServiceNotify(manager.environment("0")).advance(Instant(1s)), kNever);
}

TEST(ServiceNotify, NobodyListeningIsNoTrouble) {
  const auto named = [](const std::string& name) {
    return
        [=](const std::string& variable) { return variable == "NOTIFY_SOCKET" ? std::optional(name) : std::nullopt; };
  };
  for (const std::string& name : {std::string(), std::string("/nowhere/notify"), std::string("relative"),
                                  std::string("@"), "/" + std::string(200, 'x')}) {
    ServiceNotify notify(named(name));
    notify.ready("");
    notify.stopping();
    EXPECT_EQ(notify.advance(Instant(1s)), kNever) << name;
  }
}

TEST(ServiceNotify, AFullSocketDoesNotHoldUpTheDaemon) {
  const Manager manager(false);
  ServiceNotify notify(manager.environment("2"));
  for (int i = 0; i < 10'000; ++i) notify.advance(Instant(std::chrono::seconds(i)));
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
}

}  // namespace
}  // namespace syncer::daemon
