// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <functional>
#include <limits>

#include "syncer/registry/servicecenter/documents.h"
#include "tests/e2e/attacker.h"
#include "tests/e2e/cluster.h"
#include "tests/e2e/serf.h"
#include "tests/support/pki.h"

namespace e2e {
namespace {

using Clock = std::chrono::steady_clock;
using sim::host::HostileDeed;
using sim::host::HostileOrder;
using syncer::Epoch;

constexpr std::uint64_t kHighest = std::numeric_limits<std::uint64_t>::max();
/// Each attack goes on for so long at least.
constexpr seconds kAttack{5};
constexpr seconds kRecovery{30};
/// What is said in the name of a voter while it is away.
constexpr std::uint64_t kDeedsAmidAbsence = 20;
constexpr double kVisibleWithin = 3.0;
constexpr long kMostMemory = 64 * 1024;  // KiB that an attack may take

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Attack {
  const char* row;  ///< of the table of attacks
  const char* name;
  HostileDeed deed;
  const char* region;
  Epoch epoch;
  std::uint32_t count = 1;
};

const Attack kAttacks[] = {
    {"C1", "highest epoch", HostileDeed::Heartbeat, "east", {kHighest, kHighest}},
    {"C2", "records of a region that is there", HostileDeed::Records, "east", {1, 9}, 20},
    {"C3", "takes the link and shows nothing", HostileDeed::Heartbeat, "east", {0, 1}},
    {"C5", "names of others", HostileDeed::Name, "east", {1, 1}},
    {"H4", "300 silent connections", HostileDeed::Silence, "east", {1, 1}, 300},
    {"H4", "300 slow connections", HostileDeed::Drip, "east", {1, 1}, 300},
    {"H6", "20000 records of a region of his own", HostileDeed::Records, "north", {1, 1}, 20'000},
    {"M1", "welcomes with a lie", HostileDeed::Welcome, "south", {kHighest / 4, 7}},
    {"M1", "redirects", HostileDeed::Redirect, "south", {1, 1}},
};
const Attack kEverything = {"-", "everything", HostileDeed::Storm, "east", {1, 1}, 50};

/// East and west, with what an attack on west, in the name of east, does to a registration in east.
class AttackedRegions : public testing::Test {
 protected:
  void start(const std::string& level, const std::function<std::vector<std::string>(const std::string&)>& flags) {
    level_ = level;
    for (const char* name : {"east", "west"}) {
      const std::vector<std::string> more = flags(name);
      registries_.push_back(std::make_unique<Registry>());
      std::vector<std::string> all =
          words(name, registries_.back()->sc.origin(), syncers_.empty() ? "" : syncers_[0]->gossip);
      all.insert(all.end(), more.begin(), more.end());
      syncers_.push_back(std::make_unique<Syncer>(workplace_, all));
    }
    ASSERT_TRUE(eventually(seconds(30), [&] { return is_well(); })) << output();
    std::printf("-    %-12s %-38s registration visible after %.2f s\n", level.c_str(), "at rest", register_and_see());
  }
  void start(const std::string& level, const std::vector<std::string>& more) {
    start(level, [&](const std::string&) { return more; });
  }

  Syncer& east() { return *syncers_[0]; }
  Syncer& west() { return *syncers_[1]; }
  std::string output() { return east().process.output() + west().process.output(); }
  bool is_well() { return east().status("/ready") == "true" && west().status("/ready") == "true"; }

  HostileOrder order(const Attack& attack) {
    HostileOrder order;
    order.deed = attack.deed;
    order.region = attack.region;
    order.node = "hostile";
    order.epoch = attack.epoch;
    order.count = attack.count;
    order.gap = std::chrono::milliseconds(200);
    order.targets = {target_of(west(), "west"), target_of(east(), "east")};
    order.to = order.targets.front().rpc;
    return order;
  }

  /// Registers in east and waits until west shows it; the time it took, negative when it took too long.
  double register_and_see() {
    const std::string endpoint = "rest://10.1.0.1:" + std::to_string(++registered_);
    const auto begin = Clock::now();
    const Registered one(registries_[0]->sc, "orders", endpoint);
    const bool seen = eventually(kRecovery, [&] { return one.visible_in(registries_[1]->sc); });
    return seen ? seconds_since(begin) : -1;
  }

  /// One attack: what it does to registrations meanwhile and to the memory, and how long it takes to heal.
  void suffer(const Attack& attack) {
    const long before = west().process.resident_kib();
    double slowest = 0;
    {
      const Attacker attacker(order(attack));
      const auto begin = Clock::now();
      while (seconds_since(begin) < std::chrono::duration<double>(kAttack).count()) {
        const double took = register_and_see();
        ASSERT_GE(took, 0) << attack.name << "\n" << output();
        slowest = std::max(slowest, took);
      }
    }
    const auto end = Clock::now();
    ASSERT_TRUE(eventually(kRecovery, [&] { return is_well() && agree(); })) << attack.name << "\n"
                                                                             << east().status("") << "\n"
                                                                             << west().status("") << "\n"
                                                                             << output();
    const double healed = seconds_since(end);
    const long grown = west().process.resident_kib() - before;
    std::printf("%-4s %-12s %-38s registration visible after %.2f s at most, %+ld KiB, well %.1f s after it ended\n",
                attack.row, level_.c_str(), attack.name, slowest, grown, healed);
    std::fflush(stdout);
    EXPECT_TRUE(east().process.running() && west().process.running()) << attack.name << "\n" << output();
    EXPECT_LE(grown, kMostMemory) << attack.name;
    if (level_ != kOpen) {
      EXPECT_LE(slowest, kVisibleWithin) << attack.name;
    }
  }

  /// Both registries show the same, and what was registered last; what was registered long ago has lost its lease.
  bool agree() {
    const auto shown = registries_[0]->sc.endpoints("orders");
    return shown == registries_[1]->sc.endpoints("orders") &&
           shown.count("rest://10.1.0.1:" + std::to_string(registered_)) == 1;
  }

  static constexpr const char* kOpen = "open";

  Workplace workplace_;
  std::string level_;
  std::vector<std::unique_ptr<Registry>> registries_;
  std::vector<std::unique_ptr<Syncer>> syncers_;
  std::size_t registered_ = 0;
};

TEST_F(AttackedRegions, WithoutAKeyLiveOnAndHealSoon) {
  start(kOpen, {"--sync.hold", "10s"});
  for (const Attack& attack : kAttacks) suffer(attack);
}

TEST_F(AttackedRegions, WithoutAKeyLiveOnWhateverIsSaid) {
  start(kOpen, {"--sync.hold", "10s"});
  suffer(kEverything);
}

TEST_F(AttackedRegions, WithAKeyBelieveNothingAndGoOn) {
  start("key", {"--gossip.keyring-file", keyring_file(workplace_, "keyring.json", kKey32)});
  for (const Attack& attack : kAttacks) suffer(attack);
  suffer(kEverything);
  EXPECT_EQ(west().status("/members").find("hostile"), std::string::npos);
  EXPECT_EQ(west().status("/epoch"), "\"1.1\"") << "nobody made it open another one";
}

TEST_F(AttackedRegions, WithCertificatesBelieveNothingAndGoOn) {
  test::Pki pki;
  start("certificates", [&](const std::string& region) {
    const auto files = pki.make(test::identity(region));
    return std::vector<std::string>{"--tls.ca-file",  files.ca,  "--tls.cert-file", files.certificate,
                                    "--tls.key-file", files.key, "--sync.hold",     "10s"};
  });
  for (const Attack& attack : kAttacks) suffer(attack);
  suffer(kEverything);
  EXPECT_EQ(west().status("/epoch"), "\"1.1\"") << "nobody made it open another one";
}

/// Puts an instance of an application into a registry, with an id and properties of its own choice.
void register_as(const ServiceCenter& sc, const std::string& service, const std::string& id,
                 const std::string& properties) {
  const std::string body = R"({"instance":{"instanceId":")" + id +
                           R"(","hostName":"h","endpoints":["rest://10.9.9.9:1"],"properties":)" + properties + "}}";
  const auto answer =
      test::request("POST", sc.origin(), "/v4/default/registry/microservices/" + service + "/instances", body);
  ASSERT_TRUE(answer && answer->status == 200) << (answer ? answer->body : "no answer");
}

