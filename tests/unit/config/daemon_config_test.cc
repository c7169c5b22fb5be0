// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/daemon_config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "syncer/config/addresses.h"
#include "syncer/config/file.h"
#include "syncer/config/former_name.h"

namespace syncer::config {
namespace {

std::optional<std::string> nothing_set(const std::string& name) {
  if (name == "XDG_STATE_HOME") return "/state";
  return std::nullopt;
}

/// Assembles from flags given as key, value, key, value …
Result<DaemonConfig> from_flags(const std::vector<std::pair<std::string, std::string>>& flags) {
  Values values;
  for (const auto& [key, text] : flags) values[key] = {text, "--" + key};
  return assemble(merge(values, nothing_set, {}), nothing_set);
}

std::string error_of(const std::vector<std::pair<std::string, std::string>>& flags) {
  const auto config = from_flags(flags);
  return config ? "no error" : to_string(config.error());
}

TEST(DaemonConfig, TheQuickStartCommandOfTheFirstMachineIsComplete) {
  const auto config = from_flags(
      {{"sc-addr", "http://10.0.0.10:30100"}, {"bind-addr", "10.0.0.10:30190"}, {"rpc-addr", "10.0.0.10:30191"}});
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->node.registry.addresses, std::vector<std::string>{"http://10.0.0.10:30100"});
  EXPECT_EQ(to_string(config->node.gossip_address), "10.0.0.10:30190");
  EXPECT_EQ(to_string(config->node.rpc_address), "10.0.0.10:30191");
  EXPECT_EQ(config->node.region, config->node.node) << "in single mode the node is the region";
  EXPECT_NE(config->node.node.find("-10.0.0.10-30190"), std::string::npos) << config->node.node;
  EXPECT_EQ(config->data_dir, "/state/syncer/" + config->node.node) << "daemons on one machine never share state";
  ASSERT_EQ(config->warnings.size(), 1U) << "unencrypted on a network";
  EXPECT_NE(config->warnings.front().find("this pool is open"), std::string::npos) << config->warnings.front();
}

TEST(DaemonConfig, ACertificateIsThreeFiles) {
  const auto none = from_flags({});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->node.certificates, CertificateRule::Off);
  std::vector<std::pair<std::string, std::string>> flags = {
      {"tls.ca-file", "ca.pem"}, {"tls.cert-file", "own.pem"}, {"tls.key-file", "own-key.pem"}};
  const auto whole = from_flags(flags);
  ASSERT_TRUE(whole) << to_string(whole.error());
  EXPECT_EQ(whole->node.certificates, CertificateRule::Required) << "unless told otherwise";
  EXPECT_EQ(whole->tls_files.certificate, "own.pem");
  EXPECT_TRUE(whole->warnings.empty()) << whole->warnings.front();
  EXPECT_EQ(error_of({flags[0], flags[1]}), "--tls.cert-file: needs tls.key-file as well");
  EXPECT_EQ(error_of({flags[2]}), "--tls.key-file: needs tls.cert-file as well");
  EXPECT_EQ(error_of({{"tls.mode", "optional"}}), "--tls.mode: needs tls.key-file as well");
  EXPECT_EQ(error_of({{"tls.deny-file", "deny"}}), "--tls.deny-file: needs tls.key-file as well");
  flags.emplace_back("tls.mode", "optional");
  const auto moving = from_flags(flags);
  ASSERT_TRUE(moving);
  EXPECT_EQ(moving->node.certificates, CertificateRule::Optional);
  ASSERT_EQ(moving->warnings.size(), 2U) << "nothing is protected yet";
  EXPECT_NE(moving->warnings[0].find("tls.mode is optional"), std::string::npos);
  flags.back().second = "sometimes";
  EXPECT_NE(error_of(flags).find("--tls.mode: \"sometimes\" is not one of optional required"), std::string::npos);
}

/// A place for data folders of its own.
class FormerNames : public testing::Test {
 protected:
  FormerNames() { std::filesystem::remove_all(root_); }
  ~FormerNames() override { std::filesystem::remove_all(root_); }

