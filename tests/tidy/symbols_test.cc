// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <memory>
#include <regex>
#include <string>

namespace tidy {
namespace {

/// Undefined symbols of an archive, as nm prints them.
std::string undefined_symbols(const std::string& archive) {
  const std::string command = "nm --undefined-only " SYNCER_BUILD_DIR "/" + archive + " 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) text.append(buffer.data(), n);
  return text;
}

class CoreLibrary : public testing::TestWithParam<const char*> {};

// The source check can be fooled by a macro or a library; the linker's view cannot.
TEST_P(CoreLibrary, TouchesNoClockThreadSocketOrEnvironment) {
  const std::string symbols = undefined_symbols(GetParam());
  ASSERT_NE(symbols.find(".o:"), std::string::npos) << "nm cannot read " << GetParam() << ": " << symbols;
  static const std::regex banned(
      R"( U (clock_gettime|gettimeofday|time|nanosleep|usleep|getenv|secure_getenv|pthread_create|socket|connect|bind|)"
      R"(send|sendto|recv|recvfrom|open|fopen|rand|srand|random|getrandom|_ZNSt6chrono3_V2\S*now\S*|)"
      R"(_ZNSt6thread\S*|_ZNSt13random_device\S*)(@\S*)?\n)");
  std::smatch found;
  EXPECT_FALSE(std::regex_search(symbols, found, banned)) << GetParam() << " refers to " << found[1];
}

INSTANTIATE_TEST_SUITE_P(Symbols, CoreLibrary,
                         testing::Values("syncer/base/libsyncer_base.a", "syncer/ports/libsyncer_ports.a",
                                         "syncer/membership/libsyncer_membership.a",
                                         "syncer/replication/libsyncer_replication.a", "syncer/raft/libsyncer_raft.a",
                                         "syncer/crypto/libsyncer_crypto.a", "syncer/wire/libsyncer_wire.a",
                                         "syncer/json/libsyncer_json.a", "syncer/registry/libsyncer_registry.a",
                                         "syncer/policy/libsyncer_policy.a",
                                         "syncer/registry/servicecenter/libsyncer_registry_servicecenter.a",
                                         "syncer/registry/eureka/libsyncer_registry_eureka.a",
                                         "syncer/registry/nacos/libsyncer_registry_nacos.a",
                                         "syncer/gossip/libsyncer_gossip.a", "syncer/peering/libsyncer_peering.a",
                                         "syncer/catalog/libsyncer_catalog.a", "syncer/cluster/libsyncer_cluster.a",
                                         "syncer/node/libsyncer_node.a", "mocksc/fault/libmocksc_fault.a",
                                         "mocksc/eureka/libmocksc_eureka.a", "mocksc/nacos/libmocksc_nacos.a",
                                         "mocksc/servicecenter/libmocksc_servicecenter.a"));

}  // namespace
}  // namespace tidy
