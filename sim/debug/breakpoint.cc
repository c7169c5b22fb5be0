// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/breakpoint.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/debug/state.h"
#include "syncer/base/nearest.h"
#include "syncer/base/quantity.h"

namespace sim::debug {
namespace {

using nlohmann::json;
using Compare = StateTest::Compare;

constexpr std::pair<std::string_view, Compare> kCompares[] = {
    {"==", Compare::Equal}, {"!=", Compare::Unequal}, {"<", Compare::Less},     {"<=", Compare::AtMost},
    {">", Compare::More},   {">=", Compare::AtLeast}, {"holds", Compare::Holds}};

syncer::Error wrong(std::string what, std::string why) {
  return {syncer::ErrorCode::Invalid, std::move(what), std::move(why)};
}

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// JSON where it is, a text otherwise.
json value_of(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  return value.is_discarded() ? json(text) : value;
}

bool compare(const json& seen, Compare how, const std::string& text) {
  if (how == Compare::Holds) return text_of(seen).find(text) != std::string::npos;
  const json wanted = value_of(text);
  switch (how) {
    case Compare::Equal:
      return seen == wanted;
    case Compare::Unequal:
      return seen != wanted;
    case Compare::Less:
      return seen < wanted;
    case Compare::AtMost:
      return seen <= wanted;
    case Compare::More:
      return seen > wanted;
    default:
      return seen >= wanted;
  }
}

syncer::Result<json> state_of(const Playback& run, const std::string& who) {
  if (const auto node = run.names().node(who)) return node_state(run.world(), *node);
  if (const auto registry = run.names().registry(who)) return registry_state(run.world(), *registry);
  std::vector<std::string_view> known;
  for (const auto& node : run.names().nodes()) known.push_back(node.name);
  for (const auto& registry : run.names().registries()) known.push_back(registry);
  const std::string_view near = syncer::nearest_word(who, known);
  const std::string hint = near.empty() ? "" : ", did you mean \"" + std::string(near) + "\"";
  return tl::unexpected(wrong(who, "is no syncer or registry of this scenario" + hint));
}

/// The part of a state that a pointer names; null when there is none at the moment.
json part_of(const json& state, const std::string& pointer) {
  const json::json_pointer place(pointer);
  return state.contains(place) ? state.at(place) : json();
}

bool is_pointer(const std::string& text) {
  try {
    const json::json_pointer parsed(text);
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

bool holds(const Playback& run, const StateTest& test) {
  const auto state = state_of(run, test.who);
  return state && compare(part_of(*state, test.pointer), test.compare, test.value);
}

/// The state of nobody else changes in an event.
bool may_have_changed(const Playback& run, const std::string& who) {
  const Moment& m = run.moment();
  const auto among = [](const auto& all, auto one) {
    return one && std::find(all.begin(), all.end(), *one) != all.end();
  };
  return among(m.acted, run.names().node(who)) || among(m.wrote, run.names().registry(who)) || !m.labels.empty() ||
         !m.lines.empty();
}

syncer::Result<Breakpoint> parse_state(const std::vector<std::string>& words, const Playback& run, Breakpoint made) {
  if (words.size() < 5) return tl::unexpected(wrong("break if", "wants WHO POINTER OP VALUE"));
  StateTest test{words[1], words[2], Compare::Equal, words[4]};
  for (std::size_t i = 5; i < words.size(); ++i) test.value += " " + words[i];
  const auto found =
      std::find_if(std::begin(kCompares), std::end(kCompares), [&](const auto& c) { return c.first == words[3]; });
  if (found == std::end(kCompares)) return tl::unexpected(wrong(words[3], "is none of == != < <= > >= holds"));
  test.compare = found->second;
  if (!is_pointer(test.pointer)) return tl::unexpected(wrong(test.pointer, "is no JSON pointer such as /status/ready"));
  if (const auto state = state_of(run, test.who); !state) return tl::unexpected(state.error());
  made.when = std::move(test);
  made.look(run);
  return made;
}

}  // namespace

syncer::Result<Breakpoint> Breakpoint::parse(const std::vector<std::string>& words, const Playback& run) {
  Breakpoint made;
  for (const std::string& word : words) made.text += (made.text.empty() ? "" : " ") + word;
  const std::string kind = words.empty() ? "" : words.front();
  const std::string rest = made.text.size() > kind.size() ? made.text.substr(kind.size() + 1) : "";
  if (kind == "violation" && rest.empty()) {
    made.when = Violation{};
    return made;
  }
  if (kind == "if") return parse_state(words, run, std::move(made));
  if (rest.empty()) {
    return tl::unexpected(
        wrong("break", "wants at TIME, event NUMBER, label NAME, line TEXT, violation, or if WHO POINTER OP VALUE"));
  }
  if (kind == "at") {
    const auto time = syncer::parse_duration(rest);
    if (!time) return tl::unexpected(time.error());
    made.when = Time{syncer::Instant(*time)};
  } else if (kind == "event") {
    const auto number = syncer::parse_number(rest, std::numeric_limits<std::uint64_t>::max());
    if (!number) return tl::unexpected(wrong(rest, "is no number of an event"));
    made.when = Event{*number};
  } else if (kind == "label") {
    made.when = Label{rest};
  } else if (kind == "line") {
    made.when = Line{rest};
  } else {
    return Breakpoint::parse({}, run);
  }
  return made;
}

bool Breakpoint::reached(const Playback& run, const Moment& before) {
  const Moment& now = run.moment();
  if (const auto* time = std::get_if<Time>(&when)) return before.at < time->at && now.at >= time->at;
  if (const auto* event = std::get_if<Event>(&when)) return run.event() == event->number;
  if (const auto* label = std::get_if<Label>(&when)) {
    return std::find(now.labels.begin(), now.labels.end(), label->name) != now.labels.end();
  }
  if (const auto* line = std::get_if<Line>(&when)) {
    const auto fits = [&](const report::TraceLine& l) { return to_string(l).find(line->text) != std::string::npos; };
    return std::any_of(now.lines.begin(), now.lines.end(), fits);
  }
  if (std::holds_alternative<Violation>(when)) return now.violations > before.violations;
  const auto& test = std::get<StateTest>(when);
  if (!may_have_changed(run, test.who)) return false;
  return !std::exchange(held, holds(run, test)) && held;
}

void Breakpoint::look(const Playback& run) {
  if (const auto* test = std::get_if<StateTest>(&when)) held = holds(run, *test);
}

syncer::Result<std::string> state_text(const Playback& run, const std::string& who, const std::string& pointer) {
  const auto state = state_of(run, who);
  if (!state) return tl::unexpected(state.error());
  if (!is_pointer(pointer)) return tl::unexpected(wrong(pointer, "is no JSON pointer such as /status/ready"));
  const json::json_pointer place(pointer);
  if (!state->contains(place))
    return tl::unexpected(wrong(pointer, "is not in the state of " + who + " at the moment"));
  return state->at(place).dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace sim::debug