  void leave_folder(const std::string& name, const std::string& bind = "10.0.0.10:30190") {
    const std::string folder = root_ + "/syncer/" + name;
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/NAME") << to_text({name, bind, "http://10.0.0.10:30100"});
  }
  Result<DaemonConfig> assemble_with(std::vector<std::pair<std::string, std::string>> flags) {
    Values values;
    flags.insert(flags.end(), {{"sc-addr", "http://10.0.0.10:30100"}, {"bind-addr", "10.0.0.10:30190"}});
    for (const auto& [key, text] : flags) values[key] = {text, "--" + key};
    const auto environment = [this](const std::string& name) {
      return name == "XDG_STATE_HOME" ? std::optional(root_) : std::nullopt;
    };
    return assemble(merge(values, environment, {}), environment);
  }

  const std::string root_ = testing::TempDir() + "syncer-former-names";
};

TEST_F(FormerNames, AreKeptWhenTheMachineIsCalledOtherwise) {
  leave_folder("old-10.0.0.10-30190");
  leave_folder("other-10.0.0.10-30195", "10.0.0.10:30195");
  const auto config = assemble_with({});
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->node.node, "old-10.0.0.10-30190");
  EXPECT_EQ(config->node.region, "old-10.0.0.10-30190");
  EXPECT_EQ(config->data_dir, root_ + "/syncer/old-10.0.0.10-30190");
  EXPECT_NE(config->warnings.front().find("keeps the name \"old-10.0.0.10-30190\""), std::string::npos);
}

TEST_F(FormerNames, AreAskedForWhenThereAreSeveral) {
  leave_folder("old-10.0.0.10-30190");
  leave_folder("older-10.0.0.10-30190");
  const auto config = assemble_with({});
  ASSERT_FALSE(config);
  EXPECT_NE(to_string(config.error()).find("choose with --node"), std::string::npos) << to_string(config.error());
  EXPECT_EQ(assemble_with({{"node", "older-10.0.0.10-30190"}})->node.node, "older-10.0.0.10-30190");
}

TEST_F(FormerNames, OfAGivenDataFolderCountToo) {
  leave_folder("old");
  EXPECT_EQ(assemble_with({{"data-dir", root_ + "/syncer/old"}})->node.node, "old");
  EXPECT_EQ(assemble_with({{"data-dir", root_ + "/syncer/old"}, {"node", "new"}})->node.node, "new");
}

TEST_F(FormerNames, AreReadBackAndDamageIsSaid) {
  leave_folder("old");
  EXPECT_EQ(read_former_name(root_ + "/syncer/old").value(),
            (FormerName{"old", "10.0.0.10:30190", "http://10.0.0.10:30100"}));
  EXPECT_EQ(read_former_name(root_ + "/syncer/none").value(), std::nullopt);
  std::ofstream(root_ + "/syncer/old/NAME") << "x";
  EXPECT_EQ(read_former_name(root_ + "/syncer/old").error().code, ErrorCode::Corrupt);
  EXPECT_FALSE(assemble_with({{"data-dir", root_ + "/syncer/old"}}));
}

TEST(DaemonConfig, WithoutAnyFlagTheDefaultsHold) {
  const auto config = from_flags({});
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(to_string(config->bind), "0.0.0.0:30190");
  EXPECT_EQ(to_string(config->rpc_bind), "0.0.0.0:30191");
  EXPECT_FALSE(config->node.gossip_address.is_unspecified()) << "a wildcard cannot be advertised";
  EXPECT_EQ(config->node.gossip_address.port, 30190);
}

TEST(DaemonConfig, TheAdvertisedAddressCanBeChosen) {
  const auto config = from_flags({{"advertise-addr", "192.0.2.7"}, {"rpc.address", "192.0.2.8:40000"}});
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(to_string(config->node.gossip_address), "192.0.2.7:30190");
  EXPECT_EQ(to_string(config->node.rpc_address), "192.0.2.8:40000");
  EXPECT_NE(error_of({{"advertise-addr", "0.0.0.0"}}), "no error");
}

