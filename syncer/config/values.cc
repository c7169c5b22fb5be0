// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/values.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "syncer/config/keys.h"

namespace syncer::config {

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<Values> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return failure(ErrorCode::Io, path, "cannot read the configuration: " + std::generic_category().message(errno));
  }
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return failure(ErrorCode::Io, path, "cannot read the configuration to its end");
  return parse_file(text, path);
}

Values merge(const Values& flags, const Environment& environment, const Values& file) {
  Values merged;
  for (const Key& key : keys()) {
    const std::string variable = environment_name(key.name);
    if (const auto flag = flags.find(key.name); flag != flags.end()) {
      merged[key.name] = flag->second;
    } else if (const auto set = environment(variable)) {
      merged[key.name] = {*set, variable};
    } else if (const auto given = file.find(key.name); given != file.end()) {
      merged[key.name] = given->second;
    } else {
      merged[key.name] = {key.default_value, "default"};
    }
  }
  return merged;
}

}  // namespace syncer::config
