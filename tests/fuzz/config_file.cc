// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/config/file.h"
#include "syncer/config/keys.h"
#include "syncer/node/node_config.h"

using namespace syncer;

namespace {

/// A value that was taken is shown as it is read again.
void check_setting(const std::string& key, const std::string& text) {
  node::NodeConfig config;
  if (!node::apply_setting(config, key, text)) return;
  for (const node::Setting& row : node::settings()) {
    if (row.key != key) continue;
    const std::string shown = row.show(config);
    if (!shown.empty() && (!node::apply_setting(config, key, shown) || row.show(config) != shown)) std::abort();
  }
}

}  // namespace

/// A configuration file: its keys and values, or an error with its place.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto values = config::parse_file(text, "syncer.json");
  if (!values) {
    if (values.error().detail.empty() || values.error().where.rfind("syncer.json", 0) != 0) std::abort();
    return 0;
  }
  node::NodeConfig all;
  for (const auto& [key, value] : *values) {
    if (config::canonical_key(key) != key) std::abort();
    check_setting(key, value.text);
    static_cast<void>(node::apply_setting(all, key, value.text));
  }
  static_cast<void>(node::validate(all));
  static_cast<void>(config::merge(
      {}, [](const std::string&) { return std::nullopt; }, *values));
  return 0;
}
