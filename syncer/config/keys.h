// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace syncer::config {

/// One thing an operator can set: the same word as flag (--KEY), environment variable (SYNCER_KEY) and in the file.
struct Key {
  std::string name;
  std::string form;           ///< what a value looks like
  std::string about;          ///< one sentence
  std::string default_value;  ///< empty when it is derived from others, or off
  bool of_node = false;       ///< handed to node::apply_setting as it is
};

/// The daemon's own keys and those of the node's settings, sorted by name.
const std::vector<Key>& keys();

/// The key a word means: itself, or the one it is another name of. Empty when unknown.
std::string_view canonical_key(std::string_view word);
/// Other names of a key, e.g. "registry.addresses" of "sc-addr".
std::vector<std::string_view> aliases(std::string_view key);
/// `unknown key "X"`, with the nearest known word.
std::string unknown_key(std::string_view word);
/// "SYNCER_SC_ADDR" of "sc-addr".
std::string environment_name(std::string_view key);

}  // namespace syncer::config
