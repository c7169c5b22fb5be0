// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <memory>
#include <string_view>

#include "syncer/config/daemon_config.h"
#include "syncer/ports/observer.h"

namespace syncer::daemon {

/// The log on standard error: events of the node and of the daemon itself, as text on a terminal, else as JSON lines.
class EventLog : public Observer {
 public:
  EventLog(Severity least, config::LogFormat format);
  ~EventLog() override;

  bool wants(Severity severity) const override { return severity >= least_; }
  void on_event(const Event& event) override;
  /// The daemon's own word: a stable dotted name, a sentence, fields.
  void say(Severity severity, std::string_view name, std::string_view message,
           std::initializer_list<Field> fields = {});

 private:
  void write(Severity severity, std::string_view name, std::string_view message, std::span<const Field> fields);
  struct Sink;
  Severity least_;
  bool json_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace syncer::daemon
