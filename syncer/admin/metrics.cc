// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/metrics.h"

#include <cstdio>
#include <map>
#include <utility>

#include "syncer/admin/label.h"
#include "syncer/node/facts.h"

namespace syncer::admin {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

std::string seconds(Duration d) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", std::chrono::duration<double>(d).count());
  return text.data();
}

std::string decimal(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6f", value);
  return text.data();
}

std::string precise(Duration d) { return decimal(std::chrono::duration<double>(d).count()); }

/// Metrics in the order of their first mention, each with all its samples, as the format demands.
class Families {
 public:
  void metric(const std::string& name, const char* type, std::string_view help) {
    const auto [at, is_new] = index_.try_emplace(name, all_.size());
    if (!is_new) return;
    all_.push_back("# HELP " + name + " " + std::string(help) + "\n# TYPE " + name + " " + type + "\n");
  }
  void sample(const std::string& name, const std::string& value, const Labels& labels) {
    sample(name, "", value, labels);
  }
  /// With an end to the name, as the parts of a histogram have.
  void sample(const std::string& name, std::string_view end, const std::string& value, const Labels& labels) {
    std::string list = side_.empty() ? "" : label("side", side_);
    for (const auto& [key, text] : labels) list += (list.empty() ? "" : ",") + label(key, text);
    std::string& lines = all_[index_.at(name)];
    lines.append(name).append(end).append(list.empty() ? " " : "{" + list + "} ").append(value + "\n");
  }
  /// What follows is of that side; empty: of the process.
  void begin_side(std::string side) { side_ = std::move(side); }
  void single(const std::string& name, const char* type, std::string_view help, const std::string& value,
              const Labels& labels = {}) {
    metric(name, type, help);
    sample(name, value, labels);
  }
  std::string text() const {
    std::string out;
    for (const std::string& lines : all_) out += lines;
    return out;
  }

 private:
  static std::string label(std::string_view key, const std::string& text) {
    return std::string(key) + "=\"" + label_value(text) + "\"";
  }
  std::map<std::string, std::size_t> index_;
  std::vector<std::string> all_;
  std::string side_;
};

/// The visitor that makes a gauge of each flag, number and duration that has a help text.
class Collector {
 public:
  /// `row` is the name of the label that holds a row's first text; empty for a struct that is no row.
  /// What is the work of a region's writer has no samples where another one leads.
  Collector(Families& families, std::string prefix, std::string_view row, bool heads_only, bool follows)
      : families_(families), prefix_(std::move(prefix)), row_(row), heads_only_(heads_only), follows_(follows) {}

  template <class T>
  void field(const StatusField& field, const T& value) {
    name_row(value);
    if constexpr (std::is_same_v<T, Duration>) {
      gauge(field, "_seconds", seconds(value));
    } else if constexpr (std::is_arithmetic_v<T>) {
      gauge(field, "", std::to_string(static_cast<std::uint64_t>(value)));
    }
  }
  template <class T>
  void field(const StatusField& field, const std::optional<T>& value) {
    const bool heads_only = std::exchange(heads_only_, heads_only_ || !value);
    this->field(field, value.value_or(T{}));
    heads_only_ = heads_only;
  }
  template <class T>
  void derived(const StatusField& field, const T& value) {
    this->field(field, value);
  }
  void counts(const StatusField& field, std::string_view label, const std::map<std::string, std::uint64_t>& numbers) {
    const std::string name = prefix_ + "_" + std::string(field.key) + "_total";
    families_.metric(name, "counter", field.help);
    for (const auto& [what, count] : numbers) families_.sample(name, std::to_string(count), {{label, what}});
  }
  template <class T>
  void part(const StatusPart& part, const T& value) {
    if (part.metric.empty()) return;
    const bool silent = heads_only_ || (part.of_writer && follows_);
    Collector inner(families_, std::string(part.metric), "", silent, follows_);
    T::describe(value, inner);
  }
  template <class T>
  void part(const StatusPart& part, const std::optional<T>& value) {
    if (value) this->part(part, *value);
  }
  /// A list without rows still says what it would hold.
  template <class T>
  void list(const StatusPart& part, const std::vector<T>& rows) {
    if (part.metric.empty()) return;
    const auto visit = [&](const T& row, bool heads_only) {
      Collector inner(families_, std::string(part.metric), part.row, heads_only, follows_);
      T::describe(row, inner);
    };
    visit(T{}, true);
    if (part.of_writer && follows_) return;
    for (const T& row : rows) visit(row, false);
  }

