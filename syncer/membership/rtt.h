// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "syncer/base/time.h"

namespace syncer::membership {

/// The last round trips to one member. Eight are kept: the worst of them stands for a high quantile without history.
class RoundTrips {
 public:
  void add(Duration rtt) {
    last_[next_] = rtt;
    next_ = (next_ + 1) % last_.size();
  }
  /// The newest; zero when none was measured.
  Duration latest() const { return last_[(next_ + last_.size() - 1) % last_.size()]; }
  /// The longest of those kept; zero when none was measured.
  Duration worst() const { return *std::max_element(last_.begin(), last_.end()); }

 private:
  std::array<Duration, 8> last_{};
  std::size_t next_ = 0;
};

}  // namespace syncer::membership
