// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"
#include "sim/why/journey.h"
#include "sim/why/recorder.h"
#include "syncer/base/result.h"

namespace sim::why {

/// What is asked about a run; at most one of them. Nothing: whatever failed, or else took longest.
struct Question {
  std::string violation;  ///< id of a violated expectation or invariant
  std::string instance;   ///< name of an instance, as the scenario calls it
  std::string event;      ///< label of an event
};

/// The answer, true cause first.
struct Explanation {
  std::string headline;             ///< what happened, in a sentence
  std::string doing;                ///< what was last done about what was violated, by whom; empty when not known
  std::vector<Share> causes;        ///< over all hops, the longest first; of a violation what stood in the way
  std::vector<Hop> hops;            ///< in order of time
  std::vector<std::string> facts;   ///< of a violation that is about no instance
  std::vector<std::string> points;  ///< of the program, passed just before a violation (syncer/base/sometimes.h)
  std::vector<std::string> around;  ///< what happened just before, or after an event
};

/// Explains a run that `recorder` saw. A sentence when the question names what the run does not have.
syncer::Result<Explanation> explain(const scenario::Scenario& scenario, const scenario::RunResult& result,
                                    const Recorder& recorder, const Question& question);

/// What happened and why, in one line: where the cause is known, it is named there.
std::string first_line(const Explanation& explanation);
std::string to_text(const Explanation& explanation);
std::string to_json_line(const Explanation& explanation);

}  // namespace sim::why
