// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/form.h"

#include <algorithm>
#include <array>

#include "syncer/base/nearest.h"

namespace syncer::policy {
namespace {

constexpr std::size_t kMostGlobs = 1000;
constexpr std::size_t kLongestGlob = 256;

constexpr std::array<std::string_view, 5> kStates = {"UP", "DOWN", "STARTING", "OUT_OF_SERVICE", "TESTING"};

Result<std::string> read_glob(const Cursor& at) {
  if (!at.value.is_text()) return refuse(at, "wants a text, in which * and ? stand for others");
  const std::string_view text = at.value.text();
  if (text.size() > kLongestGlob) {
    return refuse(at, "is longer than " + std::to_string(kLongestGlob) + " characters");
  }
  return std::string(text);
}

Result<void> check_states(const Cursor& at, const Globs& states) {
  for (const std::string& state : states) {
    const bool known = std::any_of(kStates.begin(), kStates.end(), [&](auto word) { return matches(state, word); });
    if (!known) return refuse(at, "\"" + state + "\" is no state of an instance" + did_you_mean(state, kStates));
  }
  return {};
}

}  // namespace

tl::unexpected<Error> refuse(const Cursor& at, std::string detail) {
  return failure(ErrorCode::Invalid, at.path, std::move(detail));
}

Result<void> check_members(const Cursor& at, std::span<const std::string_view> known) {
  if (!at.value.is_object()) return refuse(at, "wants an object");
  for (const json::Value& member : at.value) {
    const std::string_view word = member.name();
    if (known.empty() || std::find(known.begin(), known.end(), word) != known.end()) continue;
    return refuse(at.member(member), "is no member that is known here" + did_you_mean(word, known));
  }
  return {};
}

Result<std::string> read_text(const Cursor& at) {
  const bool fits = at.value.is_text() && !at.value.text().empty() && at.value.text().size() <= kLongestGlob;
  if (!fits) return refuse(at, "wants a text of 1 to 256 characters");
  return std::string(at.value.text());
}

Result<Globs> read_globs(const Cursor& at) {
  Globs globs;
  if (!at.value.is_list()) {
    auto glob = read_glob(at);
    if (!glob) return tl::unexpected(glob.error());
    globs.push_back(std::move(*glob));
    return globs;
  }
  std::size_t index = 0;
  for (const json::Value& one : at.value) {
    auto glob = read_glob(at.element(one, index++));
    if (!glob) return tl::unexpected(glob.error());
    globs.push_back(std::move(*glob));
    if (globs.size() > kMostGlobs) return refuse(at, "has more than " + std::to_string(kMostGlobs) + " patterns");
  }
  if (globs.empty()) return refuse(at, "is an empty list: leave the member out, or name something");
  return globs;
}

Result<Match> read_match(const Cursor& at) {
  Match match;
  const std::array<std::pair<std::string_view, Globs*>, 6> lists = {{{"namespace", &match.space},
                                                                     {"environment", &match.environment},
                                                                     {"app", &match.app},
                                                                     {"service", &match.service},
                                                                     {"version", &match.version},
                                                                     {"state", &match.state}}};
  constexpr std::array<std::string_view, 7> kMembers = {"namespace", "environment", "app",     "service",
                                                        "version",   "state",       "metadata"};
  if (auto valid = check_members(at, kMembers); !valid) return tl::unexpected(valid.error());
  for (const auto& [word, into] : lists) {
    const json::Value* given = at.value.find(word);
    if (given == nullptr) continue;
    auto globs = read_globs(at.member(*given));
    if (!globs) return tl::unexpected(globs.error());
    *into = std::move(*globs);
  }
  if (const json::Value* given = at.value.find("state")) {
    if (auto valid = check_states(at.member(*given), match.state); !valid) return tl::unexpected(valid.error());
  }
  const json::Value* metadata = at.value.find("metadata");
  if (metadata == nullptr) return match;
  const Cursor inside = at.member(*metadata);
  if (auto valid = check_members(inside, {}); !valid) return tl::unexpected(valid.error());
  for (const json::Value& key : *metadata) {
    auto globs = read_globs(inside.member(key));
    if (!globs) return tl::unexpected(globs.error());
    match.metadata.emplace(key.name(), std::move(*globs));
  }
  if (match.metadata.empty()) return refuse(inside, "names no key: leave the member out, or name one");
  return match;
}

Result<std::string> read_name(const Cursor& at, std::string fallback) {
  const json::Value* given = at.value.find("name");
  if (given == nullptr) return fallback;
  return read_text(at.member(*given));
}

Result<Globs> read_regions(const Cursor& at, std::string_view word) {
  const json::Value* given = at.value.find(word);
  if (given == nullptr) return Globs{"*"};
  return read_globs(at.member(*given));
}

}  // namespace syncer::policy
