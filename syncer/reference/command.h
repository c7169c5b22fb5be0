// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace syncer::reference {

/// A flag, an option with a value, or (without names) an argument by position.
struct Option {
  std::vector<std::string> names;    ///< as typed: "--output", "-h"; the usual one first
  std::string value;                 ///< what a value looks like; empty for a flag
  std::string about;                 ///< one line
  std::string default_value;         ///< empty: none
  std::vector<std::string> choices;  ///< all values there are; empty: any
  std::string group;                 ///< heading that it stands under in the help
  bool required = false;
  bool is_path = false;  ///< names a file or a folder
  bool operator==(const Option&) const = default;
};

/// What the help says of a command line, as data: manual pages and completions are made from it, so that they cannot
/// say anything else.
struct Command {
  std::string name;   ///< its last word
  std::string path;   ///< all words, the program's name first
  std::string about;  ///< one line, or several sentences in one
  std::string after;  ///< what stands below the options: examples
  std::vector<Option> options;
  std::vector<Option> arguments;  ///< by position
  std::vector<Command> commands;
};

/// The command and all below it, depth first, in the order of the help.
std::vector<const Command*> all_commands(const Command& top);

/// The values that the form of a value lists: those of "{text,json}", or of "auto|text|json". Empty for any other.
std::vector<std::string> choices_of(const std::string& form);

}  // namespace syncer::reference
