// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/operation.h"

#include <array>
#include <optional>
#include <utility>

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

/// Where the patterns of each number of segments stand in the table.
struct Places {
  std::array<std::uint8_t, kEntries.size()> at{};
  std::size_t count = 0;
};

constexpr auto kBySegments = [] {
  std::array<Places, kMaxSegments + 1> out{};
  for (std::size_t i = 0; i < kPatterns.size(); ++i) {
    Places& places = out[kPatterns[i].count];
    places.at[places.count++] = static_cast<std::uint8_t>(i);
  }
  return out;
}();

/// They have as many segments.
bool fits(const Segments& pattern, const Segments& path) {
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

/// A path without its query, in the words of v4.
class V4Path {
 public:
  explicit V4Path(std::string_view path) : is_v3_(is_v3(path)) {
    if (path.find('%') != std::string_view::npos) text_ = syncer::percent_decode(path, false);
    if (is_v3_) text_ = kV4Prefix + (text_.empty() ? std::string(path) : text_).substr(kV3Prefix.size());
    segments_ = split(text_.empty() ? path : std::string_view(text_));
  }
  V4Path(const V4Path&) = delete;

  const Segments& segments() const { return segments_; }

  /// The place of its route in the table, or nothing; `others` takes the methods that it is known with then.
  std::optional<std::size_t> find(std::string_view method, Release release,
                                  std::vector<std::string_view>* others = nullptr) const {
    const Places& places = kBySegments[segments_.count];
    for (std::size_t i = 0; i < places.count; ++i) {
      const std::size_t place = places.at[i];
      const Operation operation = kEntries[place].operation;
      const bool same_method = kEntries[place].method == method;
      if ((!same_method && others == nullptr) || !fits(kPatterns[place], segments_)) continue;
      if (!is_known_to(operation, release)) continue;
      if (is_v3_ && (operation == Operation::Health || operation == Operation::Version)) continue;
      if (same_method) return place;
      others->push_back(kEntries[place].method);
    }
    return std::nullopt;
  }

 private:
  bool is_v3_;
  std::string text_;  ///< empty where the path is in such words already
  Segments segments_;
};

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
  const V4Path path(target.substr(0, target.find('?')));
  auto place = path.find(method, Release::V2_2_0);
  if (!place) place = path.find(method, Release::V1_3_0);
  return place ? kEntries[*place].operation : Operation::Unknown;
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
  const V4Path wanted(path);
  std::vector<std::string_view> others;
  const auto place = wanted.find(method, release, &others);
  if (!place) {
    out.allowed = std::move(others);
    return out;
  }
  out.operation = kEntries[*place].operation;
  capture(kPatterns[*place], wanted.segments(), out);
  return out;
}

}  // namespace mocksc
