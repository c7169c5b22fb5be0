// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/httpio/socket_address.h"

namespace syncer::admin {

// What an operator can ask a syncer to do. The same types go from the command line over HTTP to the daemon; a new one
// needs its alternative here, its row in command.cc, and what carries commands out does not compile without it.

/// Lets the held removals of a region go; "*" for all regions.
struct ReleaseGuard {
  std::string region;
  bool operator==(const ReleaseGuard&) const = default;
};
/// Forgets a region that is away, with its copies.
struct ForgetRegion {
  std::string region;
  bool operator==(const ForgetRegion&) const = default;
};
/// Adds a gossip key (base64) that opens; it does not seal yet.
struct InstallKey {
  std::string key;
  bool operator==(const InstallKey&) const = default;
};
/// Seals with the gossip key of this id from now on.
struct UseKey {
  std::string id;
  bool operator==(const UseKey&) const = default;
};
/// Forgets a gossip key that is not in use.
struct RemoveKey {
  std::string id;
  bool operator==(const RemoveKey&) const = default;
};
/// Gives the slot of a voter whose disk was lost to its new disk.
struct ReplaceVoter {
  std::string node;
  bool operator==(const ReplaceVoter&) const = default;
};
/// Outbids every epoch the region ever had.
struct RaiseGeneration {
  bool operator==(const RaiseGeneration&) const = default;
};
/// Frees a syncer from a list of voters that was never agreed by all, or from a group in whose log it has nothing.
struct ForgetProposal {
  bool operator==(const ForgetProposal&) const = default;
};

/// Reads the configuration again and applies what can be applied.
struct Reload {
  bool operator==(const Reload&) const = default;
};
/// Logs from another severity on: "debug", or "debug 10m" for a while.
struct SetLogLevel {
  std::string level;
  bool operator==(const SetLogLevel&) const = default;
};

/// Joins by one more address (HOST:PORT) until the process ends.
struct Join {
  std::string address;
  bool operator==(const Join&) const = default;
};
/// Leaves the pool, and in cluster mode the group's work, for good: the process ends.
struct Leave {
  bool operator==(const Leave&) const = default;
};
/// A member that failed will not come back.
struct ForceLeave {
  std::string node;
  bool operator==(const ForceLeave&) const = default;
};
/// Reads, dials and tries again now; an empty region for all.
struct SyncNow {
  std::string region;
  bool operator==(const SyncNow&) const = default;
};
/// "export" or "import" for all regions, or "export REGION", "import REGION" for one.
struct Pause {
  std::string what;
  bool operator==(const Pause&) const = default;
};
/// Takes a Pause of the same words back, and "import REGION" a Drain.
struct Resume {
  std::string what;
  bool operator==(const Resume&) const = default;
};
/// Removes the copies of a region in steps: "REGION 20/s".
struct Drain {
  std::string what;
  bool operator==(const Drain&) const = default;
};

/// Tells what a policy (JSON) would change; empty: that of the daemon's configuration as it is on disk now.
struct CheckPolicy {
  std::string policy;
  bool operator==(const CheckPolicy&) const = default;
};
/// Puts a policy in force; refused when it takes too much.
struct ApplyPolicy {
  std::string policy;
  bool operator==(const ApplyPolicy&) const = default;
};
/// The same, whatever it takes.
struct ConfirmPolicy {
  std::string policy;
  bool operator==(const ConfirmPolicy&) const = default;
};

using Command = std::variant<ReleaseGuard, ForgetRegion, InstallKey, UseKey, RemoveKey, ReplaceVoter, RaiseGeneration,
                             ForgetProposal, Reload, SetLogLevel, Join, Leave, ForceLeave, SyncNow, Pause, Resume,
                             Drain, CheckPolicy, ApplyPolicy, ConfirmPolicy>;

/// A command as a POST request. Commands have at most one argument.
struct CommandRequest {
  std::string path;
  std::string parameter;  ///< name of the query's parameter that holds the argument; empty: the body does
  std::string argument;
};
CommandRequest to_request(const Command& command);

/// The name of the query's parameter that a command of this path reads; empty for none.
std::string_view parameter_of(std::string_view path);
/// Undoes to_request. NotFound for a path that is no command's, naming those there are; Invalid without its argument.
Result<Command> to_command(std::string_view path, std::string argument);

/// How a program reaches a daemon.
struct DaemonAddress {
  httpio::SocketAddress address;
  std::string token;  ///< for the operators' TCP listener; empty for none
};

/// One blocking request to a daemon's operator endpoint. Unreachable when nobody answers.
Result<HttpResponse> ask_daemon(const DaemonAddress& daemon, const std::string& method, const std::string& target,
                                const std::string& body = "");
/// The same for an answer that comes in parts, see httpio::read_stream.
Result<void> read_daemon(const DaemonAddress& daemon, const std::string& target, Duration patience,
                         const std::function<bool(ByteView)>& take);
/// The same with a command.
Result<HttpResponse> ask_daemon(const DaemonAddress& daemon, const Command& command);

}  // namespace syncer::admin
