// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <ostream>
#include <vector>

#include "syncer/base/nearest.h"
#include "syncer/cli/command_table.h"
#include "syncer/cli/examples.h"
#include "syncer/cli/settings_page.h"
#include "syncer/cli/version.h"
#include "syncer/config/key_help.h"
#include "syncer/config/keys.h"
#include "syncer/reference/command_line.h"

namespace syncer::cli {
namespace {

// --- commands and flags ---

constexpr const char* kAbout =
    "Keeps the microservice instances of several service centers the same across regions.\n"
    "Exit codes: 0 ok, 1 failed, 2 usage or configuration error, 3 no syncer answers, 4 unhealthy, 70 internal error.";

/// A flag with its other spellings. It may be repeated for a list.
CLI::Option* add_key(CLI::App& app, Arguments& arguments, const config::Key& key) {
  std::string names = "--" + key.name;
  for (const std::string_view alias : config::aliases(key.name)) names += ",--" + std::string(alias);
  const auto store = [&arguments, name = key.name](const std::string& text) {
    arguments.flags[name] = {text, "--" + name};
  };
  CLI::Option* option = app.add_option_function<std::string>(names, store, key.about);
  option->type_name(config::placeholder(key.form));
  if (!key.default_value.empty()) option->default_str(key.default_value);
  if (key.name == "sc-addr" || key.name == "join-addr") option->join(',');
  return option;
}

/// One flag a key, those that everybody needs first.
void add_keys(CLI::App& app, Arguments& arguments) {
  app.add_option("--config", arguments.config_file, "configuration file (also SYNCER_CONFIG)")
      ->type_name("FILE")
      ->group("Basic");
  for (const config::KeyGroup& group : config::key_groups()) {
    for (const config::Key* key : group.keys) add_key(app, arguments, *key)->group(std::string(group.title));
  }
}

/// Which daemon an operator command talks to.
void add_target(CLI::App& app, Arguments& arguments) {
  app.add_option(
      "--admin", arguments.admin,
      "socket or address of the daemon (unix:PATH, IP:PORT), when it is not on this machine's default place");
  app.add_option("--token-file", arguments.token_file, "file with the token of the daemon's --admin-addr, mode 0600")
      ->envname("SYNCER_ADMIN_TOKEN_FILE");
  app.add_option("--node", arguments.node, "name of the daemon, when several run on this machine");
  app.add_option("--data-dir", arguments.data_dir, "the daemon's data directory, when it is not the default");
}

void add_output(CLI::App& app, Arguments& arguments) {
  app.add_option_function<std::string>(
         "--output", [&arguments](const std::string& form) { arguments.json = form == "json"; }, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text");
}

CLI::App* task(CLI::App& parent, const char* name, const char* about, Arguments& arguments, Task which) {
  CLI::App* app = parent.add_subcommand(name, about);
  app->callback([&arguments, which] { arguments.task = which; });
  return app;
}

/// An operator's command; its argument is added by add_argument().
template <class Command>
CLI::App* order(CLI::App& parent, const char* name, const char* about, Arguments& arguments) {
  CLI::App* app = parent.add_subcommand(name, about);
  app->preparse_callback([&arguments](std::size_t) {
    arguments.task = Task::Order;
    arguments.order = Command{};
  });
  add_target(*app, arguments);
  return app;
}

/// The option that is the argument of an order.
template <class Command>
CLI::Option* add_argument(CLI::App& app, const char* name, const char* about, Arguments& arguments,
                          std::string Command::*field) {
  const auto store = [&arguments, field](const std::string& text) {
    Command order;
    order.*field = text;
    arguments.order = std::move(order);
  };
  return app.add_option_function<std::string>(name, store, about);
}

void add_keys_commands(CLI::App& app, Arguments& a) {
  CLI::App* keys = app.add_subcommand("keys", "the gossip keys of a running syncer")->require_subcommand(1);
  CLI::App* list = task(*keys, "list", "show id and length of each key, and which one seals", a, Task::KeysList);
  add_target(*list, a);
  add_output(*list, a);
  order<admin::InstallKey>(*keys, "install", "add a key that opens; the others must have it before one uses it", a)
      ->add_option("file", a.key_file, "file with one base64 key, readable by its owner alone")
      ->required();
  CLI::App* use = order<admin::UseKey>(*keys, "use", "seal with this key from now on", a);
  add_argument(*use, "id", "id of the key", a, &admin::UseKey::id)->required();
  CLI::App* remove = order<admin::RemoveKey>(*keys, "remove", "forget a key that is not in use", a);
  add_argument(*remove, "id", "id of the key", a, &admin::RemoveKey::id)->required();
}

void add_cluster_commands(CLI::App& app, Arguments& a) {
  CLI::App* cluster =
      app.add_subcommand("cluster", "the syncers of one region as a group of voters")->require_subcommand(1);
  CLI::App* members =
      task(*cluster, "members", "list the voters: state, how far behind, last message", a, Task::ClusterMembers);
  add_target(*members, a);
  add_output(*members, a);
  CLI::App* replace = order<admin::ReplaceVoter>(
      *cluster, "replace",
      "give the slot of a voter whose data folder was lost to its new folder. Start it with the\n"
      "empty folder first; every other voter must be there; ask the leader for it",
      a);
  add_argument(*replace, "name", "the voter's --node", a, &admin::ReplaceVoter::node)->required();
  order<admin::RaiseGeneration>(
      *cluster, "raise-generation",
      "outbid every epoch the region ever had, after all its data folders were lost. Other regions\n"
      "that are connected do this by themselves; ask the leader for it",
      a);
  order<admin::ForgetProposal>(*cluster, "forget-proposal",
                               "free this syncer from a list of voters that was never agreed by all, or from a group\n"
                               "in whose log there is nothing yet; ask each syncer that did agree for it",
                               a);
}

void add_guard_commands(CLI::App& app, Arguments& a) {
  CLI::App* guard = app.add_subcommand("guard", "the guard against mass removals")->require_subcommand(1);
  CLI::App* release = order<admin::ReleaseGuard>(*guard, "release", "let held removals go", a);
  CLI::Option* region =
      add_argument(*release, "region", "the region whose removals are held", a, &admin::ReleaseGuard::region);
  CLI::Option* all = release->add_flag_callback(
      "--all", [&a] { a.order = admin::ReleaseGuard{"*"}; }, "all regions");
  all->excludes(region);
}

void add_region_commands(CLI::App& app, Arguments& a) {
  CLI::App* region = app.add_subcommand("region", "the other regions that a syncer knows")->require_subcommand(1);
  CLI::App* forget = order<admin::ForgetRegion>(
      *region, "forget",
      "forget a region that is away, and remove its copies from the own registry. A region whose\n"
      "syncer said good-bye is forgotten after sync.hold, another one after sync.forget; one that is\n"
      "there is refused. Any syncer of the own region can be asked, each region has to be",
      a);
  add_argument(*forget, "region", "its name, as \"syncer status\" shows it", a, &admin::ForgetRegion::region)
      ->required();
}

/// Options that both makers of files take.
void add_tls_files(CLI::App& app, TlsArguments& t, const char* days) {
  app.add_option("--days", t.days, "how long it is valid")->check(CLI::Range(1, 36500))->default_str(days);
  app.add_option("--dir", t.directory, "directory that the files are written to")->default_str(".");
  app.add_option("--ca", t.ca, "certificate of the CA that issues it")->default_str("DIR/syncer-ca.pem");
  app.add_option("--ca-key", t.ca_key, "private key of that CA")->default_str("DIR/syncer-ca-key.pem");
}

void add_tls_making(CLI::App& tls, Arguments& a) {
  CLI::App* ca = tls.add_subcommand("ca", "certificate authorities of a pool")->require_subcommand(1);
  CLI::App* ca_create =
      task(*ca, "create",
           "make a CA: DIR/syncer-ca.pem, which every syncer gets as tls.ca-file, and\n"
           "DIR/syncer-ca-key.pem, which stays where certificates are made. With --region: a CA that an\n"
           "existing one issues and that can only make certificates of that region, for its operators;\n"
           "DIR/REGION-ca.pem and DIR/REGION-ca-key.pem. Existing files are never overwritten",
           a, Task::TlsCaCreate);
  ca_create->add_option("--name", a.tls.name, "name of the CA, for people")->default_str("syncer CA");
  ca_create->add_option("--region", a.tls.region, "the only region that the CA may make certificates of");
  add_tls_files(*ca_create, a.tls, "1825");
  CLI::App* cert = tls.add_subcommand("cert", "certificates of syncers")->require_subcommand(1);
  CLI::App* cert_create =
      task(*cert, "create",
           "make a certificate, tls.cert-file, and its key, tls.key-file, for a syncer of a region. Who\n"
           "holds them speaks for that region and for no other. The files are\n"
           "DIR/REGION-syncer-N.pem, or DIR/REGION-NODE.pem, and the same with -key.pem",
           a, Task::TlsCertCreate);
  cert_create->add_option("--region", a.tls.region, "the syncer's --cluster-name")->required();
  cert_create
      ->add_option(
          "--role", a.tls.roles,
          "sync: speak to other regions; voter: be one of the region's syncers in cluster mode; both unless given")
      ->delimiter(',')
      ->check(CLI::IsMember({"sync", "voter"}));
  cert_create->add_option("--node", a.tls.node,
                          "the only syncer (--node) that may use it; any of the region unless given");
  add_tls_files(*cert_create, a.tls, "365");
}

void add_tls_commands(CLI::App& app, Arguments& a) {
  CLI::App* tls = app.add_subcommand("tls", "make and check certificates")->require_subcommand(1);
  add_tls_making(*tls, a);
  CLI::App* verify =
      task(*tls, "verify",
           "check the files of a syncer, and say in words why two ends will not talk: with\n"
           "--peer-cert-file by the files of both, with HOST:PORT by a handshake with a syncer that runs.\n"
           "Exit code 1 when they will not",
           a, Task::TlsVerify);
  verify->add_option("--ca-file", a.tls.ca_file, "as tls.ca-file")->required();
  verify->add_option("--cert-file", a.tls.cert_file, "as tls.cert-file")->required();
  verify->add_option("--key-file", a.tls.key_file, "as tls.key-file")->required();
  verify->add_option("--deny-file", a.tls.deny_file, "as tls.deny-file");
  verify->add_option("--peer-cert-file", a.tls.peer_cert_file, "tls.cert-file of the other end");
  verify->add_option("--peer-ca-file", a.tls.peer_ca_file, "tls.ca-file of the other end, when it differs");
  verify->add_option("--port", a.tls.port, "which port HOST:PORT is: rpc or cluster")
      ->check(CLI::IsMember({"rpc", "cluster"}))
      ->default_str("rpc");
  verify->add_option("address", a.tls.address, "HOST:PORT of a running syncer");
}

/// Every command ends its help with its own examples.
void add_examples(CLI::App& app, const std::string& path) {
  app.footer(examples_text(path));
  for (CLI::App* sub : app.get_subcommands({})) {
    add_examples(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name());
  }
}

void add_process_commands(CLI::App& app, Arguments& a) {
  order<admin::Reload>(
      app, "reload",
      "read the configuration again, as SIGHUP does: checked as a whole, the old one stays on an error,\n"
      "and keys that only a restart applies are named",
      a);
  CLI::App* level = order<admin::SetLogLevel>(app, "log-level", "log from another severity on", a);
  add_argument(*level, "level", "trace, debug, info, warning or error", a, &admin::SetLogLevel::level)->required();
  level->add_option("--for", a.log_time, "go back to log.level after this time, such as 10m");
}

void add_option(CLI::App& app, AskArguments& words, const TableOption& row) {
  CLI::Option* option = row.flag != nullptr ? app.add_flag(row.name, words.*row.flag, row.about)
                                            : app.add_option(row.name, words.*row.text, row.about);
  option->required(row.required);
  if (row.default_value != nullptr) option->default_str(row.default_value);
  if (!row.allowed.empty()) option->check(CLI::IsMember(row.allowed));
}

void add_table(CLI::App& app, Arguments& a) {
  CLI::App* group = nullptr;
  for (const TableCommand& row : command_table()) {
    const std::string name = row.group;
    if (!name.empty() && (group == nullptr || group->get_name() != name)) {
      group = app.add_subcommand(name, about_group(name))->require_subcommand(1);
    }
    CLI::App* command = (name.empty() ? &app : group)->add_subcommand(row.name, row.about);
    if (row.asks) add_target(*command, a);
    if (row.order == nullptr && row.task != Task::DebugBundle) add_output(*command, a);
    for (const TableOption& option : row.options) add_option(*command, a.ask, option);
    command->callback([&a, &row] {
      a.task = row.task;
      if (row.order != nullptr) a.order = row.order(a.ask);
    });
  }
}

void add_policy_commands(CLI::App& app, Arguments& a) {
  CLI::App* policy = app.add_subcommand("policy", "what travels between regions")->require_subcommand(1);
  CLI::App* check = task(*policy, "check",
                         "ask a running syncer what would appear and disappear in each region under another\n"
                         "policy, in numbers and names; nothing changes. Ask the one that writes for its region",
                         a, Task::PolicyCheck);
  CLI::App* apply = task(*policy, "apply",
                         "put a policy in force. Each syncer of a region has to be told; what the policy takes away\n"
                         "goes at its own pace. Refused when it takes more than policy.confirm-share from a region",
                         a, Task::PolicyApply);
  apply->add_flag("--yes", a.yes, "whatever it takes away");
  for (CLI::App* one : {check, apply}) {
    one->add_option("file", a.config_file,
                    "a configuration with the key \"policy\", or the policy itself; the daemon reads its own "
                    "configuration again unless given");
    add_target(*one, a);
  }
}

void build(CLI::App& app, Arguments& a) {
  app.require_subcommand(1);
  app.set_version_flag("--version", version_text());
  CLI::App* daemon = task(app, "daemon", "run a syncer until a signal ends it", a, Task::Daemon);
  add_keys(*daemon, a);

  CLI::App* members = task(app, "members", "list the syncers of the pool", a, Task::Members);
  CLI::App* status = task(app, "status", "show what a syncer does and knows", a, Task::Status);
  status->add_flag("--check", a.check, "exit with 4 and the reasons when something is wrong");
  for (CLI::App* app_with_output : {members, status}) {
    add_target(*app_with_output, a);
    add_output(*app_with_output, a);
  }

  add_table(app, a);
  add_process_commands(app, a);
  add_guard_commands(app, a);
  add_region_commands(app, a);
  add_policy_commands(app, a);
  add_keys_commands(app, a);
  add_cluster_commands(app, a);
  add_tls_commands(app, a);

  CLI::App* config = app.add_subcommand("config", "the configuration")->require_subcommand(1);
  CLI::App* show = task(*config, "show", "print every key as it is in force", a, Task::ConfigShow);
  show->add_flag("--origin", a.origin, "print where each value came from");
  add_keys(*show, a);
  CLI::App* running =
      task(*config, "running", "print every key of a running syncer, without secrets", a, Task::ConfigRunning);
  running->add_flag("--origin", a.origin, "print where each value came from");
  add_target(*running, a);
  add_output(*running, a);
  task(*config, "schema", "print the JSON Schema of configuration files, for editors", a, Task::ConfigSchema);
  CLI::App* check = task(*config, "check", "check a configuration file", a, Task::ConfigCheck);
  check->add_option("file", a.config_file, "the file")->required();

  add_output(*task(app, "version", "print what this build is", a, Task::Version), a);
  add_examples(app, "");
  reference::offer_commands(app, version_text(), {{"syncer.json", [] { return settings_page(version_text()); }}});
}

/// What is wrong with the words that choose the command, and which there are; empty when a command was chosen.
std::string wrong_command(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* at = &app;
  std::string chosen;
  for (int i = 1;; ++i) {
    const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
    if (commands.empty()) return "";
    std::vector<std::string_view> names;
    std::string list;
    for (const CLI::App* one : commands) {
      names.emplace_back(one->get_name());
      list += (list.empty() ? "" : ", ") + one->get_name();
    }
    const std::string word = i < argc ? argv[i] : "";
    if (word.empty() || word.front() == '-') return chosen + "say which command: " + list;
    const auto found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) {
      const std::string here(at == &app ? named_here(word) : "");
      if (!here.empty()) return "unknown command \"" + word + "\"; here it is \"syncer " + here + "\"";
      const std::string near = did_you_mean(word, names);
      return chosen + "unknown command \"" + word + "\"" + (near.empty() ? "." : near) + " There are: " + list;
    }
    at = commands[static_cast<std::size_t>(found - names.begin())];
    chosen += word + ": ";
  }
}

/// The command that the words choose, as far as they do.
const CLI::App& chosen(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* at = &app;
  for (int i = 1; i < argc; ++i) {
    const auto below = at->get_subcommands([&](const CLI::App* one) { return one->get_name() == argv[i]; });
    if (below.empty()) break;
    at = below.front();
  }
  return *at;
}

/// How the machine's format is asked for elsewhere.
std::string flag_here(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  const bool is_format = name == "-format" || name == "--format" || name == "-w" || name == "--write-out" ||
                         name == "-o" || name == "--json";
  return is_format ? "; here it is --output json" : "";
}

/// A flag that there is not is answered with the nearest of the command, and a value with the nearest of its choices.
std::string hint(const CLI::App& app, const CLI::ParseError& error, int argc, const char* const* argv) {
  const std::string what = error.what();
  if (const std::size_t list = what.find(" not in {"); list != std::string::npos) {
    const std::vector<std::string> choices = reference::choices_of(what.substr(list));
    const std::size_t word = what.rfind(' ', list - 1) + 1;
    const std::vector<std::string_view> known(choices.begin(), choices.end());
    return did_you_mean(what.substr(word, list - word), known);
  }
  // A flag that is required and mistyped is missed before it is found to be none.
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (!is_extra && dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) return "";
  for (int i = 1; is_extra && i < argc; ++i) {
    if (const std::string other = flag_here(argv[i]); !other.empty()) return other;
  }
  const reference::Command command = reference::command_of(chosen(app, argc, argv));
  std::vector<std::string_view> known;
  for (const reference::Option& option : command.options)
    known.insert(known.end(), option.names.begin(), option.names.end());
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = std::string_view(argv[i]).substr(0, std::string_view(argv[i]).find('='));
    if (!word.starts_with("--") || std::find(known.begin(), known.end(), word) != known.end()) continue;
    const std::string near = did_you_mean(word, known);
    if (!near.empty()) return (is_extra ? "" : "; there is no " + std::string(word)) + near;
  }
  return "";
}

}  // namespace

std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  Arguments arguments;
  CLI::App app(kAbout, "syncer");
  build(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // The library's own codes are 100 and above; help is no mistake.
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      app.exit(error, out, err);
      return kOk;
    }
    std::string what = wrong_command(app, argc, argv);
    if (what.empty()) what = error.what() + hint(app, error, argc, argv);
    err << "syncer: " << what << "\nRun with --help for what is possible.\n";
    return kUsage;
  }
  if (auto* level = std::get_if<admin::SetLogLevel>(&arguments.order);
      level != nullptr && !arguments.log_time.empty()) {
    level->level += " " + arguments.log_time;
  }
  const auto* release = std::get_if<admin::ReleaseGuard>(&arguments.order);
  if (arguments.task == Task::Order && release != nullptr && release->region.empty()) {
    err << "syncer: guard release: name a region, or give --all\n";
    return kUsage;
  }
  return arguments;
}

std::string version_text() {
  return std::string("syncer ") + kVersion + " (" + kCommit + ", " + kCompiler + ", " + kBuildType + ")";
}

}  // namespace syncer::cli
