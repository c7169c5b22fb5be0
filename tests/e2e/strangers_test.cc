// SPDX-License-Identifier: Apache-2.0
// Hundreds of connections that say nothing, or one byte after the other, keep nobody out and cost next to nothing.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "syncer/base/endpoint.h"
#include "tests/e2e/cluster.h"
#include "tests/e2e/region.h"

namespace e2e {
namespace {

constexpr std::size_t kConnections = 300;
constexpr long kMostMemoryKib = 64L << 10;

sockaddr_in address_of(const syncer::Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  std::copy(endpoint.address.begin() + 12, endpoint.address.end(), reinterpret_cast<char*>(&address.sin_addr));
  return address;
}

/// Connections from another host than that of the syncers.
class Strangers {
 public:
  explicit Strangers(const std::string& to) : to_(address_of(*syncer::parse_endpoint(to))) { refill(); }
  ~Strangers() {
    for (const int descriptor : open_) ::close(descriptor);
  }
  Strangers(const Strangers&) = delete;
  Strangers& operator=(const Strangers&) = delete;

  /// Opens those again that were closed, and says a byte on each.
  void go_on(char byte) {
    for (int& descriptor : open_) {
      const bool sent = ::send(descriptor, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
      if (sent && ::recv(descriptor, &byte, 1, MSG_DONTWAIT | MSG_PEEK) != 0) continue;
      ::close(descriptor);
      descriptor = connect();
    }
  }
  std::size_t reconnects() const { return connects_ - kConnections; }

 private:
  void refill() {
    while (open_.size() < kConnections) open_.push_back(connect());
  }
  int connect() {
    ++connects_;
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in from = address_of(*syncer::parse_endpoint("127.0.0.66:0"));
    EXPECT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&from), sizeof from), 0);
    EXPECT_EQ(::connect(descriptor, reinterpret_cast<const sockaddr*>(&to_), sizeof to_), 0);
    return descriptor;
  }

  const sockaddr_in to_;
  std::vector<int> open_;
  std::size_t connects_ = 0;
};

class StrangersTest : public testing::Test {
 protected:
  StrangersTest() : east_(workplace_, "east"), west_(workplace_, "west", east_.syncer.gossip) {}

  std::vector<std::string> ports() const { return {west_.syncer.gossip, west_.syncer.rpc, west_.syncer.metrics}; }
  /// Registers in the east; whether the west shows it within 3 s while `meanwhile` goes on.
  template <class Meanwhile>
  testing::AssertionResult visible_in_time(const std::string& name, Meanwhile meanwhile) {
    const Registered instance(east_.registry.sc, name, "rest://10.1.0.1:8080");
    const auto begun = std::chrono::steady_clock::now();
    const bool seen = eventually(seconds(20), [&] {
      meanwhile();
      return instance.visible_in(west_.registry.sc);
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    if (seen && took <= seconds(3)) return testing::AssertionSuccess() << name << " after " << took.count() << " s";
    return testing::AssertionFailure() << name << (seen ? " after " : " not within ") << took.count() << " s\n"
                                       << west_.syncer.process.output();
  }
  testing::AssertionResult answers(const std::string& target) {
    const auto answer = test::request("GET", "http://" + west_.syncer.metrics, target);
    if (answer && answer->status == 200) return testing::AssertionSuccess();
    return testing::AssertionFailure() << target << ": " << (answer ? std::to_string(answer->status) : "no answer");
  }
  int status_of_the_command_line() {
    Process command({syncer_program(), "status", "--node", "west"}, workplace_.environment());
    return command.wait_for_exit(seconds(10)).value_or(-1);
  }

  Workplace workplace_;
  Region east_;
  Region west_;
};

TEST_F(StrangersTest, SilentOnesKeepNobodyOut) {
  ASSERT_TRUE(visible_in_time("before", [] {}));
  const long before = west_.syncer.process.resident_kib();
  std::vector<std::unique_ptr<Strangers>> all;
  for (const std::string& port : ports()) all.push_back(std::make_unique<Strangers>(port));
  EXPECT_TRUE(visible_in_time("during", [] {}));
  EXPECT_TRUE(answers("/livez"));
  EXPECT_TRUE(answers("/metrics"));
  EXPECT_EQ(status_of_the_command_line(), 0);
  EXPECT_LT(west_.syncer.process.resident_kib() - before, kMostMemoryKib);
}

TEST_F(StrangersTest, SlowOnesThatComeAgainKeepNobodyOutEither) {
  ASSERT_TRUE(visible_in_time("before", [] {}));
  const long before = west_.syncer.process.resident_kib();
  std::vector<std::unique_ptr<Strangers>> all;
  for (const std::string& port : ports()) all.push_back(std::make_unique<Strangers>(port));
  const auto go_on = [&] {
    // A byte that begins nothing is refused at once; these may begin a frame, a TLS handshake, a request.
    for (std::size_t i = 0; i < all.size(); ++i) all[i]->go_on("\x80\x80G"[i]);
  };
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(visible_in_time("during-" + std::to_string(i), go_on));
  EXPECT_TRUE(answers("/livez"));
  EXPECT_EQ(status_of_the_command_line(), 0);
  EXPECT_GT(all[1]->reconnects(), 0U) << "nobody was turned away: the limit is not there";
  EXPECT_LT(west_.syncer.process.resident_kib() - before, kMostMemoryKib);
}

TEST_F(StrangersTest, APeerThatComesBackFindsItsPlaceAmongThem) {
  ASSERT_TRUE(visible_in_time("before", [] {}));
  const Strangers gossip(west_.syncer.gossip);
  const Strangers rpc(west_.syncer.rpc);
  east_.syncer.process.signal(SIGKILL);
  ASSERT_TRUE(east_.syncer.process.wait_for_exit(seconds(5)));
  const Syncer again(workplace_, words("east", east_.registry.sc.origin(), west_.syncer.gossip));
  const Registered instance(east_.registry.sc, "again", "rest://10.1.0.2:8080");
  EXPECT_TRUE(eventually(seconds(15), [&] { return instance.visible_in(west_.registry.sc); }))
      << west_.syncer.process.output();
}

TEST(ClusterStrangers, AGroupElectsItsLeaderAmongThem) {
  const Workplace workplace;
  const Registry registry({"127.30.197.10:30100"});
  Cluster group(workplace, "127.30.197.10", "east", "127.30.197.10:30190", 10);
  ASSERT_TRUE(eventually(seconds(20), [&] { return group.leader().has_value(); })) << group.output();
  std::vector<std::unique_ptr<Strangers>> all;
  for (const char* port : {"30201", "30202", "30203"}) {
    all.push_back(std::make_unique<Strangers>(std::string("127.30.197.10:") + port));
  }
  const std::size_t head = *group.leader();
  group.kill(head);
  EXPECT_TRUE(eventually(seconds(10), [&] { return group.leader().has_value(); })) << group.output();
  group.start(head);
  const auto is_whole = [&] {
    const auto leader = group.leader();
    return leader && group.syncer(*leader).status("/group/problems") == "[]";
  };
  EXPECT_TRUE(eventually(seconds(20), is_whole)) << group.output();
}

}  // namespace
}  // namespace e2e