TEST(DaemonConfig, AnAddressOfEachFamilyCanBeAdvertised) {
  const std::vector<std::pair<std::string, std::string>> both = {
      {"advertise-addr", "2001:db8::7, 192.0.2.7"}, {"bind-addr", "[::]:1"}, {"rpc-addr", "[::]:2"}};
  const auto config = from_flags(both);
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(to_string(config->node.gossip_address), "[2001:db8::7]:1");
  EXPECT_EQ(to_string(config->node.rpc_address), "[2001:db8::7]:2");
  EXPECT_EQ(config->node.second_host, "192.0.2.7");
  const auto with = [&](const std::string& key, const std::string& value) {
    auto changed = both;
    changed.emplace_back(key, value);
    return error_of(changed);
  };
  EXPECT_NE(with("advertise-addr", "192.0.2.7,192.0.2.8").find("one of IPv4 and one of IPv6"), std::string::npos);
  EXPECT_NE(with("advertise-addr", "192.0.2.7,nowhere").find("\"nowhere\" is not"), std::string::npos);
  EXPECT_NE(with("rpc-addr", "0.0.0.0:2").find("[::]"), std::string::npos);
}

TEST(DaemonConfig, SeveralServiceCentersAreNormalisedAndCountedOnce) {
  const auto config = from_flags({{"sc-addr", "10.0.0.10:30100, HTTP://10.0.0.10:30100/,https://sc.example"}});
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->node.registry.addresses,
            (std::vector<std::string>{"http://10.0.0.10:30100", "https://sc.example:443"}));
}

TEST(DaemonConfig, TheSyncersOfAClusterShareTheNameThatTheirRegistryGives) {
  const auto config = from_flags({{"mode", "cluster"}, {"sc-addr", "http://10.0.0.10:30100"}});
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->node.region, "10.0.0.10:30100");
  EXPECT_EQ(config->cluster_bind->port, 30192);
  EXPECT_NE(error_of({{"mode", "cluster"}}).find("give --cluster-name"), std::string::npos)
      << "a loopback registry names no region: " << error_of({{"mode", "cluster"}});
  EXPECT_NE(error_of({{"mode", "clutser"}}).find("--mode: "), std::string::npos) << error_of({{"mode", "clutser"}});
}

TEST(DaemonConfig, AnErrorNamesWhereTheValueCameFrom) {
  EXPECT_EQ(error_of({{"bind-addr", "10.0.0.10"}}).rfind("--bind-addr: ", 0), 0U)
      << error_of({{"bind-addr", "10.0.0.10"}});
  EXPECT_EQ(error_of({{"sync.hold", "120"}}).rfind("--sync.hold: sync.hold: ", 0), 0U)
      << error_of({{"sync.hold", "120"}});
  EXPECT_EQ(error_of({{"join-addr", "sc.example"}}).rfind("--join-addr: ", 0), 0U);
  EXPECT_EQ(error_of({{"log.level", "inof"}}),
            "--log.level: \"inof\" is not one of trace debug info warning error, did you mean \"info\"?");
  EXPECT_EQ(error_of({{"node", ".."}}), "--node: \"..\" cannot be a name");
  EXPECT_EQ(error_of({{"rpc-addr", "0.0.0.0:30190"}}), "--rpc-addr: must differ from --bind-addr");
  EXPECT_EQ(error_of({{"sync.heartbeat", "1m"}}).rfind("sync.silence: ", 0), 0U)
      << error_of({{"sync.heartbeat", "1m"}});
}

