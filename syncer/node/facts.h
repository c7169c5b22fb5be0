// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/node/status.h"

namespace syncer::node {

/// Something that keeps a syncer from doing all of its work, for as long as it lasts.
struct StatusProblem {
  std::string cause;  ///< a stable word, for metrics: "registry_down"
  std::string about;  ///< the row it is about: a region, an address, a voter; empty for the syncer itself
  std::string text;   ///< for people
  bool operator==(const StatusProblem&) const = default;
};

/// What there is to say about one part or row of a status, in the order of its description.
struct Facts {
  std::string label;
  std::string name;
  std::vector<std::string> phrases;          ///< those that are problems first
  std::vector<StatusProblem> problems = {};  ///< each with its phrase as text
};

/// A status in words, the syncer itself first. What is the work of a region's writer is left out where another leads.
std::vector<Facts> facts_of(const Status& status);

/// The problems of a status: what `/readyz`, `syncer status --check` and the metrics say. Each row with problems is one
/// element of `lines_of`; nobody says a thing twice.
std::vector<StatusProblem> problems_of(const Status& status);
/// "region east: NOT connected, never heard of", one line a row.
std::vector<std::string> problem_lines_of(const Status& status);

}  // namespace syncer::node
