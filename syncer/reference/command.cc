// SPDX-License-Identifier: Apache-2.0
#include "syncer/reference/command.h"

namespace syncer::reference {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

void collect(const Command& command, std::vector<const Command*>& all) {
  all.push_back(&command);
  for (const Command& below : command.commands) collect(below, all);
}

}  // namespace

std::vector<const Command*> all_commands(const Command& top) {
  std::vector<const Command*> all;
  collect(top, all);
  return all;
}

std::vector<std::string> choices_of(const std::string& form) {
  const std::size_t open = form.find('{');
  if (open != std::string::npos) return split(form.substr(open + 1, form.find('}') - open - 1), ',');
  return form.find('|') == std::string::npos ? std::vector<std::string>() : split(form, '|');
}

}  // namespace syncer::reference
