// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syncer/admin/options.h"
#include "syncer/config/keys.h"
#include "syncer/httpio/tls_problem.h"
#include "syncer/node/node_config.h"
#include "syncer/ports/observer.h"
#include "syncer/tls/credentials.h"

namespace syncer::config {

/// How log lines look.
enum class LogFormat : std::uint8_t { Auto, Text, Json };

/// The checked configuration of a daemon.
struct DaemonConfig {
  node::NodeConfig node;  ///< addresses as advertised; a port 0 is filled in once it is bound
  Endpoint bind;
  Endpoint rpc_bind;
  std::optional<Endpoint> cluster_bind;  ///< only in cluster mode
  std::optional<Endpoint> advertise;     ///< host only
  std::vector<std::string> join;         ///< "host:port", names allowed
  std::string data_dir;
  admin::AdminOptions admin;
  Severity log_level = Severity::Info;
  LogFormat log_format = LogFormat::Auto;
  std::string trace_file;  ///< receives every event of the node; empty: none
  httpio::TlsOptions registry_tls;
  std::string keyring_file;              ///< gossip keys; empty: the pool runs without
  tls::CredentialFiles tls_files;        ///< read unless node.certificates is Off
  std::vector<std::string> warnings;     ///< worth a line at the start
  std::shared_ptr<DaemonConfig> bridge;  ///< the far side of a bridge; nothing when there is none
  Values effective;                      ///< every key as it is in force, for `config show`
};

/// Checks the merged values and derives what nobody gave. An error names the flag, variable or place in the file.
Result<DaemonConfig> assemble(const Values& merged, const Environment& environment);

/// "debug" and the like; the error names the nearest word.
Result<Severity> parse_severity(std::string_view text);
std::string_view severity_text(Severity severity);

/// Where daemons keep their state by default: a directory for each node below it.
std::string state_root(const Environment& environment);

}  // namespace syncer::config
