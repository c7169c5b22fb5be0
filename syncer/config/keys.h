// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncer::config {

/// One thing an operator can set: the same name as flag (--KEY), environment variable (SYNCER_KEY) and in the file.
struct Key {
  std::string name;
  std::string form;           ///< what a value looks like
  std::string about;          ///< one sentence
  std::string default_value;  ///< empty when it is derived from others, or off
  bool of_node = false;       ///< handed to node::apply_setting as it is
};

/// The daemon's own keys and those of the node's settings, sorted by name.
const std::vector<Key>& keys();

/// The key a name means: itself, or the one it is another name of. Empty when unknown.
std::string_view canonical_key(std::string_view word);
/// Other names of a key, e.g. "registry.addresses" of "sc-addr".
std::vector<std::string_view> aliases(std::string_view key);
/// `unknown key "X"`, with the nearest known one.
std::string unknown_key(std::string_view word);
/// "SYNCER_SC_ADDR" of "sc-addr".
std::string environment_name(std::string_view key);

/// What a key was set to, and by whom: "--sc-addr", "SYNCER_SC_ADDR", "syncer.json:3:14", "default" or "derived".
struct Value {
  std::string text;
  std::string origin;
  bool operator==(const Value&) const = default;
};

/// Values by canonical key.
using Values = std::map<std::string, Value>;

/// Reads an environment variable; a function, so that tests choose the environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
/// The process's own environment.
Environment process_environment();

/// A warning for each of these names of variables that begins as ours do and is none, with the nearest one.
std::vector<std::string> unknown_variables(const std::vector<std::string>& names);
/// The names of all variables of the process.
std::vector<std::string> process_variables();

/// Every key with the value that wins: flag, then environment, then file, then default.
Values merge(const Values& flags, const Environment& environment, const Values& file);

}  // namespace syncer::config
