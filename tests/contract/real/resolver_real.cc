// SPDX-License-Identifier: Apache-2.0
#include <netdb.h>

#include "syncer/net/addresses.h"
#include "syncer/net/resolver.h"
#include "tests/contract/real/loop_world.h"

namespace contract {
namespace {

using syncer::net::Resolver;
using syncer::net::split_host_port;

/// A machine as bare as a fresh debootstrap has no /etc/hosts, and so no name at all that is sure to resolve.
bool knows_localhost() {
  addrinfo* found = nullptr;
  const bool known = getaddrinfo("localhost", nullptr, nullptr, &found) == 0;
  if (known) freeaddrinfo(found);
  return known;
}

TEST(Resolver, FindsTheAddressesOfANameAndKeepsThePort) {
  if (!knows_localhost()) GTEST_SKIP() << "this machine does not know \"localhost\": add it to /etc/hosts";
  syncer::net::Loop loop;
  std::vector<syncer::Endpoint> found;
  Resolver resolver(
      loop, {"localhost:30190", "10.0.0.10:30191"}, [&](auto all) { found = std::move(all); },
      [](const auto&, const auto&) {});
  ASSERT_TRUE(loop.run_until([&] { return found.size() >= 2; }, loop.now() + std::chrono::seconds(20)));
  const auto has = [&](const char* text) {
    return std::find(found.begin(), found.end(), *syncer::parse_endpoint(text)) != found.end();
  };
  EXPECT_TRUE(has("127.0.0.1:30190") || has("[::1]:30190"));
  EXPECT_TRUE(has("10.0.0.10:30191"));
}

TEST(Resolver, ANameThatDoesNotExistIsReportedAndTriedAgain) {
  syncer::net::Loop loop;
  std::vector<std::string> failed;
  Resolver resolver(
      loop, {"no-such-host.invalid:1"}, [](const auto&) {},
      [&](const auto& target, const auto& reason) { failed.push_back(target + ": " + reason); });
  ASSERT_TRUE(loop.run_until([&] { return failed.size() >= 2; }, loop.now() + std::chrono::seconds(60)));
  EXPECT_EQ(failed[0].rfind("no-such-host.invalid:1: ", 0), 0U) << failed[0];
}

TEST(Resolver, TextsWithoutHostOrPortAreRefused) {
  EXPECT_TRUE(split_host_port("sc.example:30190"));
  EXPECT_EQ(split_host_port("[::1]:30190")->first, "::1");
  for (const char* text :
       {"sc.example", ":30190", "sc.example:", "sc.example:0", "sc.example:70000", "::1:30190", ""}) {
    EXPECT_FALSE(split_host_port(text)) << text;
  }
}

TEST(Interfaces, ThisMachineHasAName) { EXPECT_FALSE(syncer::net::host_name().empty()); }

}  // namespace
}  // namespace contract
