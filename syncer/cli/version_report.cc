// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/version_report.h"

#include <nlohmann/json.hpp>

#include "syncer/cli/version.h"
#include "syncer/membership/message.h"
#include "syncer/net/library.h"
#include "syncer/tls/library.h"
#include "syncer/wire/raft/cluster_message.h"
#include "syncer/wire/sync/message.h"

namespace syncer::cli {
namespace {

using nlohmann::ordered_json;

std::string json_version() {
  return std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + "." + std::to_string(NLOHMANN_JSON_VERSION_MINOR) + "." +
         std::to_string(NLOHMANN_JSON_VERSION_PATCH);
}

/// Lowest and highest of memberlist's protocol, and of serf's on top of it.
ordered_json gossip_versions() {
  const membership::Versions& own = membership::kOwnVersions;
  return {{"memberlist", std::to_string(own[0]) + "-" + std::to_string(own[1])},
          {"serf", std::to_string(own[3]) + "-" + std::to_string(own[4])}};
}

}  // namespace

std::string version_report() {
  const ordered_json report = {
      {"schema", "syncer/version/1"},
      {"version", kVersion},
      {"commit", kCommit},
      {"compiler", kCompiler},
      {"build_type", kBuildType},
      {"libraries",
       {{"asio", net::library_version()}, {"nlohmann_json", json_version()}, {"openssl", tls::library_version()}}},
      {"protocols",
       {{"gossip", gossip_versions()},
        {wire::kSyncProtocol.name, wire::kSyncProtocol.version},
        {wire::kClusterProtocol.name, wire::kClusterProtocol.version}}}};
  return report.dump(2) + "\n";
}

}  // namespace syncer::cli
