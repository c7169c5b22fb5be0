// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/repeat_filter.h"

#include <array>
#include <utility>

namespace syncer::daemon {
namespace {

constexpr Duration kQuiet = std::chrono::minutes(1);
/// More different troubles than this at once: start over instead of growing.
constexpr std::size_t kLimit = 1024;

/// Recovery, and the trouble it ends.
constexpr std::array<std::pair<EventKind, EventKind>, 5> kRecoveries = {{
    {EventKind::RegistryUp, EventKind::RegistryDown},
    {EventKind::LinkUp, EventKind::LinkDown},
    {EventKind::JoinSucceeded, EventKind::JoinFailed},
    {EventKind::CopyUnparked, EventKind::CopyParked},
    {EventKind::GuardReleased, EventKind::GuardTripped},
}};

std::string key_of(const Event& event) {
  std::string key(name(event.kind));
  for (const Field& field : event.fields) {
    if (!field.is_number) key.append("\x1f").append(field.text);
  }
  return key;
}

}  // namespace

std::optional<std::uint64_t> RepeatFilter::pass(const Event& event) {
  for (const auto& [recovery, trouble] : kRecoveries) {
    if (event.kind == recovery) forget(trouble);
  }
  if (event.severity < Severity::Warning) return 0;
  if (seen_.size() >= kLimit) seen_.clear();
  const auto [entry, is_new] = seen_.try_emplace(key_of(event), Seen{event.at});
  if (is_new) return 0;
  Seen& seen = entry->second;
  if (event.at - seen.at < kQuiet) {
    ++seen.left_out;
    return std::nullopt;
  }
  seen.at = event.at;
  return std::exchange(seen.left_out, 0);
}

void RepeatFilter::forget(EventKind kind) {
  const std::string begin(name(kind));
  const auto belongs = [&](const std::string& key) {
    return key.compare(0, begin.size(), begin) == 0 && (key.size() == begin.size() || key[begin.size()] == '\x1f');
  };
  for (auto it = seen_.begin(); it != seen_.end();) it = belongs(it->first) ? seen_.erase(it) : std::next(it);
}

}  // namespace syncer::daemon
