// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syncer/cli/arguments.h"

namespace syncer::cli {

/// One word or flag of a command.
struct TableOption {
  const char* name;  ///< "--kind", "-f,--follow", or a word without signs for one that has its place
  const char* about;
  std::string AskArguments::*text = nullptr;  ///< where its value goes
  bool AskArguments::*flag = nullptr;         ///< or, of a flag, that it was given
  bool required = false;
  const char* default_value = nullptr;
  std::vector<std::string> allowed = {};
};

/// One command, most of which ask or steer a running syncer.
struct TableCommand {
  const char* group;  ///< the command that it belongs to; empty for none
  const char* name;
  const char* about;
  Task task = Task::Order;
  std::vector<TableOption> options = {};
  admin::Command (*order)(const AskArguments& words) = nullptr;  ///< of Task::Order
  bool asks = true;                                              ///< a running syncer
};

/// All of them, groups together.
const std::vector<TableCommand>& command_table();
/// What a command is called here that other tools of this field call by that word; empty for other words.
std::string_view named_here(std::string_view word);
/// What a group is about.
const char* about_group(const std::string& group);

}  // namespace syncer::cli
