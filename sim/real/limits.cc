// SPDX-License-Identifier: Apache-2.0
#include "sim/real/limits.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>
#include <type_traits>

namespace sim::real {
namespace {

namespace sc = scenario;

/// Why an event cannot happen; empty when it can.
struct EventLimit {
  std::string operator()(const sc::FuzzPeer&) const { return "strangers are simulated only"; }
  std::string operator()(const sc::HostilePeer&) const { return "strangers are simulated only"; }
  std::string operator()(const sc::Slow&) const {
    return "no processor can be slowed down by an amount for each event";
  }
  std::string operator()(const sc::RelayLies&) const { return "a process that is real tells the truth"; }
  std::string operator()(const sc::ClockDrift&) const { return "a clock that drifts is not made for processes yet"; }
  std::string operator()(const sc::CrashAt& a) const {
    if (a.call == sc::CallKind::RegistryWrite) return "";
    return "nobody outside the process sees it write to its disk";
  }
  std::string operator()(const sc::DiskFault& a) const {
    return a.mode == sc::DiskIllness::Full ? "" : "a tmpfs can be full, but neither fail nor be slow";
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return "";
  }
};

bool is_clock(const sc::Action& action) {
  return std::holds_alternative<sc::ClockJump>(action) || std::holds_alternative<sc::ClockSkew>(action) ||
         std::holds_alternative<sc::ClockStrobe>(action);
}

/// Words about the inside of a syncer that its events do not tell.
std::string_view hidden_word(const sc::Predicate& p) {
  switch (p.word) {
    case sc::Word::QueueDepth:
      return "queue_depth";
    case sc::Word::Pending:
      return "pending";
    case sc::Word::Ready:
      return "ready";
    case sc::Word::Problem:
      return "problem";
    case sc::Word::Conflict:
      return "conflict";
    default:
      break;
  }
  for (const sc::Predicate& part : p.parts) {
    if (const auto word = hidden_word(part); !word.empty()) return word;
  }
  return "";
}

std::string_view hidden_word(const sc::Expectation& expectation) {
  if (const auto* e = std::get_if<sc::Eventually>(&expectation.form)) return hidden_word(e->predicate);
  if (const auto* e = std::get_if<sc::Always>(&expectation.form)) return hidden_word(e->predicate);
  if (const auto* e = std::get_if<sc::Never>(&expectation.form)) return hidden_word(e->predicate);
  const auto* e = std::get_if<sc::Keeps>(&expectation.form);
  if (e == nullptr) return "";
  const auto first = hidden_word(e->keeps);
  return first.empty() ? hidden_word(e->until) : first;
}

/// What a metric counts that nobody outside sees.
bool is_hidden(const std::string& metric) {
  static const std::set<std::string> kHidden = {"effort.stream.dialled", "effort.disk.write"};
  return metric.rfind("net.", 0) == 0 || kHidden.count(metric) != 0;
}

class List {
 public:
  void add(const sc::Place& place, const std::string& what) { lines_.push_back(to_string(place) + ": " + what); }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

void look_at_topology(const sc::Scenario& s, List& list) {
  const sc::Topology& topology = s.topology;
  const sc::Place whole{s.file, 1, 1};
  if (topology.certificates != sc::CertificateRule::Off) list.add(whole, "certificates: nobody issues real ones");
  for (const sc::Region& region : topology.regions) {
    if (!region.bridge_of.empty()) list.add(region.place, "bridge_of: one process would have two machines");
    if (region.clock.drift != 0) list.add(region.place, "clock: one that drifts is not made for processes yet");
  }
}

void look_at_expectations(const sc::Scenario& s, List& list) {
  for (const sc::Expectation& one : s.expect) {
    if (const auto word = hidden_word(one); !word.empty()) {
      list.add(one.place, "\"" + std::string(word) + "\": the events of a syncer do not tell it");
    }
    const auto* metric = std::get_if<sc::Metric>(&one.form);
    if (metric != nullptr && is_hidden(metric->metric)) {
      list.add(one.place, "\"" + metric->metric + "\": nobody outside the simulator counts it");
    }
  }
}

std::string word_of(const sc::Event& event) { return "event \"" + event.id + "\""; }

}  // namespace

std::vector<std::string> impossible(const sc::Scenario& scenario) {
  List list;
  look_at_topology(scenario, list);
  const bool has_clock = !fake_clock_library().empty();
  for (const sc::Event& event : scenario.events) {
    const std::string limit = std::visit(EventLimit{}, event.action);
    if (!limit.empty()) list.add(event.place, word_of(event) + ": " + limit);
    if (is_clock(event.action) && !has_clock) {
      list.add(event.place, word_of(event) + ": libfaketime is not installed (Debian: apt-get install libfaketime)");
    }
    if (event.anchor.when && !hidden_word(*event.anchor.when).empty()) {
      list.add(event.place, word_of(event) + ": \"" + std::string(hidden_word(*event.anchor.when)) +
                                "\": the events of a syncer do not tell it");
    }
  }
  look_at_expectations(scenario, list);
  return list.take();
}

std::vector<std::string> differences(const sc::Scenario& scenario) {
  List list;
  const auto fate_of = [](const sc::Action& action) -> std::optional<sc::DiskFate> {
    if (const auto* a = std::get_if<sc::Crash>(&action)) return a->disk;
    if (const auto* a = std::get_if<sc::Bounce>(&action)) return a->disk;
    if (const auto* a = std::get_if<sc::CrashAt>(&action)) return a->disk;
    return std::nullopt;
  };
  for (const sc::Event& event : scenario.events) {
    const auto fate = fate_of(event.action);
    if (fate == sc::DiskFate::LoseUnsynced || fate == sc::DiskFate::Tear) {
      list.add(event.place, word_of(event) + ": the process is killed; the kernel keeps what it had written");
    }
  }
  return list.take();
}

bool needs_wrong_clocks(const sc::Scenario& scenario) {
  const auto skewed = [](const sc::Region& region) { return region.clock.skew.by != syncer::Duration::zero(); };
  return std::any_of(scenario.events.begin(), scenario.events.end(),
                     [](const sc::Event& event) { return is_clock(event.action); }) ||
         std::any_of(scenario.topology.regions.begin(), scenario.topology.regions.end(), skewed);
}

std::string fake_clock_library() {
  constexpr std::array<const char*, 2> kFolders = {"/usr/lib/x86_64-linux-gnu/faketime",
                                                   "/usr/lib/aarch64-linux-gnu/faketime"};
  for (const char* folder : kFolders) {
    const std::string path = std::string(folder) + "/libfaketimeMT.so.1";
    if (std::filesystem::exists(path)) return path;
  }
  return "";
}

}  // namespace sim::real
