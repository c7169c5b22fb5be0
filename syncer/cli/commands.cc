// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/commands.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>
#include <vector>

#include "syncer/admin/command.h"
#include "syncer/admin/status_json.h"
#include "syncer/base/printable.h"
#include "syncer/cli/show.h"
#include "syncer/cli/version.h"
#include "syncer/config/check.h"
#include "syncer/config/daemon_config.h"
#include "syncer/config/file.h"
#include "syncer/daemon/daemon.h"
#include "syncer/httpio/token.h"
#include "syncer/store/file.h"

namespace syncer::cli {
namespace {

int complain(Console console, const Error& error) {
  console.err << "syncer: " << to_string(error) << "\n";
  switch (error.code) {
    case ErrorCode::Invalid:
    case ErrorCode::Unsupported:
      return kUsage;
    case ErrorCode::Unreachable:
      return kUnreachable;
    default:
      return kFailed;
  }
}

/// Like complain, for what people wrote: a file that cannot be read is their mistake as well.
int complain_about_config(Console console, const Error& error) {
  complain(console, error);
  return kUsage;
}

Result<config::DaemonConfig> load(const Arguments& arguments) {
  const config::Environment environment = config::process_environment();
  std::string path = arguments.config_file;
  if (path.empty()) path = environment("SYNCER_CONFIG").value_or("");
  config::Values file;
  if (!path.empty()) {
    auto read = config::read_file(path);
    if (!read) return tl::unexpected(read.error());
    file = std::move(*read);
  }
  auto config = config::assemble(config::merge(arguments.flags, environment, file), environment);
  if (!config) return config;
  for (std::string& warning : config::unknown_variables(config::process_variables())) {
    config->warnings.push_back(std::move(warning));
  }
  return config;
}

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

/// The operator endpoint of the daemon that is meant: --admin, else what the daemon noted in its data directory; that
/// of --data-dir, of --node, or the only one on this machine. Unreachable when there is none, Invalid when it is not
/// clear which.
Result<httpio::SocketAddress> locate_daemon(const Arguments& arguments) {
  if (!arguments.admin.empty()) return httpio::parse_socket_address(arguments.admin);
  if (!arguments.data_dir.empty()) return noted_in(arguments.data_dir);
  const std::string root = config::state_root(config::process_environment());
  if (!arguments.node.empty()) return noted_in(root + "/" + arguments.node);
  const std::vector<std::string> names = running_below(root);
  if (names.empty()) {
    return failure(ErrorCode::Unreachable, root, "no syncer runs here; give --admin, --node or --data-dir");
  }
  if (names.size() == 1) return noted_in(root + "/" + names.front());
  std::string list;
  for (const std::string& name : names) list += " " + name;
  return failure(ErrorCode::Invalid, "", "several syncers run here; choose with --node:" + list);
}

/// The same with the token that --token-file names.
Result<admin::DaemonAddress> reach_daemon(const Arguments& arguments) {
  auto address = locate_daemon(arguments);
  if (!address) return tl::unexpected(address.error());
  if (arguments.token_file.empty()) return admin::DaemonAddress{std::move(*address), ""};
  auto token = httpio::read_token(arguments.token_file);
  if (!token) return tl::unexpected(token.error());
  return admin::DaemonAddress{std::move(*address), std::move(*token)};
}

/// Asks the daemon that is meant; anything but 200 is an error.
template <class... What>
Result<std::string> ask(const Arguments& arguments, const What&... what) {
  const auto daemon = reach_daemon(arguments);
  if (!daemon) return tl::unexpected(daemon.error());
  auto answer = admin::ask_daemon(*daemon, what...);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == 200) return std::move(answer->body);
  std::string reason = printable(answer->body.substr(0, answer->body.find('\n')));
  return failure(ErrorCode::Refused, to_string(daemon->address), std::move(reason));
}

int print(Console console, const Result<std::string>& text) {
  if (!text) return complain(console, text.error());
  console.out << *text;
  return kOk;
}

/// The document as it came with --output json, else what `show` makes of it.
template <class Document, class Show>
int print_document(const Arguments& arguments, Console console, const Result<std::string>& body, Show show) {
  if (!body || arguments.json) return print(console, body);
  const auto document = admin::from_json<Document>(*body);
  if (!document) return complain(console, document.error());
  return print(console, show(*document));
}

int report_problems(Console console, const std::string& body) {
  const auto status = admin::from_json<node::Status>(body);
  if (!status) return complain(console, status.error());
  const std::vector<std::string> problems = status_problems(*status);
  for (const std::string& problem : problems) console.err << "syncer: " << problem << "\n";
  return problems.empty() ? kOk : kUnhealthy;
}

int run_daemon(const Arguments& arguments, Console console) {
  auto config = load(arguments);
  if (!config) return complain_about_config(console, config.error());
  return daemon::run(std::move(*config), {kVersion, kCommit}, [arguments] { return load(arguments); });
}

int show_members(const Arguments& arguments, Console console) {
  const auto body = ask(arguments, "GET", "/v1/members");
  return print_document<node::MembersReport>(arguments, console, body, members_table);
}

int show_status(const Arguments& arguments, Console console) {
  const auto body = ask(arguments, "GET", "/v1/status");
  if (!body) return complain(console, body.error());
  const int printed = print_document<node::Status>(arguments, console, body, status_page);
  return printed == kOk && arguments.check ? report_problems(console, *body) : printed;
}

int show_keys(const Arguments& arguments, Console console) {
  const auto body = ask(arguments, "GET", "/v1/keys");
  return print_document<node::KeysReport>(arguments, console, body, keys_table);
}

int give_order(const Arguments& arguments, Console console) {
  constexpr std::size_t kLongestKey = 128;
  admin::Command order = arguments.order;
  if (auto* install = std::get_if<admin::InstallKey>(&order)) {
    const auto key = store::read_secret_file(arguments.key_file, kLongestKey);
    if (!key) return complain_about_config(console, key.error());
    install->key = *key;
  }
  return print(console, ask(arguments, order));
}

int show_cluster(const Arguments& arguments, Console console) {
  const auto body = ask(arguments, "GET", "/v1/cluster");
  return print_document<node::ClusterReport>(arguments, console, body, voters_table);
}

int show_config(const Arguments& arguments, Console console) {
  const auto config = load(arguments);
  if (!config) return complain_about_config(console, config.error());
  for (const auto& [key, value] : config->effective) {
    console.out << key << " = " << value.text << (arguments.origin ? "    # " + value.origin : "") << "\n";
  }
  return kOk;
}

/// Flags and environment belong to a run, not to the file.
int check_config(const Arguments& arguments, Console console) {
  const auto text = config::read_text(arguments.config_file);
  if (!text) return complain_about_config(console, text.error());
  const config::Findings findings = config::check_text(*text, arguments.config_file, config::process_environment());
  for (const Error& error : findings.errors) complain(console, error);
  for (const std::string& warning : findings.warnings) console.err << "warning: " << warning << "\n";
  if (!findings.errors.empty()) return kUsage;
  console.out << arguments.config_file << ": ok\n";
  return kOk;
}

template <class Command>
int run_tls(const Arguments& arguments, Console console, Command command) {
  const Result<void> done = command(arguments.tls, console.out);
  return done ? kOk : complain(console, done.error());
}

int show_version(const Arguments& arguments, Console console) {
  if (!arguments.json) {
    console.out << version_text() << "\n";
    return kOk;
  }
  const nlohmann::ordered_json version = {
      {"version", kVersion}, {"commit", kCommit}, {"compiler", kCompiler}, {"build_type", kBuildType}};
  console.out << version.dump(2) << "\n";
  return kOk;
}

}  // namespace

int run(int argc, const char* const* argv, Console console) {
  const auto parsed = parse_arguments(argc, argv, console.out, console.err);
  if (const int* exit_code = std::get_if<int>(&parsed)) return *exit_code;
  const auto& arguments = std::get<Arguments>(parsed);
  switch (arguments.task) {
    case Task::Daemon:
      return run_daemon(arguments, console);
    case Task::Members:
      return show_members(arguments, console);
    case Task::Status:
      return show_status(arguments, console);
    case Task::Order:
      return give_order(arguments, console);
    case Task::KeysList:
      return show_keys(arguments, console);
    case Task::ClusterMembers:
      return show_cluster(arguments, console);
    case Task::ConfigShow:
      return show_config(arguments, console);
    case Task::ConfigCheck:
      return check_config(arguments, console);
    case Task::TlsCaCreate:
      return run_tls(arguments, console, create_ca_files);
    case Task::TlsCertCreate:
      return run_tls(arguments, console, create_certificate_files);
    case Task::TlsVerify:
      return run_tls(arguments, console, verify_files);
    case Task::Version:
      return show_version(arguments, console);
  }
  return kInternalError;
}

}  // namespace syncer::cli
