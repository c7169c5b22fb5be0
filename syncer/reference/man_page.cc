// SPDX-License-Identifier: Apache-2.0
#include "syncer/reference/man_page.h"

#include <algorithm>
#include <set>

namespace syncer::reference {
namespace {

/// So that nothing of a text is taken for a request of the language.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += std::string("\\&") + c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

std::string term_of(const Option& option) {
  std::string term;
  for (const std::string& name : option.names) term += (term.empty() ? "" : ", ") + name;
  if (!option.value.empty()) term += (term.empty() ? "" : " ") + option.value;
  return term;
}

Entry entry_of(const Option& option) {
  Entry entry{"", term_of(option), {option.about}};
  std::string values;
  for (const std::string& choice : option.choices) values += (values.empty() ? "One of: " : ", ") + choice;
  if (!values.empty()) entry.lines.push_back(values + ".");
  if (!option.default_value.empty()) entry.lines.push_back("Default: " + option.default_value);
  return entry;
}

std::string synopsis(const Command& command) {
  std::string line = ".B " + escaped(command.path) + "\n";
  if (!command.options.empty()) line += "[\\fIOPTIONS\\fR]\n";
  for (const Option& argument : command.arguments) {
    const std::string word = "\\fI" + escaped(upper(argument.value)) + "\\fR";
    line += argument.required ? word + "\n" : "[" + word + "]\n";
  }
  return line;
}

constexpr std::size_t kLongList = 30;

/// A list as long as that of the settings is told once.
std::string options_of(const Command& command, std::set<std::string>& told, std::string& told_by) {
  std::vector<Entry> entries;
  for (const Option& argument : command.arguments) entries.push_back(entry_of(argument));
  const bool is_long = command.options.size() >= kLongList;
  std::size_t repeated = 0;
  for (const Option& option : command.options) {
    if (!option.names.empty() && option.names.front() == "--help") continue;
    if (is_long && !told.insert(term_of(option)).second) {
      ++repeated;
      continue;
    }
    entries.push_back(entry_of(option));
    entries.back().group = is_long ? option.group : "";
  }
  std::string text = man_entries(entries);
  if (repeated > 0) text += ".PP\nThe options of\n.B " + escaped(told_by) + "\nas well.\n";
  if (is_long && told_by.empty()) told_by = command.path;
  return text;
}

/// Lines as they stand.
std::string literal(const std::string& text) { return ".nf\n" + escaped(text) + "\n.fi\n"; }

}  // namespace

std::string man_header(const std::string& name, int section, const std::string& about, const std::string& version) {
  return ".TH " + escaped(upper(name)) + " " + std::to_string(section) + " \"\" \"" + escaped(version) +
         "\"\n.SH NAME\n" + escaped(name) + " \\- " + escaped(about) + "\n";
}

std::string man_section(const std::string& title, const std::string& text) {
  std::string body = escaped(text);
  for (std::size_t at = body.find("\n\n"); at != std::string::npos; at = body.find("\n\n", at + 1)) {
    body.replace(at, 2, "\n.PP\n");
  }
  return ".SH " + title + "\n" + body + "\n";
}

std::string man_entries(const std::vector<Entry>& entries) {
  std::string text;
  std::string group;
  for (const Entry& entry : entries) {
    if (entry.group != group && !entry.group.empty()) text += ".PP\n.I " + escaped(entry.group) + "\n";
    group = entry.group;
    text += ".TP\n.B " + escaped(entry.term) + "\n";
    for (std::size_t i = 0; i < entry.lines.size(); ++i)
      text += (i == 0 ? "" : ".br\n") + escaped(entry.lines[i]) + "\n";
  }
  return text;
}

std::string man_page(const Command& program, const std::string& version) {
  const std::string sentence = program.about.substr(0, program.about.find(". "));
  std::string page = man_header(program.name, 1, sentence.substr(0, sentence.find_last_not_of('.') + 1), version);
  page += ".SH SYNOPSIS\n" + synopsis(program);
  if (!program.commands.empty()) page += "\\fICOMMAND\\fR\n";
  page += man_section("DESCRIPTION", program.about);
  std::set<std::string> told;
  std::string told_by;
  page += ".SH OPTIONS\n" + options_of(program, told, told_by);
  if (!program.commands.empty()) page += ".SH COMMANDS\n";
  for (const Command* command : all_commands(program)) {
    if (command == &program || !command->commands.empty()) continue;
    page += ".SS " + escaped(command->path) + "\n" + synopsis(*command) + ".PP\n" + escaped(command->about) + "\n";
    page += options_of(*command, told, told_by);
    if (!command->after.empty()) page += ".PP\n" + literal(command->after);
  }
  if (!program.after.empty()) page += ".SH EXAMPLES\n" + literal(program.after);
  return page;
}

}  // namespace syncer::reference
