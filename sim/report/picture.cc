// SPDX-License-Identifier: Apache-2.0
#include "sim/report/picture.h"

#include <algorithm>

#include "sim/explore/chaos.h"
#include "sim/host/registry/registry.h"
#include "sim/report/summary.h"
#include "syncer/base/quantity.h"
#include "syncer/registry/record.h"

namespace sim::report {
namespace {

constexpr std::int64_t kLeft = 140;
constexpr std::int64_t kWidth = 1200;
constexpr std::int64_t kLane = 34;
constexpr std::int64_t kTop = 120;

constexpr std::string_view kStyle = R"(
body{font:14px system-ui,sans-serif;margin:2em;color:#222}
svg{overflow:visible}text{font-size:12px}pre{background:#f6f6f6;padding:1em}
.lane{stroke:#ddd}.axis{fill:#666}.alive{fill:#cfe8cf}.paused{fill:#f3e3a8}
.fault{fill:#d9534f;opacity:.10}.label{fill:#a33;font-size:11px}
.info{fill:#4a78b0}.warning{fill:#e08a00}.error{fill:#c00}.in{fill:#2a8a2a}.out{fill:#b03030}
.in.copy,.out.copy{fill:none;stroke-width:1.5}.in.copy{stroke:#2a8a2a}.out.copy{stroke:#b03030}
.violation{stroke:#c00;stroke-width:2}.bad{color:#c00}.ok{color:#2a8a2a})";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out.push_back(c);
  }
  return out;
}

std::int64_t x_of(Duration at, Duration end) {
  const std::int64_t span = std::max<std::int64_t>(end.count() / 1'000'000, 1);
  return kLeft + at.count() / 1'000'000 * kWidth / span;
}

std::int64_t y_of(std::size_t lane) { return kTop + static_cast<std::int64_t>(lane) * kLane; }
std::string number(std::int64_t n) { return std::to_string(n); }
std::string title(std::string_view text) { return "<title>" + escaped(text) + "</title>"; }

std::string rect(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height, std::string_view look,
                 std::string_view text) {
  return "<rect class=\"" + std::string(look) + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" +
         number(std::max<std::int64_t>(width, 1)) + "\" height=\"" + number(height) + "\">" + title(text) + "</rect>\n";
}

std::string words(std::int64_t x, std::int64_t y, std::string_view look, std::string_view text,
                  std::string_view more = {}) {
  return "<text class=\"" + std::string(look) + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\"" +
         std::string(more) + ">" + escaped(text) + "</text>\n";
}

/// How long an event lasts, for those that end by themselves.
Duration length_of(const scenario::Action& action) {
  return std::visit(
      [](const auto& a) {
        if constexpr (requires { a.for_.has_value(); })
          return a.for_.value_or(Duration::zero());
        else if constexpr (requires { a.for_; })
          return a.for_;
        else if constexpr (requires { a.down; })
          return a.down;
        else
          return Duration::zero();
      },
      action);
}

std::string axis(Duration end, std::int64_t bottom) {
  std::string out;
  for (int tenth = 0; tenth <= 10; ++tenth) {
    const Duration at = end * tenth / 10;
    out += words(x_of(at, end), bottom + 18, "axis", brief(at), " text-anchor=\"middle\"");
  }
  return out;
}

std::string faults(const scenario::Scenario& scenario, std::int64_t bottom) {
  std::string out;
  for (const scenario::Event& event : scenario.events) {
    const auto at = explore::static_time(scenario, {event.id, Duration::zero()});
    if (!at) continue;
    const std::int64_t x = x_of(*at, scenario.duration);
    const std::int64_t width = x_of(*at + length_of(event.action), scenario.duration) - x;
    out += rect(x, kTop - 20, width, bottom - kTop + 20, "fault", event.id + " at " + syncer::to_string(*at));
    const std::string turn = " transform=\"rotate(-50 " + number(x) + " " + number(kTop - 26) + ")\"";
    out += words(x, kTop - 26, "label", event.id, turn);
  }
  return out;
}

std::string verdict(const scenario::RunResult& result, const scenario::Scenario& scenario) {
  const bool ok = result.verdict == scenario::Verdict::Ok;
  std::string out = "<p class=\"" + std::string(ok ? "ok" : "bad") + "\">" +
                    std::string(scenario::name(result.verdict)) + ", seed " + std::to_string(result.seed) + ", " +
                    std::to_string(result.events) + " events</p>\n";
  for (const scenario::Violation& v : result.findings.violations) {
    out += "<pre class=\"bad\">" + escaped(v.id) + " at " + syncer::to_string(v.at.time_since_epoch()) + "\n";
    for (const std::string& fact : v.facts) out += "  " + escaped(fact) + "\n";
    out += "</pre>\n";
  }
  return out + "<pre>" + escaped(replay_line(scenario.file, result.seed)) + "</pre>\n";
}

}  // namespace

std::string field_text(const syncer::Field& field) {
  std::string text = std::string(field.key) + "=";
  if (field.is_number) return text + std::to_string(field.number);
  const bool is_record = field.key == "key" && syncer::registry::decode_key(field.text);
  return text + (is_record ? syncer::registry::readable_key(field.text) : std::string(field.text));
}

void Picture::mark(std::size_t lane, std::string look, std::string text) {
  marks_.push_back({lane, now_, std::move(look), std::move(text)});
}

void Picture::on_node_event(host::NodeIndex node, const syncer::Event& event) {
  std::string text(syncer::name(event.kind));
  for (const syncer::Field& field : event.fields) text += " " + field_text(field);
  const bool error = event.severity == syncer::Severity::Error;
  mark(node, error ? "error" : event.severity == syncer::Severity::Warning ? "warning" : "info", std::move(text));
}

void Picture::on_registry_change(host::RegistryIndex registry, const host::RegistryChange& change) {
  using Kind = host::RegistryChangeKind;
  if (change.instance == nullptr) return;
  const bool in = change.kind == Kind::InstanceRegistered || change.kind == Kind::InstanceRestored;
  const bool out = is_end(change.kind);
  const bool copy = change.instance->mark.has_value();
  const std::string look = std::string(in ? "in" : out ? "out" : "info") + (copy ? " copy" : "");
  mark(names_.nodes().size() + registry, look,
       std::string(change.what) + " " + change.instance->id + " by " + std::string(change.client));
}

void Picture::on_host_change(host::NodeIndex node, host::HostChange change) {
  static constexpr std::string_view kLooks[] = {"started", "stopped", "crashed", "exited", "paused", "resumed"};
  const std::string look(kLooks[static_cast<std::size_t>(change)]);
  mark(node, "host " + look, "process " + look);
}

/// Bars of the time that each process was alive, and frozen.
std::string Picture::lives(Duration end) const {
  std::string out;
  for (std::size_t lane = 0; lane < names_.nodes().size(); ++lane) {
    Duration since{};
    std::string look;  // of the bar that began at `since`; empty while the process is down
    const auto close = [&](Duration at) {
      const std::int64_t x = x_of(since, end);
      if (!look.empty()) out += rect(x, y_of(lane) + 4, x_of(at, end) - x, kLane - 10, look, look);
      look.clear();
    };
    for (const Mark& m : marks_) {
      if (m.lane != lane || m.look.rfind("host ", 0) != 0) continue;
      close(m.at.time_since_epoch());
      if (m.look == "host started" || m.look == "host resumed")
        look = "alive";
      else if (m.look == "host paused")
        look = "paused";
      since = m.at.time_since_epoch();
    }
    close(end);
  }
  return out;
}

std::string Picture::lanes(const scenario::Scenario& scenario) const {
  const Duration end = scenario.duration;
  std::string out = lives(end);
  for (std::size_t lane = 0; lane < names_.nodes().size() + names_.registries().size(); ++lane) {
    const bool node = lane < names_.nodes().size();
    out += words(8, y_of(lane) + 20, "",
                 node ? names_.nodes()[lane].name : names_.registries()[lane - names_.nodes().size()]);
    out += "<line class=\"lane\" x1=\"" + number(kLeft) + "\" x2=\"" + number(kLeft + kWidth) + "\" y1=\"" +
           number(y_of(lane) + 16) + "\" y2=\"" + number(y_of(lane) + 16) + "\"/>\n";
  }
  for (const Mark& m : marks_) {
    const std::string place =
        "\" cx=\"" + number(x_of(m.at.time_since_epoch(), end)) + "\" cy=\"" + number(y_of(m.lane) + 16);
    const std::string when = syncer::to_string(m.at.time_since_epoch()) + " ";
    out += "<circle class=\"" + m.look + place + "\" r=\"4\">" + title(when + m.text) + "</circle>\n";
  }
  return out;
}

std::string Picture::html(const scenario::Scenario& scenario, const scenario::RunResult& result) const {
  const auto rows = static_cast<std::int64_t>(names_.nodes().size() + names_.registries().size());
  const std::int64_t bottom = kTop + rows * kLane;
  std::string out = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>" + escaped(scenario.name) +
                    "</title><style>" + std::string(kStyle) + "</style>\n<h1>" + escaped(scenario.name) + "</h1><p>" +
                    escaped(scenario.about) + "</p>\n" + verdict(result, scenario);
  out += "<svg width=\"" + number(kLeft + kWidth + 40) + "\" height=\"" + number(bottom + 40) + "\">\n";
  out += faults(scenario, bottom) + lanes(scenario) + axis(scenario.duration, bottom);
  for (const scenario::Violation& v : result.findings.violations) {
    const std::string x = number(x_of(v.at.time_since_epoch(), scenario.duration));
    out += "<line class=\"violation\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + number(kTop - 20) + "\" y2=\"" +
           number(bottom) + "\">" + title(v.id) + "</line>\n";
  }
  return out +
         "</svg>\n<p>Dots: events of a syncer (blue, orange warnings, red errors); registrations (green) and "
         "removals (red) in a registry, filled by applications, hollow by syncers. Point at anything to read "
         "it.</p></html>\n";
}

}  // namespace sim::report
