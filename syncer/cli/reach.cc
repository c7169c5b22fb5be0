// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/reach.h"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <vector>

#include "syncer/base/printable.h"
#include "syncer/config/daemon_config.h"
#include "syncer/daemon/daemon.h"
#include "syncer/httpio/token.h"
#include "syncer/store/file.h"

namespace syncer::cli {
namespace {

constexpr std::size_t kLongestAddress = 200;

Result<httpio::SocketAddress> noted_in(const std::string& directory) {
  const auto text = store::read_file(directory + "/" + daemon::kAdminFile, kLongestAddress);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return failure(ErrorCode::Unreachable, directory, "no syncer runs with this data directory");
  return httpio::parse_socket_address((*text)->substr(0, (*text)->find('\n')));
}

/// Names of the nodes that noted an address below the root.
std::vector<std::string> running_below(const std::string& root) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(root, failed)) {
    if (std::filesystem::exists(entry.path() / daemon::kAdminFile, failed)) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// A syncer that was killed leaves its note behind.
bool is_gone(const std::string& directory) {
  const auto address = noted_in(directory);
  if (!address) return true;
  const auto answer = admin::ask_daemon({*address, ""}, "GET", "/livez");
  return !answer && answer.error().code == ErrorCode::Unreachable;
}

/// The operator endpoint of the daemon that is meant: --admin, else what the daemon noted in its data directory; that
/// of --data-dir, of --node, or the only one on this machine. Unreachable when there is none, Invalid when it is not
/// clear which.
Result<httpio::SocketAddress> locate_daemon(const Arguments& arguments) {
  if (!arguments.admin.empty()) return httpio::parse_socket_address(arguments.admin);
  if (!arguments.data_dir.empty()) return noted_in(arguments.data_dir);
  const std::string root = config::state_root(config::process_environment());
  if (!arguments.node.empty()) return noted_in(root + "/" + arguments.node);
  std::vector<std::string> names = running_below(root);
  if (names.size() > 1) std::erase_if(names, [&](const std::string& name) { return is_gone(root + "/" + name); });
  if (names.empty()) {
    return failure(ErrorCode::Unreachable, root, "no syncer runs here; give --admin, --node or --data-dir");
  }
  if (names.size() == 1) return noted_in(root + "/" + names.front());
  std::string list;
  for (const std::string& name : names) list += " " + name;
  return failure(ErrorCode::Invalid, "", "several syncers run here; choose with --node:" + list);
}

/// What a daemon answers, line by line as any terminal only shows it, without the last end of line.
std::string printable_lines(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines += (lines.empty() ? "" : "\n") + printable(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

template <class... What>
Result<std::string> ask_daemon(const Arguments& arguments, const What&... what) {
  const auto daemon = reach_daemon(arguments);
  if (!daemon) return tl::unexpected(daemon.error());
  auto answer = admin::ask_daemon(*daemon, what...);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == 200) return std::move(answer->body);
  // What a policy would take away is told line by line.
  std::string reason = printable_lines(answer->body);
  // What the daemon cannot make sense of is a mistake of the command line, or of the configuration that it read again.
  const ErrorCode code = answer->status == 400 ? ErrorCode::Invalid : ErrorCode::Refused;
  return failure(code, to_string(daemon->address), std::move(reason));
}

}  // namespace

int complain(Console console, const Error& error) {
  console.err << "syncer: " << to_string(error) << "\n";
  switch (error.code) {
    case ErrorCode::Invalid:
    case ErrorCode::Unsupported:
      return kUsage;
    case ErrorCode::Unreachable:
    case ErrorCode::Timeout:
      return kUnreachable;
    default:
      return kFailed;
  }
}

int print(Console console, const Result<std::string>& text) {
  if (!text) return complain(console, text.error());
  console.out << *text;
  return kOk;
}

Result<admin::DaemonAddress> reach_daemon(const Arguments& arguments) {
  auto address = locate_daemon(arguments);
  if (!address) return tl::unexpected(address.error());
  if (arguments.token_file.empty()) return admin::DaemonAddress{std::move(*address), ""};
  auto token = httpio::read_token(arguments.token_file);
  if (!token) return tl::unexpected(token.error());
  return admin::DaemonAddress{std::move(*address), std::move(*token)};
}

Result<std::string> ask(const Arguments& arguments, const std::string& method, const std::string& target) {
  return ask_daemon(arguments, method, target);
}

Result<std::string> ask(const Arguments& arguments, const admin::Command& command) {
  return ask_daemon(arguments, command);
}

}  // namespace syncer::cli
