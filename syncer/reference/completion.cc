// SPDX-License-Identifier: Apache-2.0
#include "syncer/reference/completion.h"

#include <algorithm>

namespace syncer::reference {
namespace {

/// In single quotes, for any of the shells.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string joined(const std::vector<std::string>& words, const std::string& separator = " ") {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : separator) + word;
  return out;
}

std::vector<std::string> words_of(const Command& command) {
  std::vector<std::string> words;
  for (const Command& below : command.commands) words.push_back(below.name);
  for (const Option& argument : command.arguments)
    words.insert(words.end(), argument.choices.begin(), argument.choices.end());
  for (const Option& option : command.options) words.insert(words.end(), option.names.begin(), option.names.end());
  return words;
}

bool takes_paths(const Command& command) {
  return std::any_of(command.arguments.begin(), command.arguments.end(), [](const Option& a) { return a.is_path; });
}

/// A pattern of `case` for each way to give the option within a command.
std::string pattern(const Command& command, const Option& option) {
  std::vector<std::string> ways;
  for (const std::string& name : option.names) ways.push_back(quoted(command.path + " " + name));
  return joined(ways, "|");
}

/// Patterns of all commands, for finding out which one the words so far have chosen.
std::string commands_pattern(const Command& program) {
  std::vector<std::string> paths;
  for (const Command* command : all_commands(program)) {
    if (command != &program) paths.push_back(quoted(command->path));
  }
  return joined(paths, "|");
}

// --- bash ---

std::string bash_values(const Command& program) {
  std::string cases;
  for (const Command* command : all_commands(program)) {
    for (const Option& option : command->options) {
      if (option.value.empty()) continue;
      const std::string made = option.is_path ? "COMPREPLY=($(compgen -f -- \"$cur\"))"
                               : !option.choices.empty()
                                   ? "COMPREPLY=($(compgen -W " + quoted(joined(option.choices)) + " -- \"$cur\"))"
                                   : "COMPREPLY=()";
      cases += "    " + pattern(*command, option) + ") " + made + "; return ;;\n";
    }
  }
  return cases;
}

std::string bash(const Command& program) {
  const std::string function = "_" + program.name;
  std::string text = "# bash completion for " + program.name + "\n" + function + "() {\n";
  text +=
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} chain=" + program.name + " words= i\n";
  // Bash splits --output=text at the equals sign.
  text += "  if [ \"$cur\" = = ]; then cur=; elif [ \"$prev\" = = ]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n";
  if (!program.commands.empty()) {
    text += "  for ((i = 1; i < COMP_CWORD; i++)); do\n    case \"$chain ${COMP_WORDS[i]}\" in\n      " +
            commands_pattern(program) + ") chain=\"$chain ${COMP_WORDS[i]}\" ;;\n    esac\n  done\n";
  }
  text += "  case \"$chain $prev\" in\n" + bash_values(program) + "  esac\n  case \"$chain\" in\n";
  for (const Command* command : all_commands(program)) {
    text += "    " + quoted(command->path) + ") words=" + quoted(joined(words_of(*command))) + " ;;\n";
  }
  text += "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n";
  std::vector<std::string> with_paths;
  for (const Command* command : all_commands(program)) {
    if (takes_paths(*command)) with_paths.push_back(quoted(command->path));
  }
  if (!with_paths.empty()) {
    text += "  case \"$chain\" in " + joined(with_paths, "|") +
            ") [ \"${cur#-}\" = \"$cur\" ] && COMPREPLY+=($(compgen -f -- \"$cur\")) ;; esac\n";
  }
  return text + "  return 0\n}\ncomplete -o filenames -F " + function + " " + program.name + "\n";
}

// --- zsh ---

/// WORD:DESCRIPTION, where a colon in the word is escaped.
std::string described(const std::string& word, const std::string& about) {
  std::string out;
  for (const char c : word) out += c == ':' ? std::string("\\:") : std::string(1, c);
  return quoted(out + ":" + about);
}

