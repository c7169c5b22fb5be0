// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/commands.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "syncer/admin/admin_client.h"
#include "syncer/admin/status_json.h"
#include "syncer/cli/exit_code.h"
#include "syncer/cli/locate.h"
#include "syncer/cli/show.h"
#include "syncer/cli/version.h"
#include "syncer/config/daemon_config.h"
#include "syncer/daemon/daemon.h"
#include "syncer/store/secret_file.h"

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
  return config::assemble(config::merge(arguments.flags, environment, file), environment);
}

/// The body of the daemon's answer; anything but 200 is an error.
Result<std::string> ask(const Arguments& arguments, const char* method, const std::string& target,
                        const std::string& body = "") {
  const auto admin = locate_daemon(arguments);
  if (!admin) return tl::unexpected(admin.error());
  auto answer = admin::ask_daemon(*admin, method, target, body);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == 200) return std::move(answer->body);
  std::string reason = answer->body.substr(0, answer->body.find('\n'));
  return failure(ErrorCode::Refused, to_string(*admin), std::move(reason));
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

}  // namespace

int run_daemon(const Arguments& arguments, Console console) {
  auto config = load(arguments);
  if (!config) return complain_about_config(console, config.error());
  return daemon::run(std::move(*config), {kVersion, kCommit});
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

int release_guard(const Arguments& arguments, Console console) {
  return print(console, ask(arguments, "POST", "/v1/guard/release?region=" + percent_encode(arguments.region)));
}

int change_keys(const Arguments& arguments, Console console) {
  constexpr std::size_t kLongestKey = 128;
  if (arguments.verb == "list") {
    const auto body = ask(arguments, "GET", "/v1/keys");
    return print_document<node::KeysReport>(arguments, console, body, keys_table);
  }
  if (arguments.verb != "install") {
    return print(console,
                 ask(arguments, "POST", "/v1/keys/" + arguments.verb + "?id=" + percent_encode(arguments.key)));
  }
  const auto key = store::read_secret_file(arguments.key, kLongestKey);
  if (!key) return complain_about_config(console, key.error());
  return print(console, ask(arguments, "POST", "/v1/keys/install", *key));
}

int show_cluster(const Arguments& arguments, Console console) {
  const auto body = ask(arguments, "GET", "/v1/cluster");
  return print_document<node::ClusterReport>(arguments, console, body, voters_table);
}

int tell_cluster(const Arguments& arguments, Console console) {
  const std::string query = arguments.voter.empty() ? "" : "?node=" + percent_encode(arguments.voter);
  return print(console, ask(arguments, "POST", "/v1/cluster/" + arguments.verb + query));
}

int show_config(const Arguments& arguments, Console console) {
  const auto config = load(arguments);
  if (!config) return complain_about_config(console, config.error());
  for (const auto& [key, value] : config->effective) {
    console.out << key << " = " << value.text << (arguments.origin ? "    # " + value.origin : "") << "\n";
  }
  return kOk;
}

int check_config(const Arguments& arguments, Console console) {
  auto file = config::read_file(arguments.config_file);
  if (!file) return complain_about_config(console, file.error());
  // Flags and environment belong to a run, not to the file.
  const auto nothing = [](const std::string&) -> std::optional<std::string> { return std::nullopt; };
  const auto config = config::assemble(config::merge({}, nothing, *file), config::process_environment());
  if (!config) return complain_about_config(console, config.error());
  console.out << arguments.config_file << ": ok\n";
  return kOk;
}

int show_version(const Arguments& arguments, Console console) {
  if (!arguments.json) {
    console.out << "syncer " << kVersion << " (" << kCommit << ", " << kCompiler << ", " << kBuildType << ")\n";
    return kOk;
  }
  const nlohmann::ordered_json version = {
      {"version", kVersion}, {"commit", kCommit}, {"compiler", kCompiler}, {"build_type", kBuildType}};
  console.out << version.dump(2) << "\n";
  return kOk;
}

}  // namespace syncer::cli
