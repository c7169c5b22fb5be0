// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/assert.h"
#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"
#include "syncer/base/time.h"

namespace syncer {

/// A stream of pseudo-random numbers (SplitMix64, Steele et al. 2014). A value: it cannot exist without a seed, a copy
/// repeats the same draws. Streams are keyed, so that a draw in one never shifts a draw in another.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : key_(mix(seed)), state_(key_) {}

  /// An independent stream named by a number; does not depend on what was drawn here so far.
  constexpr Random stream(std::uint64_t id) const { return Random(key_ ^ mix(id + kGolden)); }
  /// An independent stream named by a text.
  Random stream(std::string_view name) const { return stream(hash64(name)); }

  /// Uniform over all 64-bit numbers.
  constexpr std::uint64_t next() {
    state_ += kGolden;
    return mix(state_);
  }
  /// Uniform in [0, n); n > 0.
  std::uint64_t below(std::uint64_t n) {
    SYNCER_ASSERT(n > 0);
    // Multiply-shift with rejection (Lemire 2019): unbiased, and almost always a single draw.
    unsigned __int128 product = static_cast<unsigned __int128>(next()) * n;
    auto low = static_cast<std::uint64_t>(product);
    if (low < n) {
      const std::uint64_t threshold = -n % n;
      while (low < threshold) {
        product = static_cast<unsigned __int128>(next()) * n;
        low = static_cast<std::uint64_t>(product);
      }
    }
    return static_cast<std::uint64_t>(product >> 64U);
  }
  /// Uniform in [low, high].
  Duration between(Duration low, Duration high) {
    SYNCER_ASSERT(low <= high);
    return low + Duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>((high - low).count()) + 1)));
  }
  /// True with probability `chance`.
  bool hits(Ratio chance) {
    if (chance.numerator == 0) return false;
    return below(chance.denominator) < chance.numerator;
  }
  /// Fisher-Yates shuffle in place.
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      const auto j = static_cast<std::size_t>(below(i));
      std::swap(items[i - 1], items[j]);
    }
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  std::uint64_t key_;
  std::uint64_t state_;
};

}  // namespace syncer
