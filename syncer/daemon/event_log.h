// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "syncer/admin/metrics.h"
#include "syncer/config/daemon_config.h"
#include "syncer/ports/observer.h"

namespace syncer::daemon {

/// `registry.down address=http://… reason="no answer"`: for people. Texts with blanks or controls are quoted.
std::string event_as_text(std::string_view name, std::string_view message, std::span<const Field> fields);

/// `"event":"registry.down","address":"http://…"` without braces: the inside of a JSON object. Bytes that are no UTF-8
/// are replaced.
std::string event_as_json(std::string_view name, std::string_view message, std::span<const Field> fields);

/// The severity an event is logged with: what happens for each single instance is for debugging, whatever it is to the
/// node.
Severity log_severity(EventKind kind, Severity severity);

/// Keeps a trouble that goes on from filling the log: the same warning (same kind, same texts; of a refused peer the
/// same reason) passes once a minute, and at once after the matching recovery; of one kind at most 60 different ones
/// pass in a minute.
class RepeatFilter {
 public:
  /// Nothing when the event is to be left out; else how many like it were left out since the last one.
  std::optional<std::uint64_t> pass(const Event& event);

 private:
  struct Seen {
    Instant at;
    std::uint64_t left_out = 0;
  };
  /// What passed of one kind in its present minute, and was left out since the last that passed.
  struct Turn {
    Instant since;
    std::size_t passed = 0;
    std::uint64_t left_out = 0;
  };
  void forget(EventKind kind);
  std::map<std::string, Seen> seen_;  ///< by kind and texts
  std::map<EventKind, Turn> turns_;
};

/// The log on standard error: events of the node and of the daemon itself, as text on a terminal, else as JSON lines.
class EventLog : public Observer {
 public:
  EventLog(Severity least, config::LogFormat format);
  ~EventLog() override;

  /// Logs from this severity on.
  void set_least(Severity least) { least_ = least; }
  bool wants(Severity severity) const override { return severity >= least_; }
  void on_event(const Event& event) override;
  /// An event of the daemon itself: a stable dotted name, a sentence, fields.
  void say(Severity severity, std::string_view name, std::string_view message,
           std::initializer_list<Field> fields = {});

 private:
  void write(Severity severity, std::string_view name, std::string_view message, std::span<const Field> fields);
  struct Sink;
  Severity least_;
  bool json_;
  std::unique_ptr<Sink> sink_;
};

/// Hands each event of the node to the log and counts it for the metrics.
class EventCounter : public Observer {
 public:
  explicit EventCounter(EventLog& log) : log_(log) {}
  bool wants(Severity severity) const override { return severity >= Severity::Info || log_.wants(severity); }
  void on_event(const Event& event) override {
    ++counts_[static_cast<std::size_t>(event.kind)];
    log_.on_event(event);
  }
  const admin::EventCounts& counts() const { return counts_; }

 private:
  EventLog& log_;
  admin::EventCounts counts_{};
};

}  // namespace syncer::daemon
