// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/reader.h"
#include "sim/scenario/run/names.h"

namespace sim::scenario {

/// What the checks of a whole scenario need: the values, and where each was written.
struct Draft {
  Reader& reader;
  const Scenario& scenario;
  const std::vector<Cursor>& layers;  ///< the file's own object, then those of its includes
  const Names& names;
  const Vocabulary& vocabulary;

  /// The list or object behind a top-level key; the file's object when there is none.
  Cursor top(std::string_view key) const;
  /// The i-th element behind a top-level key.
  Cursor item(std::string_view key, std::size_t i) const;
};

// What single values cannot show. Each notes its problems with the reader.

/// Names are there and unique, regions have one syncer, links say what they join, delays have their parameters.
void validate_topology(const Draft& draft);
/// Settings are keys of the daemon's file with legal values.
void validate_config(const Draft& draft);
/// Labels are unique and known, anchors are of one kind and have no cycle, selectors name something.
void validate_labels(const Draft& draft);
/// Expectations have unique ids, known metrics and lengths above zero; duration, settle and chaos fit.
void validate_rest(const Draft& draft);

/// Refuses what is no setting of a node, or decided by the topology.
void validate_settings(const Draft& draft, const Settings& settings, const Cursor& at);
/// Refuses a delay whose distribution lacks a parameter.
void validate_delay(const Draft& draft, const Delay& delay, const Cursor& at);

}  // namespace sim::scenario
