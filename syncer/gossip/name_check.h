// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>

#include "syncer/base/endpoint.h"
#include "syncer/base/mutation.h"
#include "syncer/base/time.h"

namespace syncer::gossip {

/// Does another process have our name? The younger of the two gives way; only an answer counts, since the address may
/// be that of our own former life which no member has missed yet.
class NameCheck {
 public:
  explicit NameCheck(Instant started) : started_(started) {}

  /// The process begins to count as a newcomer.
  void start(Instant now) { started_ = now; }
  /// Another address claims our name. True when it is to be asked now: we are a newcomer and did not just ask.
  bool begin(Instant now) {
    if (now < next_ || now - started_ > kNewcomerAge) return false;
    next_ = now + kInterval;
    return true;
  }
  /// A member that joins through us sees us in our answer and gives way if it has our name; if we asked meanwhile, both
  /// would.
  void let_joiner_check_first(Instant now) {
    if (SYNCER_MUTATED("gossip.race_joiner_for_name")) return;
    next_ = std::max(next_, now + kJoinerFirst);
  }
  /// A process at `other` answered to our name.
  void answered(const std::string& node, const Endpoint& other) {
    conflict_ = "node name \"" + node + "\" is already used by a member at " + to_string(other) +
                "; give each syncer its own --node";
  }
  /// Not empty once another process answered: the message for the operator.
  const std::string& conflict() const { return conflict_; }

 private:
  /// A process this young gives way when its name is taken; an older one was there first.
  static constexpr Duration kNewcomerAge = std::chrono::seconds(60);
  static constexpr Duration kInterval = std::chrono::seconds(5);
  /// Time for a joiner to read our answer, to ask whether its name is taken, and to be gone.
  static constexpr Duration kJoinerFirst = std::chrono::seconds(5);

  Instant started_;
  Instant next_{};
  std::string conflict_;
};

}  // namespace syncer::gossip
