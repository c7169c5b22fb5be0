// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/raft/script.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

namespace syncer::raft::golden {
namespace {

std::string trim(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// The inside of `(…)` cut at its outermost commas; blanks after a comma are skipped.
std::vector<std::string> split_list(const std::string& inside) {
  std::vector<std::string> values(1);
  int depth = 0;
  for (const char c : inside) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      values.emplace_back();
    } else if (c != ' ' || !values.back().empty()) {
      values.back().push_back(c);
    }
  }
  return values;
}

/// Reads one argument at `at` and moves behind it.
Argument read_argument(const std::string& line, std::size_t& at) {
  const std::size_t key_end = std::min(line.find_first_of(" =", at), line.size());
  Argument argument{line.substr(at, key_end - at), {}};
  at = key_end;
  if (at == line.size() || line[at] == ' ') return argument;
  ++at;
  if (at < line.size() && line[at] == '(') {
    std::size_t end = at + 1;
    for (int depth = 1; depth > 0 && end < line.size(); ++end)
      depth += line[end] == '(' ? 1 : line[end] == ')' ? -1 : 0;
    argument.values = split_list(line.substr(at + 1, end - at - 2));
    at = end;
  } else {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    argument.values.push_back(line.substr(at, end - at));
    at = end;
  }
  return argument;
}

void read_command(const std::string& line, Directive& directive) {
  std::size_t at = std::min(line.find(' '), line.size());
  directive.command = line.substr(0, at);
  while ((at = line.find_first_not_of(' ', at)) != std::string::npos)
    directive.arguments.push_back(read_argument(line, at));
}

}  // namespace

std::vector<std::string> Directive::values(std::string_view key) const {
  for (const Argument& a : arguments) {
    if (a.key == key) return a.values;
  }
  return {};
}

bool Directive::has(std::string_view key) const {
  for (const Argument& a : arguments) {
    if (a.key == key) return true;
  }
  return false;
}

std::vector<std::string> Directive::positionals() const {
  std::vector<std::string> keys;
  for (const Argument& a : arguments) {
    if (a.values.empty()) keys.push_back(a.key);
  }
  return keys;
}

std::vector<Directive> parse_script(const std::string& file, const std::string& text) {
  std::vector<Directive> directives;
  std::istringstream in(text);
  std::string line;
  int number = 0;
  const auto next_line = [&] {
    ++number;
    return static_cast<bool>(std::getline(in, line));
  };
  while (next_line()) {
    const std::string command = trim(line);
    if (command.empty() || command.front() == '#') continue;
    Directive directive;
    directive.place = file + ":" + std::to_string(number);
    if (command.back() == '\\') throw std::runtime_error(directive.place + ": continued lines are not supported");
    read_command(command, directive);
    if (!next_line() || line != "----") throw std::runtime_error(directive.place + ": input lines are not supported");
    for (bool first = true; next_line() && !trim(line).empty(); first = false) {
      if (first && line == "----")
        throw std::runtime_error(directive.place + ": output with blank lines is not supported");
      directive.expected += line + "\n";
    }
    directives.push_back(std::move(directive));
  }
  return directives;
}

std::string without_log(const std::string& output) {
  static constexpr std::array<std::string_view, 5> kLevels = {"DEBUG ", "INFO ", "WARN ", "ERROR ", "FATAL "};
  std::istringstream in(output);
  std::string kept;
  for (std::string line; std::getline(in, line);) {
    const std::string text = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    bool is_log = false;
    for (const std::string_view level : kLevels) is_log = is_log || text.rfind(level, 0) == 0;
    if (!is_log) kept += line + "\n";
  }
  return kept.empty() ? "ok\n" : kept;
}

}  // namespace syncer::raft::golden
