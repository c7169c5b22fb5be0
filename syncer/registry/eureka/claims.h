// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

#include "syncer/base/time.h"

namespace syncer::registry::eureka {

/// Which spelling of its name holds an application, until lists show who does. Memory: the claims in force, and as many
/// again.
class Claims {
 public:
  /// How long a registration of this process stands for the spelling of its service's name.
  static constexpr Duration kInForce = std::chrono::seconds(60);

  /// Empty: nobody's.
  std::string holder(Instant now, const std::string& app) const;
  void take(Instant now, const std::string& app, const std::string& name);
  std::size_t size() const { return claims_.size(); }

 private:
  static constexpr std::size_t kFew = 256;  ///< fewer are not worth looking through
  struct Claim {
    std::string name;
    Instant until;
  };

  void forget_ended(Instant now);

  std::map<std::string, Claim> claims_;  // by application
  std::size_t most_ = kFew;
};

}  // namespace syncer::registry::eureka
