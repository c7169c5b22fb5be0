// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/debugger.h"

#include <algorithm>
#include <limits>
#include <sstream>

#include "syncer/base/nearest.h"
#include "syncer/base/quantity.h"

namespace sim::debug {
namespace {

constexpr const char* kHelp =
    "next [N]                  the next event, or the next N                                   n\n"
    "next WHO                  up to the next event in which that syncer or registry acts\n"
    "continue                  up to the next breakpoint, or the end                           c\n"
    "back [N]                  before the last event, or the last N (plays the run again)      b\n"
    "goto EVENT | TIME         to the end of that event, or to that time: goto 8812, goto 40s\n"
    "break at TIME | event NUMBER | label NAME | line TEXT | violation\n"
    "break if WHO POINTER OP VALUE   when that begins to hold: break if e1 /status/ready == false\n"
    "                          OP is == != < <= > >= or holds (a text that is found there)\n"
    "breaks, delete N          all breakpoints; away with one\n"
    "state WHO [POINTER]       state of a syncer or registry as JSON, or the part of it        s\n"
    "log [FROM [UNTIL]] [who=WHO] [grep=TEXT]   lines of the trace so far; without FROM the last 10 s\n"
    "who                       all syncers and registries, and how they are\n"
    "violations                what was violated so far\n"
    "where                     the present event                                               w\n"
    "quit                                                                                      q\n";

constexpr std::string_view kWords[] = {"next",  "continue", "back", "goto",       "break", "breaks", "delete",
                                       "state", "log",      "who",  "violations", "where", "quit",   "help"};

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line.substr(0, line.find('#')));
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

/// Short forms of what is typed most.
std::string command_of(const std::string& word) {
  static const std::map<std::string, std::string> kShort = {{"n", "next"},  {"c", "continue"}, {"b", "back"},
                                                            {"s", "state"}, {"w", "where"},    {"q", "quit"}};
  const auto found = kShort.find(word);
  return found == kShort.end() ? word : found->second;
}

Reply refuse(const std::string& text) { return {text + "\n", false, false}; }

/// The number of a command that takes one, or 1.
std::optional<std::uint64_t> number_of(const std::vector<std::string>& words) {
  if (words.size() < 2) return 1;
  const auto number = syncer::parse_number(words[1], kMost);
  if (!number || *number == 0) return std::nullopt;
  return *number;
}

}  // namespace

std::string Debugger::prompt() const {
  return syncer::to_string(run_.world().now().time_since_epoch()) + " event " + std::to_string(run_.event()) +
         (run_.ended() ? ", the end" : "");
}

Reply Debugger::execute(const std::string& line) {
  const Words words = words_of(line);
  if (words.empty()) return {};
  const std::string command = command_of(words.front());
  if (command == "help") return {kHelp};
  if (command == "quit") return {"", true, true};
  if (command == "next") return next(words);
  if (command == "continue") return go_on();
  if (command == "back") return back(words);
  if (command == "goto") return go_to(words);
  if (command == "break") return add_break(words);
  if (command == "breaks") return breaks();
  if (command == "delete") return remove_break(words);
  if (command == "state") return state(words);
  if (command == "log") return log(words);
  if (command == "who") return who();
  if (command == "violations") return violations();
  if (command == "where") return {where()};
  const std::string_view near = syncer::nearest_word(command, kWords);
  return refuse("unknown command \"" + command + "\"" +
                (near.empty() ? ", help lists them all" : ", did you mean \"" + std::string(near) + "\""));
}

std::string Debugger::step() {
  const Moment before = run_.moment();
  const bool happened = run_.step();
  std::string text;
  for (auto& [number, point] : breaks_) {
    const bool counts = happened || std::holds_alternative<Breakpoint::Violation>(point.when);
    if (counts && point.reached(run_, before)) {
      text += "breakpoint " + std::to_string(number) + ": " + point.text + "\n";
    }
  }
  return text;
}

Reply Debugger::go_on() {
  while (!run_.ended()) {
    const std::string reached = step();
    if (!reached.empty()) return {reached + where()};
  }
  return {where()};
}

Reply Debugger::next(const Words& words) {
  const auto count = number_of(words);
  if (count) {
    std::string reached;
    for (std::uint64_t i = 0; i < *count && !run_.ended() && reached.empty(); ++i) reached = step();
    return {reached + where()};
  }
  const auto node = run_.names().node(words[1]);
  const auto registry = run_.names().registry(words[1]);
  if (!node && !registry) return refuse(words[1] + " is neither a number of events nor a syncer or registry");
  const auto among = [](const auto& all, const auto& one) {
    return one && std::find(all.begin(), all.end(), *one) != all.end();
  };
  while (!run_.ended()) {
    const std::string reached = step();
    const Moment& now = run_.moment();
    if (!reached.empty() || among(now.acted, node) || among(now.wrote, registry)) return {reached + where()};
  }
  return {where()};
}