TEST(DaemonConfig, CommandsComeOverASocketUnlessSomebodyGivesAToken) {
  const auto config = from_flags({{"node", "a"}});
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->admin.socket, "/state/syncer/a/admin.socket");
  EXPECT_FALSE(config->admin.commands || config->admin.read_only);
  const std::string error = error_of({{"node", "a"}, {"admin-addr", "127.0.0.1:0"}});
  for (const char* part : {"--admin-addr: ", "--admin.token-file", "/state/syncer/a/admin.socket", "--metrics-addr"}) {
    EXPECT_NE(error.find(part), std::string::npos) << part << " is not in: " << error;
  }
  const auto tcp = from_flags({{"bind-addr", "127.0.0.1:1"},
                               {"admin-addr", "10.0.0.10:1"},
                               {"admin.token-file", "/t"},
                               {"metrics-addr", "0.0.0.0:9100"},
                               {"admin.socket", "/run/s"},
                               {"admin.socket-group", "adm"}});
  ASSERT_TRUE(tcp) << to_string(tcp.error());
  EXPECT_EQ(to_string(*tcp->admin.commands), "10.0.0.10:1");
  EXPECT_EQ(to_string(*tcp->admin.read_only), "0.0.0.0:9100");
  EXPECT_EQ(tcp->admin.group, "adm");
  ASSERT_EQ(tcp->warnings.size(), 1U);
  EXPECT_NE(tcp->warnings.front().find("in clear text"), std::string::npos) << tcp->warnings.front();
}

TEST(DaemonConfig, AVariableThatMeansNothingIsAWarning) {
  const auto warnings = unknown_variables({"PATH", "SYNCER_SC_ADDR", "SYNCER_CONFIG", "SYNCER_SC_ADR"});
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings.front().find("SYNCER_SC_ADR means nothing"), std::string::npos) << warnings.front();
  EXPECT_NE(warnings.front().find("did you mean \"SYNCER_SC_ADDR\"?"), std::string::npos) << warnings.front();
}

TEST(DaemonConfig, AGroupNeedsASocketThatItCanReach) {
  EXPECT_EQ(error_of({{"admin.socket-group", "adm"}}).rfind("--admin.socket-group: nobody else may enter", 0), 0U);
}

TEST(DaemonConfig, TheGossipProfileDecidesWhatNobodyGave) {
  const auto config = from_flags({{"gossip.profile", "wan"}, {"gossip.suspicion-mult", "4"}});
  ASSERT_TRUE(config) << to_string(config.error());
  const auto options = config->node.gossip.options();
  EXPECT_EQ(options.probe_interval, std::chrono::seconds(5));
  EXPECT_EQ(options.suspicion_mult, 4);
  const Values& shown = config->effective;
  EXPECT_EQ(shown.at("gossip.profile"), (Value{"wan", "--gossip.profile"}));
  EXPECT_EQ(shown.at("gossip.probe-interval"), (Value{"5s", "derived"}));
  EXPECT_EQ(shown.at("gossip.suspicion-mult"), (Value{"4", "--gossip.suspicion-mult"}));
  EXPECT_EQ(shown.at("gossip.fanout"), (Value{"4", "derived"}));
  EXPECT_EQ(shown.at("gossip.awareness-max"), (Value{"8", "default"})) << "the same in all profiles";
}

TEST(DaemonConfig, AKeyGoesBeforeTheGossipProfileEvenAcrossFileAndEnvironment) {
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    return name == "SYNCER_GOSSIP_PROFILE" ? std::optional<std::string>("wan") : nothing_set(name);
  };
  const auto file = parse_file(R"({"gossip": {"probe-interval": "4s", "tcp-ping": false}})", "f.json");
  ASSERT_TRUE(file) << to_string(file.error());
  const auto config = assemble(merge({}, environment, *file), environment);
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->node.gossip.options().probe_interval, std::chrono::seconds(4));
  EXPECT_FALSE(config->node.gossip.options().stream_pings);
  EXPECT_EQ(config->node.gossip.options().push_pull_interval, std::chrono::seconds(60));
}

TEST(DaemonConfig, AValueThatDoesNotFitTheGossipProfileIsRefused) {
  EXPECT_EQ(error_of({{"gossip.profile", "wan"}, {"gossip.probe-interval", "1s"}}),
            "gossip.probe-timeout: (3s) must not be longer than gossip.probe-interval (1s)");
  EXPECT_EQ(
      error_of({{"gossip.profile", "lam"}}).rfind("--gossip.profile: gossip.profile: \"lam\" is not a profile", 0), 0U);
}

