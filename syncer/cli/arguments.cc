// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <ostream>
#include <vector>

#include "syncer/base/nearest.h"
#include "syncer/cli/examples.h"
#include "syncer/cli/exit_code.h"
#include "syncer/config/keys.h"

namespace syncer::cli {
namespace {

constexpr const char* kAbout =
    "Keeps the microservice instances of several service centers the same across regions.\n"
    "Exit codes: 0 ok, 1 failed, 2 usage or configuration error, 3 no syncer answers, 4 unhealthy, 70 internal error.";

/// One flag a key, with its other spellings. A flag may be repeated for a list.
void add_keys(CLI::App& app, Arguments& arguments) {
  app.add_option("--config", arguments.config_file, "configuration file (also SYNCER_CONFIG)");
  for (const config::Key& key : config::keys()) {
    std::string names = "--" + key.name;
    for (const std::string_view alias : config::aliases(key.name)) names += ",--" + std::string(alias);
    const auto store = [&arguments, name = key.name](const std::string& text) {
      arguments.flags[name] = {text, "--" + name};
    };
    CLI::Option* option = app.add_option_function<std::string>(names, store, key.about);
    option->type_name(key.form);
    if (!key.default_value.empty()) option->default_str(key.default_value);
    if (key.name == "sc-addr" || key.name == "join-addr") option->join(',');
  }
}

/// Which daemon an operator command talks to.
void add_target(CLI::App& app, Arguments& arguments) {
  app.add_option("--admin", arguments.admin, "address of the daemon's operator endpoint (IP:PORT)");
  app.add_option("--node", arguments.node, "name of the daemon, when several run on this machine");
  app.add_option("--data-dir", arguments.data_dir, "the daemon's data directory, when it is not the default");
}

void add_output(CLI::App& app, Arguments& arguments) {
  app.add_option_function<std::string>(
         "--output", [&arguments](const std::string& form) { arguments.json = form == "json"; }, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->default_str("text");
}

CLI::App* command(CLI::App& parent, const char* name, const char* about, Arguments& arguments, Command which) {
  CLI::App* app = parent.add_subcommand(name, about);
  app->callback([&arguments, which] { arguments.command = which; });
  return app;
}

void add_keys_commands(CLI::App& app, Arguments& a) {
  CLI::App* keys = app.add_subcommand("keys", "the gossip keys of a running syncer")->require_subcommand(1);
  const auto add = [&](const char* verb, const char* about) {
    CLI::App* one = keys->add_subcommand(verb, about);
    one->callback([&a, verb] {
      a.command = Command::Keys;
      a.verb = verb;
    });
    add_target(*one, a);
    return one;
  };
  add_output(*add("list", "show id and length of each key, and which one seals"), a);
  add("install", "add a key that opens; the others must have it before one uses it")
      ->add_option("file", a.key, "file with one base64 key, readable by its owner alone")
      ->required();
  add("use", "seal with this key from now on")->add_option("id", a.key, "id of the key")->required();
  add("remove", "forget a key that is not in use")->add_option("id", a.key, "id of the key")->required();
}

void add_cluster_commands(CLI::App& app, Arguments& a) {
  CLI::App* cluster =
      app.add_subcommand("cluster", "the syncers of one region as a group of voters")->require_subcommand(1);
  CLI::App* members =
      command(*cluster, "members", "list the voters: state, how far behind, last word", a, Command::ClusterMembers);
  add_output(*members, a);
  const auto add = [&](const char* verb, const char* about) {
    CLI::App* one = cluster->add_subcommand(verb, about);
    one->callback([&a, verb] {
      a.command = Command::Cluster;
      a.verb = verb;
    });
    return one;
  };
  CLI::App* replace = add("replace",
                          "give the seat of a voter whose data folder was lost to its new folder. Start it with the\n"
                          "empty folder first; every other voter must be there; say it to the leader");
  replace->add_option("name", a.voter, "the voter's --node")->required();
  CLI::App* raise = add("raise-generation",
                        "outbid every epoch the region ever had, after all its data folders were lost. Other regions\n"
                        "that are connected do this by themselves; say it to the leader");
  CLI::App* forget = add("forget-proposal",
                         "free this syncer from a list of voters that somebody never agreed to; say it to each\n"
                         "syncer that did agree");
  for (CLI::App* one : {members, replace, raise, forget}) add_target(*one, a);
}

/// Every command ends its help with its own examples.
void add_examples(CLI::App& app, const std::string& path) {
  app.footer(examples_text(path));
  for (CLI::App* sub : app.get_subcommands({})) {
    add_examples(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name());
  }
}

void build(CLI::App& app, Arguments& a) {
  app.require_subcommand(1);
  CLI::App* daemon = command(app, "daemon", "run a syncer until a signal ends it", a, Command::Daemon);
  add_keys(*daemon, a);

  CLI::App* members = command(app, "members", "list the syncers of the pool", a, Command::Members);
  CLI::App* status = command(app, "status", "show what a syncer does and knows", a, Command::Status);
  status->add_flag("--check", a.check, "exit with 4 and the reasons when something is wrong");
  for (CLI::App* app_with_output : {members, status}) {
    add_target(*app_with_output, a);
    add_output(*app_with_output, a);
  }

  CLI::App* guard = app.add_subcommand("guard", "the guard against mass removals")->require_subcommand(1);
  CLI::App* release = command(*guard, "release", "let frozen removals go", a, Command::GuardRelease);
  add_target(*release, a);
  CLI::Option* region = release->add_option("region", a.region, "the region whose removals are frozen");
  CLI::Option* all = release->add_flag_callback(
      "--all", [&a] { a.region = "*"; }, "all regions");
  all->excludes(region);

  add_keys_commands(app, a);
  add_cluster_commands(app, a);

  CLI::App* config = app.add_subcommand("config", "the configuration")->require_subcommand(1);
  CLI::App* show = command(*config, "show", "print every key as it is in force", a, Command::ConfigShow);
  show->add_flag("--origin", a.origin, "print where each value came from");
  add_keys(*show, a);
  CLI::App* check = command(*config, "check", "check a configuration file", a, Command::ConfigCheck);
  check->add_option("file", a.config_file, "the file")->required();

  add_output(*command(app, "version", "print what this build is", a, Command::Version), a);
  add_examples(app, "");
}

/// "--sc-adr" is answered with the nearest flag.
std::string hint(const CLI::ParseError& error, int argc, const char* const* argv) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return "";
  std::vector<std::string_view> known = {"config", "output", "origin", "check", "admin"};
  for (const config::Key& key : config::keys()) known.push_back(key.name);
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = std::string_view(argv[i]).substr(0, std::string_view(argv[i]).find('='));
    if (word.size() < 3 || word.substr(0, 2) != "--" || !config::canonical_key(word.substr(2)).empty()) continue;
    const std::string_view near = nearest_word(word.substr(2), known);
    if (!near.empty() && near != word.substr(2)) return ", did you mean \"--" + std::string(near) + "\"?";
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
    err << "syncer: " << error.what() << hint(error, argc, argv) << "\nRun with --help for what is possible.\n";
    return kUsage;
  }
  if (arguments.command == Command::GuardRelease && arguments.region.empty()) {
    err << "syncer: guard release: name a region, or give --all\n";
    return kUsage;
  }
  return arguments;
}

}  // namespace syncer::cli
