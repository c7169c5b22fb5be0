// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/tidy/source_tree.h"

namespace tidy {
namespace {

using Folders = std::set<std::string>;

const Folders kCores = {"syncer/membership", "syncer/replication", "syncer/raft"};
const Folders kWire = {"syncer/wire/frame", "syncer/wire/gossip", "syncer/wire/raft", "syncer/wire/sync"};
const Folders kBelow = {"syncer/base", "syncer/json", "syncer/ports"};
const Folders kRegistryKinds = {"syncer/registry/eureka", "syncer/registry/nacos", "syncer/registry/servicecenter"};
const Folders kSim = {"engine",
                      "fault",
                      "host",
                      "host/network",
                      "host/process",
                      "host/registry",
                      "scenario/values",
                      "scenario/language",
                      "scenario/run",
                      "check",
                      "explore",
                      "hunt",
                      "report",
                      "sweep",
                      "why",
                      "show",
                      "debug",
                      "real",
                      "real/namespaces",
                      "real/processes",
                      "real/registries",
                      "real/router",
                      "real/trace",
                      "cli"};
const Folders kAdapters = {"tls", "net", "httpio", "store", "admin", "config", "daemon", "cli"};

Folders operator+(Folders a, const Folders& b) {
  a.insert(b.begin(), b.end());
  return a;
}

Folders below(const std::string& folder, const Folders& names) {
  Folders paths;
  for (const std::string& name : names) paths.insert(folder + name);
  return paths;
}

/// Who may include whom, besides itself. The line of the architecture page, as data. The parts of a node never include
/// each other, nor do the kinds of registry: only syncer/node knows them all.
std::map<std::string, Folders> include_table() {
  std::map<std::string, Folders> table;
  table["syncer/base"] = {};
  table["syncer/ports"] = table["syncer/json"] = table["syncer/reference"] = {"syncer/base"};
  for (const std::string& core : kCores) table[core] = {"syncer/base"};
  table["syncer/registry"] = kBelow;
  table["syncer/crypto"] = {"syncer/base"};
  for (const std::string& kind : kRegistryKinds) table[kind] = kBelow + Folders{"syncer/registry"};
  table["syncer/wire/frame"] = {"syncer/base", "syncer/crypto"};
  table["syncer/wire/gossip"] = {"syncer/base", "syncer/crypto", "syncer/membership"};
  table["syncer/wire/sync"] = {"syncer/base", "syncer/replication", "syncer/wire/frame"};
  table["syncer/wire/raft"] = {"syncer/base", "syncer/raft", "syncer/crypto", "syncer/wire/frame"};
  table["syncer/settings"] = {"syncer/base"};
  table["syncer/policy"] = {"syncer/base", "syncer/json", "syncer/registry"};
  const Folders part = kBelow + Folders{"syncer/settings"};
  table["syncer/gossip"] = part + Folders{"syncer/crypto", "syncer/membership", "syncer/wire/gossip"};
  table["syncer/peering"] =
      part + Folders{"syncer/crypto", "syncer/replication", "syncer/wire/frame", "syncer/wire/sync"};
  table["syncer/catalog"] = part + Folders{"syncer/replication", "syncer/registry"};
  table["syncer/cluster"] = part + kWire + Folders{"syncer/crypto", "syncer/raft", "syncer/replication"};
  const Folders parts = {"syncer/gossip", "syncer/peering", "syncer/catalog", "syncer/cluster"};
  const Folders node = part + kCores + kWire + parts + Folders{"syncer/crypto", "syncer/policy", "syncer/registry"};
  table["syncer/node"] = node + kRegistryKinds;
  const Folders everything = node + below("syncer/", kAdapters) + Folders{"syncer/node"};
  for (const std::string& folder : below("syncer/", kAdapters)) table[folder] = everything;
  table["syncer/cli"].insert("syncer/reference");
  const Folders mock = below("mocksc/servicecenter/", {"store", "api", "json", "fault"});
  for (const std::string& folder : mock) table[folder] = kBelow + mock + Folders{"mocksc/fault"};
  const Folders nacos = below("mocksc/nacos/", {"store", "api", "server"});
  for (const std::string& folder : nacos) table[folder] = nacos + Folders{"syncer/base", "mocksc/fault"};
  const Folders mocks = mock + nacos + Folders{"mocksc/eureka", "mocksc/fault"};
  table["mocksc/fault"] = {"syncer/base"};
  table["mocksc/eureka"] = {"syncer/base", "mocksc/fault"};
  table["mocksc/http"] = mocks + Folders{"syncer/base", "syncer/reference"};
  const Folders sim = node + below("sim/", kSim) + Folders{"syncer/node"};
  for (const std::string& folder : below("sim/", kSim)) table[folder] = sim;
  table["sim/host/registry"] = sim + mocks;  // the rest of the simulator knows no kind of registry
  table["sim/cli"] = table["sim/cli"] + Folders{"syncer/cli", "syncer/reference"};  // version.h, manual
  table["sim/debug"].insert("syncer/admin");                                        // status_json.h
  for (const char* folder : {"sim/real/processes", "sim/real/registries"}) {        // operators' commands, HTTP
    table[folder] = table[folder] + Folders{"syncer/admin", "syncer/httpio"};
  }
  table["sim/engine"] = {"syncer/base"};
  table["sim/fault"] = {"syncer/base", "sim/engine"};
  return table;
}

/// Which folders may include a third-party header, by the header's first path element or name.
const std::map<std::string, Folders> kThirdParty = {
    {"tl", {"syncer/base", "sim/scenario/language"}},
    {"xxhash.h", {"syncer/base"}},
    {"zstd.h", {"syncer/wire/frame"}},
    {"openssl", {"syncer/base", "syncer/crypto", "syncer/tls", "syncer/httpio"}},
    {"nlohmann", kRegistryKinds + Folders{"syncer/json",
                                          "syncer/crypto",
                                          "syncer/config",
                                          "syncer/cli",
                                          "syncer/admin",
                                          "syncer/daemon",
                                          "mocksc/servicecenter/api",
                                          "mocksc/servicecenter/fault",
                                          "mocksc/fault",
                                          "mocksc/eureka",
                                          "mocksc/nacos/api",
                                          "mocksc/servicecenter/store",
                                          "sim/host/registry",
                                          "sim/scenario/language",
                                          "sim/check",
                                          "sim/explore",
                                          "sim/report",
                                          "sim/hunt",
                                          "sim/sweep",
                                          "sim/why",
                                          "sim/show",
                                          "sim/debug",
                                          "sim/real/processes",
                                          "sim/real/trace",
                                          "sim/cli"}},
    {"asio.hpp", {"syncer/net"}},
    {"asio", {"syncer/net", "syncer/httpio"}},
    {"httplib.h", {}},
    {"zlib.h", {"mocksc/http", "syncer/httpio"}},
    {"CLI", {"syncer/reference", "syncer/cli", "mocksc/http", "sim/cli"}},
    {"spdlog", {"syncer/daemon"}},
};

std::string first_element(const std::string& header) { return header.substr(0, header.find('/')); }

TEST(Layering, FoldersIncludeOnlyWhatStandsBelowThem) {
  const auto table = include_table();
  const std::regex quoted("^\\s*#include \"([^\"]+)\"");
  for (const SourceFile& file : product_files()) {
    const auto allowed = table.find(file.folder);
    ASSERT_NE(allowed, table.end()) << file.path << ": folder is not in the include table";
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, quoted)) continue;
      const std::string header = match[1];
      ASSERT_NE(header.find('/'), std::string::npos) << file.path << ": include from the repository root: " << line;
      const std::string folder = header.substr(0, header.rfind('/'));
      EXPECT_TRUE(folder == file.folder || allowed->second.count(folder) == 1)
          << file.path << " may not include \"" << header << "\"";
    }
  }
}