TEST(DaemonConfig, HostNamesToJoinAreKeptForTheResolver) {
  const auto config = from_flags({{"join-addr", "10.0.0.11:30191,sync.example:30190"}});
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->node.join, std::vector<Endpoint>{Endpoint::v4(10, 0, 0, 11, 30191)});
  EXPECT_EQ(config->join, (std::vector<std::string>{"10.0.0.11:30191", "sync.example:30190"}));
}

TEST(DaemonConfig, PortZeroIsForTheSystemToChooseButNeedsAName) {
  EXPECT_TRUE(from_flags({{"bind-addr", "127.0.0.1:0"}, {"rpc-addr", "127.0.0.1:0"}, {"node", "a"}}));
  EXPECT_EQ(error_of({{"bind-addr", "127.0.0.1:0"}, {"rpc-addr", "127.0.0.1:0"}}),
            "--bind-addr: port 0 gives no stable name; give --node");
}

TEST(RegionName, ThreeSyncersOfOneServiceCenterDeriveTheSameName) {
  EXPECT_EQ(region_of({"http://b:1", "http://a:1"}).value(), region_of({"http://a:1", "http://b:1"}).value());
  EXPECT_EQ(region_of({"http://10.0.0.10:30100"}).value(), "10.0.0.10:30100");
  EXPECT_NE(region_of({"http://10.0.0.10:30100"}).value(), region_of({"http://10.0.0.11:30100"}).value());
  for (const char* origin : {"http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "http://0.0.0.0:1"}) {
    EXPECT_FALSE(region_of({origin})) << origin;
  }
}

TEST(Origins, TextsThatAreNoPlainUrlAreRefused) {
  for (const char* text : {"", "ftp://a:1", "http://", "http://u@a:1", "http://a:0", "http://::1", " , ", "+http://a:1",
                           "eureka+ftp://a:1", "http://a:1/x?y=1", "eureka+http://a:1,http://b:1"}) {
    EXPECT_FALSE(registry_urls(text)) << text;
  }
}

TEST(Origins, AKindAndAPathAreTakenOffAndPutBack) {
  const auto urls = registry_urls("Eureka+http://A:8761/Eureka/, eureka+https://b/Eureka,eureka+http://a:8761/Eureka");
  ASSERT_TRUE(urls) << to_string(urls.error());
  EXPECT_EQ(urls->kind, "eureka");
  EXPECT_EQ(urls->addresses, (std::vector<std::string>{"http://a:8761/Eureka", "https://b:443/Eureka"}));
  EXPECT_EQ(to_text(*urls), "eureka+http://a:8761/Eureka,eureka+https://b:443/Eureka");
  EXPECT_EQ(region_of(urls->addresses).value(), "a:8761+b:443");
}

TEST(Origins, AServiceCenterHasNoPath) {
  EXPECT_NE(error_of({{"sc-addr", "http://a:1/path"}}).find("has a path"), std::string::npos);
  EXPECT_NE(error_of({{"sc-addr", "http://user:secret@a:1"}}).find("registry.password-file"), std::string::npos);
}

TEST(Origins, TheUrlAndTheSettingNameOneKind) {
  EXPECT_NE(error_of({{"sc-addr", "eurka+http://a:1"}}).find("\"eurka\" is no known kind of registry"),
            std::string::npos);
  EXPECT_NE(error_of({{"sc-addr", "eureka+http://a:1/e"}, {"registry.kind", "servicecenter"}}).find("registry.kind is"),
            std::string::npos);
  using Flags = std::vector<std::pair<std::string, std::string>>;
  const Flags by_url = {{"sc-addr", "eureka+http://a:1/e"}};
  const Flags by_setting = {{"sc-addr", "http://a:1/e"}, {"registry.kind", "eureka"}};
  for (const Flags& given : {by_url, by_setting}) {
    const auto config = from_flags(given);
    ASSERT_TRUE(config) << to_string(config.error());
    EXPECT_EQ(config->node.registry.kind, "eureka");
    EXPECT_EQ(config->node.registry.addresses, std::vector<std::string>{"http://a:1/e"});
    EXPECT_EQ(config->effective.at("sc-addr").text, "eureka+http://a:1/e");
  }
}

TEST(DaemonConfig, ABridgeIsASecondSyncerOfARegionOfItsOwn) {
  const auto config = from_flags({{"sc-addr", "eureka+http://10.0.0.11:8761/eureka"},
                                  {"bridge", "nacos+http://10.0.0.12:8848/nacos"},
                                  {"bind-addr", "10.0.0.21:30190"},
                                  {"rpc-addr", "10.0.0.21:30191"},
                                  {"node", "site"},
                                  {"registry.user", "near"},
                                  {"registry.password-file", "/near"},
                                  {"bridge.user", "far"},
                                  {"bridge.password-file", "/far"},
                                  {"sync.hold", "7s"},
                                  {"join-addr", "10.0.0.9:30190"}});
  ASSERT_TRUE(config) << to_string(config.error());
  ASSERT_TRUE(config->bridge);
  const DaemonConfig& far = *config->bridge;
  EXPECT_EQ(config->node.registry.kind, "eureka");
  EXPECT_EQ(far.node.registry.kind, "nacos");
  EXPECT_EQ(far.node.registry.addresses, std::vector<std::string>{"http://10.0.0.12:8848/nacos"});
  EXPECT_EQ(far.node.node, "site-bridge");
  EXPECT_EQ(far.node.region, "site-bridge");
  EXPECT_EQ(to_string(far.node.gossip_address), "10.0.0.21:30195");
  EXPECT_EQ(to_string(far.node.rpc_address), "10.0.0.21:30196");
  EXPECT_EQ(far.node.registry.user, "far");
  EXPECT_EQ(far.node.registry.password_file, "/far");
  EXPECT_EQ(config->node.registry.user, "near");
  EXPECT_EQ(far.node.sync.hold, std::chrono::seconds(7)) << "what has no bridge. in front holds for both";
  EXPECT_TRUE(far.join.empty()) << "it joins by the near side";
  EXPECT_EQ(far.data_dir, config->data_dir + "/BRIDGE");
  const auto plain = from_flags({});
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->bridge);
}

