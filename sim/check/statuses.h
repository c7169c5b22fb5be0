// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/run/checks.h"
#include "syncer/node/status.h"

namespace sim::check {

/// What the nodes say of themselves at one moment: several predicates ask for the same, and a status is dear.
class Statuses {
 public:
  explicit Statuses(const scenario::CheckContext& run) : run_(run) {}

  /// Something may have happened since.
  void forget();
  /// The node runs.
  const syncer::node::Status& status(host::NodeIndex node);
  const std::vector<std::string>& problem_lines(host::NodeIndex node);

 private:
  struct Said {
    std::optional<syncer::node::Status> status;
    std::optional<std::vector<std::string>> problem_lines;
  };

  const scenario::CheckContext& run_;
  std::vector<Said> said_;
};

}  // namespace sim::check