TEST_F(AttackedRegions, OutliveWhatApplicationsSayInTheirRegistry) {
  namespace sc = syncer::registry::servicecenter;
  for (const bool sealed : {false, true}) {
    SCOPED_TRACE(sealed ? "with a key" : "without a key");
    syncers_.clear();
    registries_.clear();
    registered_ = 0;
    start(sealed ? "key" : kOpen,
          sealed ? std::vector<std::string>{"--gossip.keyring-file", keyring_file(workplace_, "k.json", kKey32)}
                 : std::vector<std::string>{});
    const std::string service = registries_[0]->sc.register_service("liar");
    const std::string epoch = "18446744073709551615.18446744073709551615";
    register_as(registries_[0]->sc, service, sc::copy_id_of("forged"),
                R"({"syncer.region":"west","syncer.instance":"x","syncer.epoch":")" + epoch + R"("})");
    register_as(registries_[0]->sc, service, "plain",
                R"({"syncer.region":"west","syncer.epoch":")" + epoch + R"(","syncer.canary":"west"})");
    // The marks count at the next start.
    east().process.signal(SIGKILL);
    east().process.wait_for_exit(seconds(10));
    std::vector<std::string> all = words("east", registries_[0]->sc.origin(), west().gossip);
    if (sealed) all.insert(all.end(), {"--gossip.keyring-file", workplace_.path() + "/k.json"});
    syncers_[0] = std::make_unique<Syncer>(workplace_, all);
    EXPECT_TRUE(eventually(kRecovery, [&] { return is_well(); })) << east().status("") << output();
    EXPECT_GE(register_and_see(), 0) << output();
    EXPECT_EQ(registries_[1]->sc.endpoints("liar").count("rest://10.9.9.9:1"), 1U) << "the plain one is mirrored";
    if (sealed) {
      EXPECT_EQ(registries_[0]->sc.all_endpoints("liar").size(), 2U) << "it is nobody's to remove";
    }
  }
}

