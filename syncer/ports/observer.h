// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "syncer/base/time.h"
#include "syncer/ports/event_kind.h"

namespace syncer {

/// How much an event matters to whoever watches.
enum class Severity : std::uint8_t { Trace, Debug, Info, Warning, Error };

/// One named fact of an event: a text or a number. Borrowed: valid only during on_event.
struct Field {
  std::string_view key;
  std::string_view text;
  std::int64_t number = 0;
  bool is_number = false;

  Field(std::string_view k, std::string_view t) : key(k), text(t) {}
  Field(std::string_view k, const char* t) : key(k), text(t) {}
  Field(std::string_view k, std::int64_t n) : key(k), number(n), is_number(true) {}
  Field(std::string_view k, std::uint64_t n) : Field(k, static_cast<std::int64_t>(n)) {}
  Field(std::string_view k, int n) : Field(k, static_cast<std::int64_t>(n)) {}
};

/// Something that happened inside a node. Logs, metrics, traces and checkers all hang here.
struct Event {
  Instant at;
  EventKind kind;
  Severity severity;
  std::span<const Field> fields;

  /// Text of a field; empty when it is not there.
  std::string_view text(std::string_view key) const {
    for (const Field& f : fields) {
      if (f.key == key) return f.text;
    }
    return {};
  }
  /// Number of a field; 0 when it is not there.
  std::int64_t number(std::string_view key) const {
    for (const Field& f : fields) {
      if (f.key == key) return f.number;
    }
    return 0;
  }
};

/// Receives events. Must not call back into the node: observation never changes a run.
class Observer {
 public:
  virtual ~Observer() = default;
  /// False lets the node skip building events of that severity and below that nobody reads. Info and above always
  /// count.
  virtual bool wants(Severity severity) const = 0;
  virtual void on_event(const Event& event) = 0;
};

/// Builds an event in place and hands it over, if anybody wants it.
inline void observe(Observer& observer, Instant at, EventKind kind, Severity severity,
                    std::initializer_list<Field> fields) {
  if (observer.wants(severity)) observer.on_event(Event{at, kind, severity, {fields.begin(), fields.size()}});
}

}  // namespace syncer
