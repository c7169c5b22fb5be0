// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/ports/observer.h"
#include "syncer/registry/settings.h"

namespace syncer::registry {

/// When the registry is read, and how the last reading went. One reading at a time; it is complete when each of its
/// answers was.
class PollCycle {
 public:
  PollCycle(const RegistrySettings& settings, Observer& observer) : settings_(settings), observer_(observer) {}

  void start(Instant now) { next_ = now; }
  bool is_due(Instant now) const { return open_ == 0 && now >= next_; }
  Instant next_deadline() const { return open_ > 0 ? kNever : next_; }

  /// A reading begins; it ends when everything that was opened is closed.
  void begin(Instant now);
  void open() { ++open_; }
  void close(Instant now);
  /// Something was left out or could not be read: what is missing says nothing.
  void doubt(std::string problem);

  /// Begin of the last complete reading; nothing before there was one.
  std::optional<Instant> last_complete() const { return last_complete_; }
  /// Why the last reading was not complete; empty when it was.
  const std::string& problem() const { return problem_; }

 private:
  const RegistrySettings& settings_;
  Observer& observer_;
  Instant next_ = kNever;
  Instant started_{};
  std::size_t open_ = 0;
  bool complete_ = true;
  std::optional<Instant> last_complete_;
  std::string problem_;
  std::string cycle_problem_;
};

}  // namespace syncer::registry