TEST(Layering, OnlyAKindOfRegistryKnowsItsWords) {
  const std::regex words(
      "X-Domain-Name|appId|serviceName|serviceId|instanceId|schemaId|healthCheck|modTimestamp|"
      "microservices|sslEnabled|SERVICECENTER");
  const Folders at_home = kRegistryKinds + Folders{"sim/host/registry"};
  for (const SourceFile& file : product_files()) {
    if (at_home.count(file.folder) == 1 || file.path.rfind("mocksc/", 0) == 0) continue;
    for (const std::string& line : file.lines) {
      if (line.find("excluded_services = ") != std::string::npos) continue;  // what operators read and write
      EXPECT_FALSE(std::regex_search(line, words)) << file.path << " speaks of one kind of registry: " << line;
    }
  }
}

TEST(Layering, ThirdPartyHeadersStayInTheirFolder) {
  const std::regex angled("^\\s*#include <([^>]+)>");
  for (const SourceFile& file : product_files()) {
    const bool header_file = file.path.back() == 'h';
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, angled)) continue;
      const std::string header = match[1];
      const auto rule = kThirdParty.find(first_element(header));
      if (rule == kThirdParty.end()) continue;
      EXPECT_EQ(rule->second.count(file.folder), 1U) << file.path << " may not include <" << header << ">";
      const bool light = header == "tl/expected.hpp" || header == "nlohmann/json_fwd.hpp";
      EXPECT_TRUE(!header_file || light) << file.path << ": <" << header << "> belongs into a .cc";
    }
  }
}

TEST(Layering, SlowHeadersAreCompiledOnce) {
  std::map<std::string, std::vector<std::string>> users;
  for (const SourceFile& file : product_files()) {
    for (const std::string& line : file.lines) {
      if (line.rfind("#include <CLI/", 0) == 0) users["CLI11 in " + file.folder].push_back(file.path);
      if (line.rfind("#include <spdlog/spdlog.h", 0) == 0) users["spdlog"].push_back(file.path);
    }
  }
  for (const auto& [what, files] : users) EXPECT_EQ(files.size(), 1U) << what << ": " << testing::PrintToString(files);
}

}  // namespace
}  // namespace tidy
