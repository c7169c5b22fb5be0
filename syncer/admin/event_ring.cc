// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/event_ring.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::admin {
namespace {

/// Longer ones are of no use to people, and memory is bounded by it.
constexpr std::size_t kLongestEvent = 8U << 10U;

constexpr std::array<std::string_view, 5> kSeverities = {"trace", "debug", "info", "warning", "error"};

/// What the process itself says besides the node's events.
constexpr std::array<std::string_view, 4> kOwnKinds = {"copies", "daemon", "operator", "resolve"};

bool is_kind(std::string_view name, std::string_view kind) {
  return name.starts_with(kind) && (name.size() == kind.size() || name[kind.size()] == '.');
}

bool is_known(std::string_view kind) {
  constexpr std::array<std::string_view, 0
#define SYNCER_COUNT_KIND(kind, text) +1
                       SYNCER_EVENT_KINDS(SYNCER_COUNT_KIND)
#undef SYNCER_COUNT_KIND
                       >
      kNames = {
#define SYNCER_KIND_NAME(kind, text) text,
          SYNCER_EVENT_KINDS(SYNCER_KIND_NAME)
#undef SYNCER_KIND_NAME
      };
  const auto fits = [&](std::string_view name) { return is_kind(name, kind); };
  const auto owns = [&](std::string_view name) { return is_kind(kind, name); };
  return std::any_of(kNames.begin(), kNames.end(), fits) || std::any_of(kOwnKinds.begin(), kOwnKinds.end(), owns);
}

auto first_after(const std::deque<KeptEvent>& events, std::uint64_t id) {
  return std::upper_bound(events.begin(), events.end(), id,
                          [](std::uint64_t wanted, const KeptEvent& event) { return wanted < event.id; });
}

}  // namespace

std::string to_json(const KeptEvent& event) { return "{\"id\":" + std::to_string(event.id) + "," + event.inside + "}"; }

bool EventFilter::matches(const KeptEvent& event) const {
  if (event.level < least || (!region.empty() && region != event.region)) return false;
  const bool is_private = is_kind(event.name, "daemon") || is_kind(event.name, "operator");
  if (is_public && is_private && !SYNCER_MUTATED("admin.tell_everybody_who_commands")) return false;
  return kinds.empty() ||
         std::any_of(kinds.begin(), kinds.end(), [&](const std::string& kind) { return is_kind(event.name, kind); });
}

Result<EventFilter> parse_filter(std::string_view kinds, std::string_view region, std::string_view level) {
  EventFilter filter;
  filter.region = region;
  while (!kinds.empty()) {
    const std::string_view kind = kinds.substr(0, kinds.find(','));
    kinds.remove_prefix(std::min(kind.size() + 1, kinds.size()));
    if (kind.empty()) continue;
    if (!is_known(kind)) return failure(ErrorCode::Invalid, "kind", "there is no event \"" + std::string(kind) + "\"");
    filter.kinds.emplace_back(kind);
  }
  if (level.empty()) return filter;
  const auto found = std::find(kSeverities.begin(), kSeverities.end(), level);
  if (found == kSeverities.end()) {
    return failure(ErrorCode::Invalid, "level", "say trace, debug, info, warning or error");
  }
  filter.least = static_cast<Severity>(found - kSeverities.begin());
  return filter;
}

void EventRing::add(KeptEvent event) {
  event.id = ++last_;
  if (event.inside.size() > kLongestEvent) event.inside = "\"event\":\"" + event.name + "\",\"too_long\":true";
  std::deque<KeptEvent>& events = event.single && !SYNCER_MUTATED("admin.singles_push_out_events") ? singles_ : events_;
  events.push_back(std::move(event));
  if (events.size() > most_ && !SYNCER_MUTATED("admin.keep_all_events")) drop_one(events);
}

/// The oldest one of the kind of which there are most: what happens again and again pushes out its own kind.
void EventRing::drop_one(std::deque<KeptEvent>& events) {
  if (&events == &singles_ || SYNCER_MUTATED("admin.keep_the_last_of_any_kind")) return events.pop_front();
  std::map<std::string_view, std::size_t> counts;
  for (const KeptEvent& event : events) ++counts[event.name];
  std::size_t most = 0;
  for (const auto& [name, count] : counts) most = std::max(most, count);
  events.erase(std::find_if(events.begin(), events.end(),
                            [&](const KeptEvent& event) { return counts.at(event.name) == most; }));
}

const KeptEvent* EventRing::next(std::uint64_t id) const {
  const auto event = first_after(events_, id);
  const auto single = first_after(singles_, id);
  if (single == singles_.end()) return event == events_.end() ? nullptr : &*event;
  return event == events_.end() || single->id < event->id ? &*single : &*event;
}

}  // namespace syncer::admin