std::string zsh_command(const Command& command) {
  std::string text = "    " + quoted(command.path) + ")\n";
  std::vector<std::string> below;
  for (const Command& one : command.commands) below.push_back(described(one.name, one.about));
  if (!below.empty()) text += "      list=(" + joined(below) + ")\n      _describe -t commands command list\n";
  for (const Option& argument : command.arguments) {
    if (!argument.choices.empty()) text += "      compadd -- " + joined(argument.choices) + "\n";
    if (argument.is_path) text += "      _files\n";
  }
  std::vector<std::string> options;
  for (const Option& option : command.options) {
    for (const std::string& name : option.names) options.push_back(described(name, option.about));
  }
  if (!options.empty()) text += "      list=(" + joined(options) + ")\n      _describe -o option list\n";
  return text + "      ;;\n";
}

std::string zsh_values(const Command& program) {
  std::string cases;
  for (const Command* command : all_commands(program)) {
    for (const Option& option : command->options) {
      if (option.value.empty()) continue;
      const std::string made = option.is_path            ? "_files"
                               : !option.choices.empty() ? "compadd -- " + joined(option.choices)
                                                         : "_message " + quoted(option.about);
      cases += "    " + pattern(*command, option) + ") " + made + "; return ;;\n";
    }
  }
  return cases;
}

std::string zsh(const Command& program) {
  const std::string function = "_" + program.name;
  std::string text =
      "#compdef " + program.name + "\n" + function + "() {\n  local chain=" + program.name + " i\n  local -a list\n";
  if (!program.commands.empty()) {
    text += "  for ((i = 2; i < CURRENT; i++)); do\n    case \"$chain $words[i]\" in\n      " +
            commands_pattern(program) + ") chain=\"$chain $words[i]\" ;;\n    esac\n  done\n";
  }
  text += "  case \"$chain $words[CURRENT-1]\" in\n" + zsh_values(program) + "  esac\n  case \"$chain\" in\n";
  for (const Command* command : all_commands(program)) text += zsh_command(*command);
  text += "  esac\n}\n";
  // As an autoloaded file it is the function's body; sourced, it registers itself.
  return text + "if [ \"$funcstack[1]\" = " + function + " ]; then " + function + " \"$@\"; else compdef " + function +
         " " + program.name + "; fi\n";
}

// --- fish ---

std::string fish_option(const std::string& start, const Option& option) {
  std::string line = start;
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  line += " -d " + quoted(option.about);
  if (option.is_path) {
    line += " -r -F";
  } else if (!option.choices.empty()) {
    line += " -x -a " + quoted(joined(option.choices));
  } else if (!option.value.empty()) {
    line += " -x";
  }
  return line + "\n";
}

std::string fish(const Command& program) {
  const std::string function = "__" + program.name + "_at";
  std::string text = "# fish completion for " + program.name + "\nfunction " + function + "\n  set -l chain " +
                     program.name + "\n  for word in (commandline -opc)[2..-1]\n";
  if (!program.commands.empty()) {
    std::vector<std::string> paths;
    for (const Command* command : all_commands(program)) paths.push_back(quoted(command->path));
    text += "    if contains -- \"$chain $word\" " + joined(paths) + "\n      set chain \"$chain $word\"\n    end\n";
  }
  text += "  end\n  test \"$chain\" = \"$argv[1]\"\nend\n";
  text += "complete -c " + program.name + " -f\n";
  for (const Command* command : all_commands(program)) {
    const std::string start = "complete -c " + program.name + " -n " + quoted(function + " \"" + command->path + "\"");
    for (const Command& below : command->commands)
      text += start + " -a " + below.name + " -d " + quoted(below.about) + "\n";
    for (const Option& argument : command->arguments) {
      if (!argument.choices.empty()) text += start + " -a " + quoted(joined(argument.choices)) + "\n";
      if (argument.is_path) text += start + " -F\n";
    }
    for (const Option& option : command->options) text += fish_option(start, option);
  }
  return text;
}

}  // namespace

std::string completion(const Command& program, const std::string& shell) {
  if (shell == "bash") return bash(program);
  if (shell == "zsh") return zsh(program);
  return shell == "fish" ? fish(program) : "";
}

}  // namespace syncer::reference
