// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/repeat_filter.h"

#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::daemon {
namespace {

/// A trouble that goes on is logged again after this.
constexpr Duration kQuiet = std::chrono::minutes(1);
/// More different troubles than this at once: start over instead of growing.
constexpr std::size_t kLimit = 1024;
/// Different troubles of one kind that are logged in that time: whoever makes up names floods no log.
constexpr std::size_t kMostOfAKind = 60;
/// Likewise of what is no trouble: whoever comes and goes, or begins anew, all the time.
constexpr std::size_t kMostNewsOfAKind = 300;

/// Recovery, and the trouble it ends.
constexpr std::array<std::pair<EventKind, EventKind>, 6> kRecoveries = {{
    {EventKind::RegistryUp, EventKind::RegistryDown},
    {EventKind::LinkUp, EventKind::LinkDown},
    {EventKind::LinkUp, EventKind::DialFailed},
    {EventKind::JoinSucceeded, EventKind::JoinFailed},
    {EventKind::CopyAccepted, EventKind::CopyRejected},
    {EventKind::GuardReleased, EventKind::GuardTripped},
}};

/// A stranger comes under many names and may make up reasons: of these a reason is no news about somebody known.
bool is_about_strangers(EventKind kind) { return kind == EventKind::PeerRefused || kind == EventKind::PacketDropped; }

/// What makes two troubles the same one: what it is about, and of strangers the reason alone.
std::string text_of(const Event& event) {
  std::string key(name(event.kind));
  const bool by_reason = event.kind == EventKind::PeerRefused;
  for (const Field& field : event.fields) {
    const bool is_reason = field.key == "reason";
    const bool counts = by_reason ? is_reason : !is_reason || is_about_strangers(event.kind);
    if (!field.is_number && counts) key.append("\x1f").append(field.text);
  }
  return key;
}

std::string_view reason_of(const Event& event) {
  return is_about_strangers(event.kind) ? std::string_view() : event.text("reason");
}

}  // namespace

bool is_about_one_instance(EventKind kind) {
  switch (kind) {
    case EventKind::EntryAppended:
    case EventKind::EntryApplied:
    case EventKind::Exported:
    case EventKind::Unexported:
    case EventKind::CopyRegistered:
    case EventKind::CopyUpdated:
    case EventKind::CopyRemoved:
      return true;
    default:
      return false;
  }
}

std::optional<std::uint64_t> RepeatFilter::pass(const Event& event) {
  for (const auto& [recovery, trouble] : kRecoveries) {
    if (event.kind == recovery) forget(trouble);
  }
  if (event.severity < Severity::Warning) return pass_news(event);
  if (seen_.size() >= kLimit) seen_.clear();
  const std::string_view reason = reason_of(event);
  const auto [entry, is_new] = seen_.try_emplace(text_of(event), Seen{event.at, std::string(reason)});
  Seen& seen = entry->second;
  const bool is_other = seen.reason != reason && !SYNCER_MUTATED("daemon.log_a_changed_reason_later");
  if (!is_new && !is_other && event.at - seen.at < kQuiet) {
    ++seen.left_out;
    return std::nullopt;
  }
  seen.reason = reason;
  const auto left_out = take_turn(turns_, event, kMostOfAKind);
  if (!left_out) return std::nullopt;
  seen.at = event.at;
  return std::exchange(seen.left_out, 0) + *left_out;
}

/// Who wants less than that wants all of it, and what is about single instances is added up elsewhere.
std::optional<std::uint64_t> RepeatFilter::pass_news(const Event& event) {
  const bool counts = event.severity == Severity::Info && !is_about_one_instance(event.kind);
  if (!counts || SYNCER_MUTATED("daemon.log_all_news")) return 0;
  return take_turn(news_, event, kMostNewsOfAKind);
}

std::optional<std::uint64_t> RepeatFilter::take_turn(std::map<EventKind, Turn>& turns, const Event& event,
                                                     std::size_t most) {
  Turn& turn = turns.try_emplace(event.kind, Turn{event.at}).first->second;
  if (event.at - turn.since >= kQuiet) turn = {event.at, 0, turn.left_out};
  if (turn.passed >= most) {
    ++turn.left_out;
    return std::nullopt;
  }
  ++turn.passed;
  return std::exchange(turn.left_out, 0);
}

void RepeatFilter::forget(EventKind kind) {
  const std::string begin(name(kind));
  const auto belongs = [&](const std::string& key) {
    return key.compare(0, begin.size(), begin) == 0 && (key.size() == begin.size() || key[begin.size()] == '\x1f');
  };
  for (auto it = seen_.begin(); it != seen_.end();) it = belongs(it->first) ? seen_.erase(it) : std::next(it);
}

}  // namespace syncer::daemon
