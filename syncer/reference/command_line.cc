// SPDX-License-Identifier: Apache-2.0
#include "syncer/reference/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <set>

#include "syncer/base/nearest.h"
#include "syncer/reference/completion.h"
#include "syncer/reference/man_page.h"

namespace syncer::reference {
namespace {

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

bool names_a_path(const Option& option) {
  for (const std::string& name : option.names) {
    if (name.ends_with("file") || name.ends_with("dir") || name == "--config" || name == "--admin.socket") return true;
  }
  return option.value == "file" || option.value == "FILE" || option.value == "a file";
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  return names;
}

Option option_of(const CLI::Option& from) {
  Option option;
  option.names = names_of(from);
  const std::string form = from.get_type_name();
  option.choices = choices_of(form);
  const bool takes_value = from.get_items_expected_max() > 0;
  if (takes_value) option.value = form.substr(0, form.find(":{"));
  if (from.get_positional()) option.value = from.get_name(true, false);
  option.about = one_line(from.get_description());
  option.default_value = from.get_default_str();
  option.group = from.get_group();
  option.required = from.get_required();
  option.is_path = takes_value && names_a_path(option);
  return option;
}

Command read(const CLI::App& app, const std::string& path) {
  Command command;
  command.name = app.get_name();
  command.path = path.empty() ? app.get_name() : path + " " + app.get_name();
  command.about = one_line(app.get_description());
  command.after = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    auto& list = option->nonpositional() ? command.options : command.arguments;
    list.push_back(option_of(*option));
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    command.commands.push_back(read(*sub, command.path));
  }
  return command;
}

/// Ends the parsing as --version does: the text is printed, and the exit code is 0.
[[noreturn]] void print(const std::string& text) {
  throw CLI::CallForVersion(text.substr(0, text.find_last_not_of('\n') + 1), CLI::ExitCodes::Success);
}

/// The help of a command below the program. (CLI::App::help() would give that of the command that is being run.)
std::string help_of(const CLI::App& top, const std::vector<std::string>& words) {
  const CLI::App* at = &top;
  std::string path = top.get_name();
  for (const std::string& word : words) {
    const auto below = at->get_subcommands([](const CLI::App*) { return true; });
    const auto found =
        std::find_if(below.begin(), below.end(), [&](const CLI::App* a) { return a->get_name() == word; });
    if (found == below.end()) {
      std::vector<std::string_view> names;
      for (const CLI::App* one : below) names.emplace_back(one->get_name());
      throw CLI::ValidationError("help", "there is no command \"" + word + "\"" + did_you_mean(word, names));
    }
    at = *found;
    path += " " + word;
  }
  return at->get_formatter()->make_help(at, path, CLI::AppFormatMode::Normal);
}

}  // namespace

Command command_of(const CLI::App& app) { return read(app, ""); }

void offer_flags(CLI::App& app, const std::string& version) {
  app.add_flag_callback(
      "--manual", [&app, version] { print(man_page(command_of(app), version)); }, "print the manual page, for man -l");
  app.add_option_function<std::string>(
         "--completion", [&app](const std::string& shell) { print(completion(command_of(app), shell)); },
         "print what completes command lines in a shell")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

void offer_commands(CLI::App& app, const std::string& version, const Pages& pages) {
  CLI::App* help = app.add_subcommand("help", "print what --help of a command prints");
  auto words = std::make_shared<std::vector<std::string>>();
  help->add_option("command", *words, "words of the command, such as: " + app.get_name() + " help version");
  help->callback([&app, words] { print(help_of(app, *words)); });
  CLI::App* shells = app.add_subcommand("completion", "print what completes command lines in a shell");
  auto shell = std::make_shared<std::string>();
  shells->add_option("shell", *shell, "the shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  shells->callback([&app, shell] { print(completion(command_of(app), *shell)); });
  CLI::App* manual = app.add_subcommand("manual", "print a manual page, for man -l");
  auto name = std::make_shared<std::string>(app.get_name());
  std::set<std::string> names = {*name};
  for (const auto& [page, text] : pages) names.insert(page);
  manual->add_option("page", *name, "the page")->default_str(*name)->check(CLI::IsMember(names));
  manual->callback([&app, version, pages, name] {
    const auto page = pages.find(*name);
    print(page == pages.end() ? man_page(command_of(app), version) : page->second());
  });
}

}  // namespace syncer::reference
