// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace syncer::peering {

/// Which regions take part in the exchange, as the operator says: their records are taken, and ours are given to them.
/// What a region may offer beyond that is bounded by replication::Quota.
class Authorization {
 public:
  /// Stands for every region.
  static constexpr std::string_view kAll = "*";

  explicit Authorization(const std::vector<std::string>& regions) : regions_(regions) {}

  bool allows(std::string_view region) const;

 private:
  std::vector<std::string> regions_;
};

}  // namespace syncer::peering