Reply Debugger::travel(std::uint64_t event) {
  if (event < run_.event() || run_.ended()) run_.rewind(0);
  while (run_.event() < event && run_.step()) {
  }
  for (auto& [number, point] : breaks_) point.look(run_);
  return {where()};
}

Reply Debugger::back(const Words& words) {
  const auto count = number_of(words);
  if (!count) return refuse(words[1] + " is no number of events");
  return travel(run_.event() - std::min(*count, run_.event()));
}

Reply Debugger::go_to(const Words& words) {
  if (words.size() != 2) return refuse("goto wants the number of an event, or a time");
  if (const auto event = syncer::parse_number(words[1], kMost)) return travel(*event);
  const auto time = syncer::parse_duration(words[1]);
  if (!time) return refuse(words[1] + " is neither a number of an event nor a time such as 40s");
  const syncer::Instant at(*time);
  if (at < run_.world().now()) run_.rewind(0);
  while (run_.world().now() < at && run_.step()) {
  }
  for (auto& [number, point] : breaks_) point.look(run_);
  return {where()};
}

Reply Debugger::add_break(const Words& words) {
  auto made = Breakpoint::parse(Words(words.begin() + 1, words.end()), run_);
  if (!made) return refuse(to_string(made.error()));
  const std::string text = "breakpoint " + std::to_string(next_break_) + ": " + made->text + "\n";
  breaks_.emplace(next_break_++, std::move(*made));
  return {text};
}

Reply Debugger::breaks() const {
  std::string text;
  for (const auto& [number, point] : breaks_) text += std::to_string(number) + "  " + point.text + "\n";
  return {text.empty() ? "no breakpoints\n" : text};
}

Reply Debugger::remove_break(const Words& words) {
  const auto number = syncer::parse_number(words.size() == 2 ? words[1] : "", kMost);
  if (!number || breaks_.erase(*number) == 0) return refuse("delete wants the number of a breakpoint");
  return {"breakpoint " + words[1] + " is gone\n"};
}

Reply Debugger::state(const Words& words) const {
  if (words.size() < 2 || words.size() > 3)
    return refuse("state wants a syncer or registry, and a JSON pointer or none");
  const auto text = state_text(run_, words[1], words.size() == 3 ? words[2] : "");
  return text ? Reply{*text + "\n"} : refuse(to_string(text.error()));
}

Reply Debugger::log(const Words& words) const {
  report::TraceFilter filter;
  const syncer::Duration now = run_.world().now().time_since_epoch();
  filter.from = syncer::Instant(std::max(now - std::chrono::seconds(10), syncer::Duration::zero()));
  bool from_given = false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].starts_with("who=")) {
      filter.who = words[i].substr(4);
    } else if (words[i].starts_with("grep=")) {
      filter.grep = words[i].substr(5);
    } else if (const auto time = syncer::parse_duration(words[i])) {
      (std::exchange(from_given, true) ? filter.until : filter.from) = syncer::Instant(*time);
    } else {
      return refuse(words[i] + " is neither a time nor who=WHO nor grep=TEXT");
    }
  }
  std::string text;
  for (const report::TraceLine& line : run_.history()) {
    if (filter.wants(line)) text += to_string(line) + "\n";
  }
  return {text.empty() ? "nothing of that kind\n" : text};
}

Reply Debugger::who() const {
  std::string text;
  const host::World& world = run_.world();
  for (host::NodeIndex n = 0; n < run_.names().nodes().size(); ++n) {
    text += run_.names().nodes()[n].name + (world.paused(n) ? "  frozen\n" : world.alive(n) ? "  up\n" : "  down\n");
  }
  for (host::RegistryIndex r = 0; r < run_.names().registries().size(); ++r) {
    text += run_.names().registries()[r] + (world.registry(r).healthy() ? "  sound\n" : "  with a fault\n");
  }
  return {text};
}

Reply Debugger::violations() const {
  std::string text;
  for (const scenario::Violation& v : run_.violations()) {
    text += v.id + "  at " + syncer::to_string(v.at.time_since_epoch()) + ", event " + std::to_string(v.event) + "\n";
    for (const std::string& fact : v.facts) text += "  " + fact + "\n";
  }
  return {text.empty() ? "nothing was violated so far\n" : text};
}

std::string Debugger::where() const {
  const Moment& now = run_.moment();
  std::string text = prompt() + (now.event.empty() ? "" : ": " + now.event) + "\n";
  for (const std::string& label : now.labels) text += "  label " + label + "\n";
  for (const report::TraceLine& line : now.lines) text += "  " + line.who + "  " + line.what + "\n";
  if (!run_.ended()) return text;
  return text + "  " + std::string(name(run_.result().verdict)) + "\n" + violations().text;
}

}  // namespace sim::debug
