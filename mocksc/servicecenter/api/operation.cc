// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/operation.h"

#include <array>

#include "syncer/base/http_message.h"
#include "syncer/base/nearest.h"

namespace mocksc {
namespace {

constexpr std::size_t kMaxSegments = 9;
constexpr std::string_view kV3Prefix = "/registry/v3/";
const std::string kV4Prefix = "/v4/default/registry/";

struct Entry {
  Operation operation;
  std::string_view name;
  std::string_view method;
  std::string_view pattern;
};

constexpr auto kEntries = std::to_array<Entry>({
#define MOCKSC_OPERATION_ENTRY(id, text, method, pattern) {Operation::id, text, method, pattern},
    MOCKSC_OPERATIONS(MOCKSC_OPERATION_ENTRY)
#undef MOCKSC_OPERATION_ENTRY
});

/// A path cut at its slashes; `count` is 0 when there are more segments than any route has.
struct Segments {
  std::array<std::string_view, kMaxSegments> part;
  std::size_t count = 0;
};

constexpr Segments split(std::string_view path) {
  Segments out;
  if (path.empty() || path.front() != '/') return out;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = path.find('/') == std::string_view::npos ? path.size() : path.find('/');
    if (out.count == kMaxSegments) return Segments{};
    out.part[out.count++] = path.substr(0, end);
    path.remove_prefix(end);
  }
  return out;
}

constexpr auto kPatterns = [] {
  std::array<Segments, kEntries.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = split(kEntries[i].pattern);
  return out;
}();

bool fits(const Segments& pattern, const Segments& path) {
  if (pattern.count != path.count) return false;
  for (std::size_t i = pattern.count; i-- > 0;) {
    const bool is_variable = pattern.part[i] == ":";
    if (is_variable ? path.part[i].empty() : pattern.part[i] != path.part[i]) return false;
  }
  return true;
}

void capture(const Segments& pattern, const Segments& path, Route& out) {
  const std::array<std::string*, 3> targets = {&out.project, &out.id, &out.item};
  std::size_t next = 0;
  for (std::size_t i = 0; i < pattern.count; ++i) {
    if (pattern.part[i] == ":") *targets[next++] = path.part[i];
  }
}

}  // namespace

std::string_view name(Operation operation) {
  return operation == Operation::Unknown ? "unknown" : kEntries[static_cast<std::size_t>(operation)].name;
}

syncer::Result<Operation> parse_operation(std::string_view text) {
  std::vector<std::string_view> names;
  for (const Entry& entry : kEntries) {
    if (entry.name == text) return entry.operation;
    names.push_back(entry.name);
  }
  return syncer::failure(syncer::ErrorCode::Invalid, "",
                         "unknown operation \"" + std::string(text) + "\"" + syncer::did_you_mean(text, names));
}

Operation operation_of(std::string_view method, std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const Operation newest = route(method, path).operation;
  return newest != Operation::Unknown ? newest : route(method, path, Release::V1_3_0).operation;
}

bool is_list(Operation operation) {
  switch (operation) {
    case Operation::ListServices:
    case Operation::ListInstances:
    case Operation::Find:
    case Operation::BatchFind:
    case Operation::Dump:
    case Operation::GovernServices:
      return true;
    default:
      return false;
  }
}

bool is_write(Operation operation) {
  return operation != Operation::Unknown && operation != Operation::BatchFind && operation != Operation::Token &&
         kEntries[static_cast<std::size_t>(operation)].method != "GET";
}

bool is_known_to(Operation operation, Release release) {
  switch (operation) {
    case Operation::BulkStatus:
      return release >= Release::V2_2_0;
    case Operation::GovernStatistics:
    case Operation::HeartbeatSocket:
    case Operation::SyncerHealth:
    case Operation::Token:
      return release >= Release::V2_0_0;
    case Operation::AddRules:
    case Operation::ListRules:
    case Operation::PutRule:
    case Operation::DeleteRules:
      return release < Release::V2_1_0;
    case Operation::PactIndex:
      return release < Release::V1_4_8;
    default:
      return true;
  }
}

bool is_v3(std::string_view path) { return path.starts_with(kV3Prefix); }

Route route(std::string_view method, std::string_view path, Release release) {
  Route out;
  std::string text = path.find('%') == std::string_view::npos ? std::string() : syncer::percent_decode(path, false);
  if (is_v3(path)) text = kV4Prefix + (text.empty() ? std::string(path) : text).substr(kV3Prefix.size());
  const Segments segments = split(text.empty() ? path : std::string_view(text));
  for (std::size_t i = 0; i < kEntries.size(); ++i) {
    const Operation operation = kEntries[i].operation;
    if (!fits(kPatterns[i], segments) || !is_known_to(operation, release)) continue;
    if (is_v3(path) && (operation == Operation::Health || operation == Operation::Version)) continue;
    if (kEntries[i].method != method) {
      out.allowed.push_back(kEntries[i].method);
      continue;
    }
    out.allowed.clear();
    out.operation = operation;
    capture(kPatterns[i], segments, out);
    return out;
  }
  return out;
}

}  // namespace mocksc