 private:
  template <class T>
  void name_row(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      if (!row_.empty() && labels_.empty()) labels_.emplace_back(row_, value);
    }
  }
  void gauge(const StatusField& field, const char* unit, const std::string& value) {
    if (field.help.empty()) return;
    const std::string name = prefix_ + "_" + std::string(field.key) + unit;
    families_.metric(name, "gauge", field.help);
    if (!heads_only_) families_.sample(name, value, labels_);
  }

  Families& families_;
  std::string prefix_;
  std::string_view row_;
  bool heads_only_;
  bool follows_;
  Labels labels_;
};

void add_members(Families& families, const node::Status& status) {
  std::map<std::string, std::uint64_t> by_state = {{"alive", 0}, {"suspect", 0}, {"dead", 0}, {"left", 0}};
  for (const gossip::MemberStatus& m : status.members) ++by_state[m.state];
  families.metric("syncer_members", "gauge", "Members of the gossip pool by state.");
  for (const auto& [state, count] : by_state) {
    families.sample("syncer_members", std::to_string(count), {{"state", state}});
  }
}

void add_problems(Families& families, const node::Status& status) {
  families.metric("syncer_problem", "gauge", "1 for each problem, as `syncer status --check` names it.");
  for (const node::StatusProblem& problem : node::problems_of(status)) {
    families.sample("syncer_problem", "1", {{"cause", problem.cause}, {"about", problem.about}});
  }
}

void add_events(Families& families, const EventCounts& events) {
  families.metric("syncer_events_total", "counter", "Events by name, as in the log.");
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::string event(name(static_cast<EventKind>(i)));
    families.sample("syncer_events_total", std::to_string(events[i]), {{"event", event}});
  }
}

void add_histogram(Families& families, const std::string& name, const Labels& labels, const Histogram& histogram) {
  const auto bucket = [&](const std::string& bound, std::uint64_t count) {
    Labels with_bound = labels;
    with_bound.emplace_back("le", bound);
    families.sample(name, "_bucket", std::to_string(count), with_bound);
  };
  for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
    std::array<char, 32> bound{};
    std::snprintf(bound.data(), bound.size(), "%g", Histogram::kBounds[i]);
    bucket(bound.data(), histogram.up_to(i));
  }
  bucket("+Inf", histogram.count());
  families.sample(name, "_sum", decimal(histogram.sum()), labels);
  families.sample(name, "_count", std::to_string(histogram.count()), labels);
}

/// What is the writer's work has no samples at a follower.
void add_measures(Families& families, const node::Status& status, const Measures& measures) {
  families.metric("syncer_registry_requests_total", "counter",
                  "Requests to the own registry by method and status, or what became of them without one.");
  families.metric("syncer_registry_request_duration_seconds", "histogram", "Time of requests to the own registry.");
  families.metric("syncer_convergence_seconds", "histogram",
                  "Time from the first sight of a change in its region to the answer of the own registry; samples.");
  families.metric("syncer_sync_duration_seconds", "histogram",
                  "The same as syncer_convergence_seconds, by region: how long a change takes to be synced.");
  if (status.follows()) return;
  for (const auto& [key, count] : measures.requests()) {
    families.sample("syncer_registry_requests_total", std::to_string(count), {{"op", key.first}, {"code", key.second}});
  }
  for (const auto& [op, histogram] : measures.durations()) {
    add_histogram(families, "syncer_registry_request_duration_seconds", {{"op", op}}, histogram);
  }
  for (const auto& [origin, histogram] : measures.convergence()) {
    add_histogram(families, "syncer_convergence_seconds", {{"origin", origin}}, histogram);
    add_histogram(families, "syncer_sync_duration_seconds", {{"region", origin}}, histogram);
  }
}

