// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "syncer/admin/command.h"
#include "syncer/cli/tls_commands.h"
#include "syncer/config/keys.h"

namespace syncer::cli {

/// Exit codes of `syncer`; 128 + n when ended by signal n.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,       ///< the operation failed
  kUsage = 2,        ///< usage or configuration error
  kUnreachable = 3,  ///< no daemon answers
  kUnhealthy = 4,    ///< `status --check` found a problem
  kInternalError = 70,
};

enum class Task {
  Daemon,
  Members,
  Status,
  Order,  ///< an operator's command to a daemon
  Events,
  Explain,
  Diff,
  Copies,
  Services,
  Mappings,
  Rtt,
  Reachability,
  Monitor,
  Top,
  DebugBundle,
  KeysList,
  KeyGenerate,
  ClusterMembers,
  ConfigShow,
  ConfigRunning,
  ConfigSchema,
  ConfigCheck,
  PolicyCheck,
  PolicyApply,
  TlsCaCreate,
  TlsCertCreate,
  TlsVerify,
  Version
};

/// The words of what asks or steers.
struct AskArguments {
  std::string what;    ///< explain: a service or an instance; join: an address; force-leave: a member; pause: the flow;
                       ///< rtt: a member or a region
  std::string region;  ///< of what is asked or steered; diff: the first one
  std::string other;   ///< diff: the second one
  std::string search;
  std::string folder;           ///< debug bundle: where to
  std::string ring;             ///< keygen: a new keyring file
  std::string interval = "2s";  ///< top
  std::string count;            ///< top: pages until it ends; empty for no end
  std::string rate = "20/s";    ///< drain
  std::string kinds;            ///< events --kind, parted by commas
  std::string level;            ///< events --level
  std::string after;            ///< events --after: an id
  bool follow = false;
};

/// A parsed command line.
struct Arguments {
  Task task = Task::Version;
  config::Values flags;     ///< of the daemon's keys
  std::string config_file;  ///< --config, or the file of `config check` and `policy`
  bool json = false;        ///< --output json
  bool origin = false;      ///< config show --origin
  bool check = false;       ///< status --check
  bool yes = false;         ///< policy apply --yes
  admin::Command order;     ///< of Task::Order; a key to install is still in its file
  std::string key_file;     ///< of `keys install`
  std::string log_time;     ///< of `log-level`
  std::string admin;        ///< socket or address of the daemon to ask; empty: found by node or data directory
  std::string token_file;   ///< for an address of the operators' TCP listener
  std::string node;
  std::string data_dir;
  AskArguments ask;
  TlsArguments tls;
};

/// The arguments, or the exit code of a command line that ends here: help (printed to `out`) or a mistake (to `err`).
std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

/// "syncer 1.0 (commit, compiler, build type)".
std::string version_text();

}  // namespace syncer::cli
