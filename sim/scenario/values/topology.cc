// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/values/topology.h"

#include <algorithm>

#include "sim/host/options.h"
#include "sim/scenario/language/selector_syntax.h"

namespace sim::scenario {

host::RegistrySpec registry_spec(const Registry& registry) {
  host::RegistrySpec spec;
  spec.name = registry.name;
  spec.kind = registry.kind;
  spec.front_ends = registry.front_ends;
  spec.version = registry.version;
  spec.latency = registry.latency;
  spec.min_lease = registry.min_lease;
  spec.delete_visibility = registry.delete_visibility;
  spec.lags = registry.lags;
  spec.tokens = registry.tokens;
  spec.returning = {registry.returning.ids == ReturnIds::New, registry.returning.within};
  return spec;
}

namespace {

constexpr std::size_t kLongest = 64;

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from, begin)) {
    out.append(text.substr(begin, at - begin)).append(to);
    begin = at + from.size();
  }
  return out.append(text.substr(begin));
}

}  // namespace

std::string instance_id(std::string_view name) { return replaced(name, "/", ".."); }
std::string instance_name(std::string_view id) { return replaced(id, "..", "/"); }

bool instance_matches(std::string_view pattern, std::string_view id) {
  return pattern == "any" || pattern == "all" || matches_glob(pattern, instance_name(id));
}

bool is_instance_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.' || c == '/';
  };
  return !name.empty() && instance_id(name).size() <= kLongest && name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), fits);
}

}  // namespace sim::scenario
