// SPDX-License-Identifier: Apache-2.0
// The operator's exercise: prepared faults, and what status, readiness and explain say of them. Nobody may have to read
// a log to find out.
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "tests/e2e/region.h"
#include "tests/support/pki.h"

namespace e2e {
namespace {

using Words = std::vector<std::string>;

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Faults are noticed and named within this.
constexpr seconds kNoticed{15};

class Operator : public testing::Test {
 protected:
  struct Ended {
    int code;
    std::string output;
  };
  Ended run(const Syncer& syncer, Words line) {
    line.insert(line.begin(), syncer_program());
    Process process(line + Words{"--admin", syncer.admin}, workplace_.environment());
    const int code = process.wait_for_exit(seconds(15)).value_or(-1);
    return {code, process.output()};
  }

  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

  /// `status --check` and `/readyz` are not green and name the cause.
  void expect_named(const Syncer& syncer, const std::string& cause) {
    std::string status;
    std::string ready;
    EXPECT_TRUE(eventually(kNoticed,
                           [&] {
                             const Ended checked = run(syncer, {"status", "--check"});
                             status = checked.output;
                             const auto answer = test::request("GET", "http://" + syncer.metrics, "/readyz?verbose");
                             ready = answer ? answer->body : "";
                             return checked.code == 4 && has(status, cause) && answer && answer->status == 503 &&
                                    has(ready, cause);
                           }))
        << "status:\n"
        << status << "\nreadyz:\n"
        << ready << "\n"
        << syncer.process.output();
  }
  /// `explain` of an instance that is missing somewhere names the hop.
  void expect_hop(const Syncer& syncer, const std::string& what, const std::string& hop) {
    std::string told;
    EXPECT_TRUE(eventually(kNoticed, [&] {
      told = run(syncer, {"explain", what}).output;
      return has(told, hop);
    })) << told;
  }
  static void kill(Syncer& syncer) {
    syncer.process.signal(SIGKILL);
    syncer.process.wait_for_exit(seconds(10));
  }
  /// The daemon ends and says why; who asks for it is told that nothing runs there.
  void expect_no_start(const Words& flags, const std::string& cause, const Words& target) {
    Process daemon(Words{syncer_program(), "daemon"} + flags, workplace_.environment());
    EXPECT_EQ(daemon.wait_for_exit(kNoticed), 1) << daemon.output();
    EXPECT_TRUE(has(daemon.output(), cause)) << daemon.output();
    Process status(Words{syncer_program(), "status"} + target, workplace_.environment());
    EXPECT_EQ(status.wait_for_exit(seconds(10)), 3) << status.output();
  }
  static void fault(const Registry& registry, const std::string& text) {
    ASSERT_EQ(test::request("POST", registry.sc.origin(), "/mock/faults", text)->status, 200) << text;
  }
  std::string file(const std::string& name, const std::string& text) const {
    const std::string path = workplace_.path() + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0600);
    return path;
  }

