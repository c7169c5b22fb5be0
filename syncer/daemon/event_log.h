// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "syncer/admin/metrics.h"
#include "syncer/config/daemon_config.h"
#include "syncer/daemon/copy_tally.h"
#include "syncer/daemon/repeat_filter.h"
#include "syncer/daemon/trace_file.h"
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

/// What was said, for those who keep it: with the severity that the node gave it, and as the inside of a JSON object
/// with time and level.
struct Said {
  Severity severity = Severity::Info;
  std::string name;
  std::string region;
  std::string inside;
  bool single = false;  ///< about one instance
};

/// "2026-11-30T09:41:07.123Z".
std::string wall_time_text(std::chrono::system_clock::time_point time);

/// The system's journal reads what this process writes to standard error (sd-daemon(3): JOURNAL_STREAM names it).
bool is_read_by_journal();

/// The log on standard error: events of the node and of the daemon itself, as text on a terminal, else as JSON lines.
/// The journal gets the priority of each line before it. Copies are logged one by one from debug on, and added up once
/// a second else.
class EventLog : public Observer {
 public:
  EventLog(Severity least, config::LogFormat format);
  ~EventLog() override;

  /// Logs from this severity on.
  void set_least(Severity least) { least_ = least; }
  bool wants(Severity severity) const override { return severity >= least_; }
  void on_event(const Event& event) override;
  /// What passes is given to `keep` as well, from info on and whatever is logged.
  void set_keep(std::function<void(Said)> keep) { keep_ = std::move(keep); }
  /// From now on every event of `node` from debug on goes there as well; borrowed.
  void set_trace(TraceFile& trace) { trace_ = &trace; }
  bool traces(Severity severity) const { return trace_ != nullptr && severity >= Severity::Debug; }
  /// Before the log leaves any of it out.
  void trace(std::string_view node, const Event& event);
  /// Logs what was added up, when it is due.
  void advance(Instant now);
  Instant next_deadline() const { return tally_.next_deadline(); }
  /// An event of the daemon itself: a stable dotted name, a sentence, fields.
  void say(Severity severity, std::string_view name, std::string_view message,
           std::initializer_list<Field> fields = {});

 private:
  void write(Severity severity, std::string_view name, std::string_view message, std::span<const Field> fields);
  void keep(Severity severity, std::string_view name, std::string_view message, std::span<const Field> fields,
            bool single);
  struct Sink;
  Severity least_;
  CopyTally tally_;
  std::function<void(Said)> keep_;
  bool json_;
  std::unique_ptr<Sink> sink_;
  TraceFile* trace_ = nullptr;
};

/// Hands each event of a node to the log and counts it for the metrics.
class EventCounter : public Observer {
 public:
  /// `side` stands in each line of the log, where a process has several nodes; empty where it has one. `node` is the
  /// node's name, for the trace.
  explicit EventCounter(EventLog& log, std::string side = "", std::string node = "")
      : log_(log), side_(std::move(side)), node_(std::move(node)) {}
  bool wants(Severity severity) const override {
    return severity >= Severity::Info || log_.wants(severity) || log_.traces(severity);
  }
  void on_event(const Event& event) override;
  const admin::EventCounts& counts() const { return counts_; }

 private:
  EventLog& log_;
  const std::string side_;
  const std::string node_;
  admin::EventCounts counts_{};
};

}  // namespace syncer::daemon