TEST(AttackedClusters, KeepALeaderWhateverStrangersSayOnTheClusterPort) {
  const Workplace workplace;
  const std::string host = "127.30.192.91";
  const Registry registry({host + ":30100"});
  Cluster cluster(workplace, host, "east", host + ":30190", 1);
  ASSERT_TRUE(eventually(seconds(30), [&] { return cluster.leader().has_value(); })) << cluster.output();
  for (const HostileDeed deed : {HostileDeed::Term, HostileDeed::Append, HostileDeed::List, HostileDeed::Snapshot,
                                 HostileDeed::Transfer, HostileDeed::Storm}) {
    HostileOrder order;
    order.deed = deed;
    order.region = "east";
    order.node = "hostile";
    order.epoch = {1, (std::uint64_t{1} << 62U) - 1};
    order.count = 20;
    order.gap = std::chrono::milliseconds(200);
    for (int i = 0; i < 3; ++i) {
      order.targets.push_back(
          target_of(cluster.syncer(static_cast<std::size_t>(i)), "east", host + ":3020" + std::to_string(i + 1)));
    }
    auto attacker = std::make_unique<Attacker>(std::move(order));
    // In the name of one that is away there is nobody to contradict.
    const std::size_t away = *cluster.leader() == 2 ? 1 : 2;
    cluster.kill(away);
    const std::uint64_t before = attacker->deeds();
    ASSERT_TRUE(eventually(kRecovery, [&] { return attacker->deeds() >= before + kDeedsAmidAbsence; }));
    cluster.start(away);
    const std::size_t leader = cluster.leader().value_or(0);
    cluster.kill(leader);
    cluster.start(leader);
    attacker.reset();
    const auto end = Clock::now();
    EXPECT_TRUE(eventually(kRecovery, [&] {
      return cluster.leader() && cluster.syncer(*cluster.leader()).status("/group/voters/2/state") != "";
    })) << cluster.output();
    std::printf("C4   open     deed %d: a leader %.1f s after it ended\n", static_cast<int>(deed), seconds_since(end));
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      EXPECT_TRUE(cluster.syncer(i).process.running()) << cluster.output();
    }
  }
}

}  // namespace
}  // namespace e2e