  Workplace workplace_;
};

TEST_F(Operator, APortThatIsBlockedOneWay) {
  const Workplace blocked;
  const std::string ports = blocked.path() + "/ports";
  Registry first;
  const Syncer east(blocked, words("east", first.sc.origin()),
                    {"LD_PRELOAD=" SYNCER_BLOCKED_PORT, "SYNCER_TEST_BLOCKED=" + ports});
  // East cannot reach west's data port; west reaches east.
  const std::string port = std::to_string(20000 + ::getpid() % 10000);
  std::ofstream(ports) << port << "\n";
  Registry second;
  Words west_words = words("west", second.sc.origin(), east.rpc);
  *(std::find(west_words.begin(), west_words.end(), "--rpc-addr") + 1) = "127.0.0.1:" + port;
  const Syncer west(workplace_, west_words);
  const Registered cart(first.sc, "cart", "rest://10.1.0.1:80");
  expect_named(east, "no link to 127.0.0.1:" + port);
  expect_hop(east, "cart", "sent to west: no link to 127.0.0.1:" + port);
  std::ofstream(ports) << "";
  EXPECT_TRUE(eventually(seconds(30), [&] { return cart.visible_in(second.sc); }));
}

TEST_F(Operator, AWrongAddressToJoinBy) {
  Region east(workplace_, "east");
  Registry second;
  const Syncer west(workplace_, words("west", second.sc.origin(), "127.0.0.1:1"));
  const Registered cart(east.registry.sc, "cart", "rest://10.1.0.1:80");
  expect_named(west, "join 127.0.0.1:1");
  expect_hop(east.syncer, "cart", "sent: no other region is known here");
}

TEST_F(Operator, AKeyThatOneSideLacks) {
  const std::string ring = file("keyring", "[\"c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IDEyMzQ=\"]");
  Registry first;
  const Syncer east(workplace_, words("east", first.sc.origin()) + Words{"--gossip.keyring-file", ring});
  Registry second;
  const Syncer west(workplace_, words("west", second.sc.origin(), east.rpc));
  const Registered cart(first.sc, "cart", "rest://10.1.0.1:80");
  expect_named(west, "join " + east.rpc);
  expect_hop(east, "cart", "sent: no other region is known here");
}

TEST_F(Operator, ACertificateThatHasExpired) {
  test::Pki pki;
  const auto flags = [&](const std::string& region, int days) {
    const auto files = pki.make(test::identity(region), days);
    return Words{"--tls.ca-file",  files.ca,  "--tls.cert-file", files.certificate,
                 "--tls.key-file", files.key, "--tls.mode",      "required"};
  };
  Registry first;
  const Syncer east(workplace_, words("east", first.sc.origin()) + flags("east", 100));
  Registry second;
  const Words west_words = words("west", second.sc.origin(), east.rpc);
  Syncer west(workplace_, west_words + flags("west", 100));
  const Registered till(first.sc, "till", "rest://10.1.0.9:80");
  ASSERT_TRUE(eventually(seconds(30), [&] { return till.visible_in(second.sc); })) << west.process.output();
  kill(west);
  const Registered cart(first.sc, "cart", "rest://10.1.0.1:80");
  // Nobody would believe it, so it does not begin; the other side says what is missing.
  expect_no_start(west_words + flags("west", -1), "has expired", {"--node", "west"});
  expect_named(east, "region west");
  expect_hop(east, "cart", "sent to west: no link to ");
}

TEST_F(Operator, ARecordThatTheRegistryRejects) {
  Region east(workplace_, "east");
  Region west(workplace_, "west", east.syncer.rpc);
  ASSERT_TRUE(eventually(seconds(20), [&] { return west.syncer.status("/ready") == "true"; }));
  fault(west.registry, R"({"fault":"fail","rate":"100%","with":[{"status":400}],"ops":["register_instance"]})");
  const Registered cart(east.registry.sc, "cart", "rest://10.1.0.1:80");
  expect_named(west.syncer, "is refused");
  expect_hop(east.syncer, "cart", "written: the registry refuses it");
}

TEST_F(Operator, ADiskThatIsFull) {
  const std::string disk = workplace_.path() + "/disk";
  ASSERT_EQ(::mkdir(disk.c_str(), 0700), 0);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=256k") != 0) GTEST_SKIP() << "only root can mount a small disk";
  {
    Region east(workplace_, "east");
    Registry second;
    const Words west_words = words("west", second.sc.origin(), east.syncer.rpc) + Words{"--data-dir", disk + "/west"};
    Syncer west(workplace_, west_words);
    const Registered till(east.registry.sc, "till", "rest://10.1.0.9:80");
    EXPECT_TRUE(eventually(seconds(30), [&] { return till.visible_in(second.sc); })) << west.process.output();
    kill(west);
    std::ofstream(disk + "/filler") << std::string(512U << 10U, 'x');
    const Registered cart(east.registry.sc, "cart", "rest://10.1.0.1:80");
    expect_no_start(west_words, "No space left on device", {"--data-dir", disk + "/west"});
    expect_named(east.syncer, "region west");
    expect_hop(east.syncer, "cart", "sent to west: no link to ");
  }
  ::umount(disk.c_str());
}

TEST_F(Operator, AFilterThatHides) {
  Region east(workplace_, "east");
  Region west(workplace_, "west", east.syncer.rpc);
  const Registered hidden(east.registry.sc, "KIE", "rest://10.1.0.1:80");
  // What an operator configured is no trouble: it is shown, and it is the hop.
  EXPECT_TRUE(has(run(east.syncer, {"status"}).output, "not mirrored: ")) << run(east.syncer, {"status"}).output;
  expect_hop(west.syncer, "KIE", "filter: it is given to no other region: registry.exclude-services names \"KIE\"");
}

TEST_F(Operator, ARegistryThatTwoRegionsShare) {
  Registry shared;
  const Syncer east(workplace_, words("east", shared.sc.origin()));
  const Syncer west(workplace_, words("west", shared.sc.origin(), east.rpc));
  expect_named(west, "region \"east\"");
  expect_named(east, "region \"west\"");
}

TEST_F(Operator, AGuardThatHolds) {
  Region east(workplace_, "east");
  Region west(workplace_, "west", east.syncer.rpc);
  std::vector<Registered> all;
  for (int i = 1; i <= 4; ++i) {
    all.emplace_back(east.registry.sc, "cart", "rest://10.1.0." + std::to_string(i) + ":80");
  }
  ASSERT_TRUE(eventually(seconds(30), [&] { return all.back().visible_in(west.registry.sc); }));
  ASSERT_EQ(test::request("POST", east.registry.sc.origin(), "/mock/data-loss")->status, 200);
  expect_named(east.syncer, "guard: memory-lost");
  expect_hop(west.syncer, "cart", "guard: the guard holds its removal: memory-lost");
}

TEST_F(Operator, ARegistryThatIsTooSlow) {
  Region east(workplace_, "east");
  Region west(workplace_, "west", east.syncer.rpc);
  ASSERT_TRUE(eventually(seconds(20), [&] { return west.syncer.status("/ready") == "true"; }));
  fault(west.registry, R"({"fault":"slow","latency":"20s"})");
  expect_named(west.syncer, "it does not answer");
  const Registered cart(east.registry.sc, "cart", "rest://10.1.0.1:80");
  expect_hop(east.syncer, "cart", "written: ");
}

}  // namespace
}  // namespace e2e
