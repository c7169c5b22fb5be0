// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/metrics.h"

#include <cstdio>
#include <initializer_list>
#include <map>
#include <utility>

namespace syncer::admin {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// Backslash, quote and newline are escaped in label values.
std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string seconds(Duration d) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", std::chrono::duration<double>(d).count());
  return text.data();
}

class Writer {
 public:
  /// Begins a metric; all its samples follow.
  void metric(const char* name, const char* type, const char* help) {
    name_ = name;
    out_ += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
  }
  void sample(const std::string& value, Labels labels = {}) {
    out_ += name_;
    char separator = '{';
    for (const auto& [key, text] : labels) {
      out_ += separator + std::string(key) + "=\"" + escape(text) + "\"";
      separator = ',';
    }
    out_ += (labels.size() == 0 ? " " : "} ") + value + "\n";
  }
  void sample(std::uint64_t value, Labels labels = {}) { sample(std::to_string(value), labels); }
  void single(const char* name, const char* type, const char* help, std::uint64_t value) {
    metric(name, type, help);
    sample(value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string name_;
  std::string out_;
};

void write_members(Writer& w, const node::Status& status) {
  std::map<std::string, std::uint64_t> by_state = {{"alive", 0}, {"suspect", 0}, {"dead", 0}, {"left", 0}};
  for (const node::MemberStatus& m : status.members) ++by_state[m.state];
  w.metric("syncer_members", "gauge", "Members of the gossip pool by state.");
  for (const auto& [state, count] : by_state) w.sample(count, {{"state", state}});
}

void write_drops(Writer& w, const node::Status& status) {
  w.metric("syncer_gossip_dropped_total", "counter", "Gossip packets and streams that were not believed, by reason.");
  for (const auto& [reason, count] : status.gossip_dropped) w.sample(count, {{"reason", reason}});
}

void write_regions(Writer& w, const node::Status& status) {
  const auto each = [&](const char* name, const char* help, auto value) {
    w.metric(name, "gauge", help);
    for (const node::RegionStatus& r : status.regions) w.sample(value(r), {{"region", r.region}});
  };
  const auto flag = [](bool b) { return std::uint64_t{b ? 1U : 0U}; };
  each("syncer_region_link_up", "1 while the region's syncer is connected.",
       [&](const auto& r) { return flag(r.link_up); });
  each("syncer_region_last_heard_seconds", "Age of the last word from the region.",
       [](const auto& r) { return seconds(r.last_heard); });
  each("syncer_region_records", "Instances known of the region.", [](const auto& r) { return r.records; });
  each("syncer_region_unacknowledged", "Own changes the region has not confirmed.",
       [](const auto& r) { return r.unacknowledged; });
  each("syncer_region_holding", "1 while copies of an unreachable region are kept.",
       [&](const auto& r) { return flag(r.holding); });
  each("syncer_region_guard_frozen", "1 while removals of the region are frozen.",
       [&](const auto& r) { return flag(r.guard_frozen); });
}

void write_registry(Writer& w, const catalog::RegistryStatus& r) {
  w.single("syncer_registry_reachable", "gauge", "1 while the own service center answers.", r.reachable ? 1 : 0);
  w.single("syncer_registry_exported", "gauge", "Own instances given to other regions.", r.exported);
  w.single("syncer_registry_copies", "gauge", "Copies of other regions' instances.", r.copies);
  w.single("syncer_registry_pending", "gauge", "Writes that wait.", r.pending);
  w.single("syncer_registry_parked", "gauge", "Records the service center refuses.", r.parked);
  w.single("syncer_registry_guard_frozen", "gauge", "1 while removals of own instances are not passed on.",
           r.guard_frozen ? 1 : 0);
}

void write_group(Writer& w, const cluster::GroupStatus& group) {
  w.single("syncer_group_leads", "gauge", "1 while this syncer leads its region.", group.leads ? 1 : 0);
  w.single("syncer_group_term", "gauge", "Term of the region's group.", group.term);
  w.single("syncer_group_commit", "gauge", "Committed entries of the group's log.", group.commit);
  w.metric("syncer_voter_up", "gauge", "1 while the voter is there with the disk of its seat.");
  for (const cluster::VoterStatus& v : group.voters) {
    const bool up = v.state == "leader" || v.state == "follower";
    w.sample(std::uint64_t{up ? 1U : 0U}, {{"voter", v.name}});
  }
  w.metric("syncer_voter_lag", "gauge", "Committed entries that the voter lacks; only the leader knows.");
  for (const cluster::VoterStatus& v : group.voters) {
    if (v.lag) w.sample(*v.lag, {{"voter", v.name}});
  }
}

void write_events(Writer& w, const EventCounts& events) {
  w.metric("syncer_events_total", "counter", "Events by name, as in the log.");
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i] > 0) w.sample(events[i], {{"event", name(static_cast<EventKind>(i))}});
  }
}

}  // namespace

std::string metrics_text(const node::Status& status, const EventCounts& events, const MetricsContext& context) {
  Writer w;
  w.metric("syncer_build_info", "gauge", "Always 1.");
  w.sample(1, {{"version", context.version}, {"commit", context.commit}});
  w.metric("syncer_uptime_seconds", "gauge", "Time since the start of the process.");
  w.sample(seconds(context.uptime));
  w.single("syncer_ready", "gauge", "1 while the syncer does its work.", status.ready ? 1 : 0);
  write_members(w, status);
  write_drops(w, status);
  write_regions(w, status);
  write_registry(w, status.registry);
  if (status.group) write_group(w, *status.group);
  write_events(w, events);
  return w.take();
}

}  // namespace syncer::admin
