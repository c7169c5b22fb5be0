// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace syncer::catalog {

/// The own service center.
struct RegistryStatus {
  std::string address;
  bool reachable = false;
  std::string problem;  ///< empty when all is well
  std::uint64_t exported = 0;
  std::uint64_t copies = 0;
  std::uint64_t pending = 0;  ///< writes waiting
  std::uint64_t parked = 0;   ///< records the registry refuses
  bool guard_frozen = false;
  std::uint64_t guard_pending = 0;
};

/// What the own registry has of another region.
struct ImportStatus {
  bool holding = false;  ///< unreachable, copies are kept
  bool guard_frozen = false;
  std::uint64_t guard_pending = 0;
};

}  // namespace syncer::catalog