void add_exchange(Families& families, const node::Status& status, const EventCounts& events) {
  families.metric("syncer_sync_lag_seconds", "gauge",
                  "Age of the oldest own change that the region has not acknowledged; 0 when there is none.");
  families.metric("syncer_guard_pending", "gauge", "Removals and changes that guards hold, by side.");
  families.single("syncer_leader_changes_total", "counter", "How often this syncer heard of another leader.",
                  std::to_string(events[static_cast<std::size_t>(EventKind::LeaderElected)]));
  families.metric("syncer_election_term", "gauge", "Term of the election among the region's syncers; in cluster mode.");
  if (status.group) families.sample("syncer_election_term", std::to_string(status.group->term), {});
  families.metric("syncer_gossip_health_score", "gauge", "Own health as the failure detector sees it: 0 is well.");
  families.metric("syncer_gossip_rtt_seconds", "gauge", "Last round trip to a member of the pool.");
  for (const gossip::MemberStatus& member : status.members) {
    if (member.health) families.sample("syncer_gossip_health_score", std::to_string(*member.health), {});
    if (member.rtt > Duration::zero()) {
      families.sample("syncer_gossip_rtt_seconds", precise(member.rtt), {{"member", member.name}});
    }
  }
  if (status.follows()) return;
  std::uint64_t received = 0;
  for (const node::RegionStatus& region : status.regions) {
    families.sample("syncer_sync_lag_seconds", seconds(region.link.lag), {{"region", region.region}});
    received += region.imports.guard.held + region.imports.guard.changes;
  }
  families.sample("syncer_guard_pending", std::to_string(status.registry.guard.held), {{"side", "sender"}});
  families.sample("syncer_guard_pending", std::to_string(received), {{"side", "receiver"}});
}

/// In the names and units that everybody knows.
void add_process(Families& families, const ProcessFigures& process) {
  families.single("process_cpu_seconds_total", "counter", "Processor time in seconds.", decimal(process.cpu_seconds));
  families.single("process_resident_memory_bytes", "gauge", "Resident memory.", std::to_string(process.resident_bytes));
  families.single("process_virtual_memory_bytes", "gauge", "Virtual memory.", std::to_string(process.virtual_bytes));
  families.single("process_open_fds", "gauge", "Open file descriptors.", std::to_string(process.open_descriptors));
  families.single("process_max_fds", "gauge", "Most open file descriptors.", std::to_string(process.most_descriptors));
  families.single("process_start_time_seconds", "gauge", "Start of the process in seconds since 1970.",
                  decimal(process.start_time));
}

}  // namespace

std::string metrics_text(const std::vector<SideMetrics>& sides, const MetricsContext& context) {
  Families families;
  families.single("syncer_build_info", "gauge", "Always 1.", "1",
                  {{"version", context.version}, {"commit", context.commit}});
  families.single("syncer_uptime_seconds", "gauge", "Time since the start of the process.", seconds(context.uptime));
  for (const SideMetrics& side : sides) {
    families.begin_side(side.side);
    Collector collector(families, "syncer", "", false, side.status.follows());
    node::Status::describe(side.status, collector);
    add_problems(families, side.status);
    add_members(families, side.status);
    add_events(families, side.events);
    add_exchange(families, side.status, side.events);
    if (side.measures != nullptr) add_measures(families, side.status, *side.measures);
  }
  families.begin_side("");
  if (context.process) add_process(families, *context.process);
  families.single("syncer_event_readers_dropped_total", "counter", "Readers of events that did not read in time.",
                  std::to_string(context.dropped_event_readers));
  return families.text();
}

}  // namespace syncer::admin
