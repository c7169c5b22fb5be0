// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/time.h"

namespace syncer::membership {

/// Whether a member answered an operator's question, and how long that took.
struct Attendance {
  std::string name;
  std::optional<Duration> rtt;  ///< nothing when no answer came in time
};

/// An operator wants to know who is there now: every member is pinged at once, apart from the failure detector, whose
/// verdicts stand whatever comes of it. A lost packet is no absence, so who is silent is asked again. One at a time.
class RollCall {
 public:
  /// Asks these from now on; what was asked before is forgotten.
  void begin(Instant now, const std::vector<std::string>& names);
  /// Who is to be pinged now.
  std::vector<std::string> take_due(Instant now);
  /// It was, by a ping of that number.
  void asked(Instant now, const std::string& name, std::uint32_t seq);
  /// False when the ack belongs to no ping of this.
  bool answered(Instant now, std::uint32_t seq);
  /// Once: when all have answered, or their time is over. In order of names.
  std::optional<std::vector<Attendance>> take_result();
  /// Somebody is asked, and the time for answers is not over.
  bool is_open() const { return phase_ == Phase::Open; }
  Instant next_deadline() const { return is_open() ? next_ : kNever; }

 private:
  struct Asked {
    std::string name;
    Instant at;
  };
  enum class Phase { Idle, Open, Done };

  Phase phase_ = Phase::Idle;
  int tries_ = 0;
  Instant next_ = kNever;  ///< the next try, or the end
  std::map<std::string, std::optional<Duration>> answers_;
  std::map<std::uint32_t, Asked> asked_;
};

}  // namespace syncer::membership
