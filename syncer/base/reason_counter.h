// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace syncer {

/// How often something happened for each of a fixed set of reasons. `Reason` is an enumeration that counts from 0;
/// `kNames` has the name of each, as the status and the metrics show it.
template <class Reason, const auto& kNames>
class ReasonCounter {
 public:
  void count(Reason why) { ++counts_[static_cast<std::size_t>(why)]; }
  std::uint64_t of(Reason why) const { return counts_[static_cast<std::size_t>(why)]; }
  /// Those that came, by name.
  std::map<std::string, std::uint64_t> by_name() const {
    std::map<std::string, std::uint64_t> named;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if (counts_[i] > 0) named.emplace(kNames[i], counts_[i]);
    }
    return named;
  }

 private:
  std::array<std::uint64_t, kNames.size()> counts_{};
};

}  // namespace syncer
