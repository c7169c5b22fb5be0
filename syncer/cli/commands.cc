// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/commands.h"

#include <algorithm>
#include <ostream>
#include <vector>

#include "syncer/admin/command.h"
#include "syncer/admin/status_json.h"
#include "syncer/base/printable.h"
#include "syncer/cli/ask_commands.h"
#include "syncer/cli/bundle.h"
#include "syncer/cli/key_commands.h"
#include "syncer/cli/reach.h"
#include "syncer/cli/show.h"
#include "syncer/cli/version.h"
#include "syncer/cli/version_report.h"
#include "syncer/config/check.h"
#include "syncer/config/daemon_config.h"
#include "syncer/config/file.h"
#include "syncer/config/schema.h"
#include "syncer/daemon/daemon.h"
#include "syncer/node/inventory.h"
#include "syncer/store/file.h"

namespace syncer::cli {
namespace {

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

int report_problems(Console console, const std::string& body) {
  const auto status = admin::from_json<node::Status>(body);
  if (!status) return complain(console, status.error());
  const auto bridge = admin::bridge_of(body);
  if (!bridge) return complain(console, bridge.error());
  std::vector<std::string> problems = status_problems(*status);
  if (*bridge) {
    for (const std::string& problem : status_problems(**bridge)) problems.push_back(admin::kBridgeLabel + problem);
  }
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
  const auto bridge = admin::bridge_of(*body);
  if (!bridge) return complain(console, bridge.error());
  const int printed = print_document<node::Status>(arguments, console, body, [&](const node::Status& status) {
    return status_page(status) + (*bridge ? "\nthe other side of the bridge\n" + status_page(**bridge) : "");
  });
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

/// The policy in a file: the file's own, or that of a configuration. Empty without a file.
Result<std::string> read_policy(const std::string& path) {
  if (path.empty()) return std::string();
  auto file = config::read_policy_file(path);
  if (!file) return file;
  const auto valid = policy::parse_policy(*file);
  if (!valid) return failure(valid.error().code, path, to_string(valid.error()));
  return file;
}

int steer_policy(const Arguments& arguments, Console console) {
  auto policy = read_policy(arguments.config_file);
  if (!policy) return complain_about_config(console, policy.error());
  if (arguments.task == Task::PolicyCheck) {
    return print(console, ask(arguments, admin::Command(admin::CheckPolicy{std::move(*policy)})));
  }
  if (arguments.yes) return print(console, ask(arguments, admin::Command(admin::ConfirmPolicy{std::move(*policy)})));
  return print(console, ask(arguments, admin::Command(admin::ApplyPolicy{std::move(*policy)})));
}

int show_cluster(const Arguments& arguments, Console console) {
  const auto body = ask(arguments, "GET", "/v1/cluster");
  return print_document<node::ClusterReport>(arguments, console, body, voters_table);
}

std::string config_line(const Arguments& arguments, const std::string& key, const config::Value& value) {
  return key + " = " + value.text + (arguments.origin ? "    # " + value.origin : "") + "\n";
}

int show_config(const Arguments& arguments, Console console) {
  const auto config = load(arguments);
  if (!config) return complain_about_config(console, config.error());
  for (const auto& [key, value] : config->effective) console.out << config_line(arguments, key, value);
  return kOk;
}

int show_running_config(const Arguments& arguments, Console console) {
  const auto lines = [&](const node::ConfigReport& report) {
    std::string text;
    for (const node::ConfigRow& row : report.keys) {
      text += config_line(arguments, printable(row.key), {printable(row.value), printable(row.origin)});
    }
    return text;
  };
  return print_document<node::ConfigReport>(arguments, console, ask(arguments, "GET", "/v1/config"), lines);
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
  console.out << version_report();
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
    case Task::Events:
      return show_events(arguments, console);
    case Task::Explain:
      return show_explanation(arguments, console);
    case Task::Diff:
      return show_differences(arguments, console);
    case Task::Copies:
      return show_copies(arguments, console);
    case Task::Services:
      return show_services(arguments, console);
    case Task::Mappings:
      return show_mappings(arguments, console);
    case Task::Rtt:
      return show_round_trips(arguments, console);
    case Task::Reachability:
      return show_reachability(arguments, console);
    case Task::Monitor:
      return monitor(arguments, console);
    case Task::DebugBundle:
      return make_bundle(arguments, console);
    case Task::Top:
      return show_top(arguments, console);
    case Task::KeysList:
      return show_keys(arguments, console);
    case Task::KeyGenerate:
      return generate_key(arguments, console);
    case Task::ClusterMembers:
      return show_cluster(arguments, console);
    case Task::ConfigShow:
      return show_config(arguments, console);
    case Task::ConfigRunning:
      return show_running_config(arguments, console);
    case Task::ConfigSchema:
      return print(console, config::json_schema());
    case Task::ConfigCheck:
      return check_config(arguments, console);
    case Task::PolicyCheck:
    case Task::PolicyApply:
      return steer_policy(arguments, console);
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