TEST(DaemonConfig, ABridgeThatCannotStandIsRefusedWithItsPlace) {
  const std::pair<std::string, std::string> near = {"sc-addr", "http://10.0.0.10:30100"};
  const std::pair<std::string, std::string> far = {"bridge", "nacos+http://10.0.0.12:8848/nacos"};
  EXPECT_EQ(error_of({near, {"bridge", "http://10.0.0.10:30100"}}), "--bridge: is the registry of --sc-addr itself");
  EXPECT_EQ(error_of({near, far, {"mode", "cluster"}}).find("--bridge: needs --mode single"), 0U);
  EXPECT_EQ(error_of({near, far, {"node", "n"}, {"bridge.region", "n"}}),
            "--bridge.region: is the name of the region that the bridge begins in");
  EXPECT_EQ(error_of({near, far, {"bridge.rpc-addr", "0.0.0.0:30191"}}),
            "--bridge.rpc-addr: is the address of --rpc-addr");
  EXPECT_EQ(error_of({near, far, {"rpc-addr", "10.0.0.1:65534"}}),
            "--rpc-addr: leaves no port for the bridge; give --bridge.rpc-addr");
  EXPECT_EQ(error_of({near, far, {"tls.ca-file", "a"}, {"tls.cert-file", "b"}, {"tls.key-file", "c"}})
                .find("--bridge: needs --bridge.tls.cert-file"),
            0U);
  EXPECT_EQ(error_of({near, {"bridge", "zookeeper+http://h:1"}}).find("--bridge: \"zookeeper\" is no known kind"), 0U);
}

}  // namespace
}  // namespace syncer::config
