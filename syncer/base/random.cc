// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/random.h"

#include "syncer/base/assert.h"
#include "syncer/base/hash.h"

namespace syncer {

Random Random::stream(std::string_view name) const { return stream(hash64(name)); }

std::uint64_t Random::below(std::uint64_t n) {
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

Duration Random::between(Duration low, Duration high) {
  SYNCER_ASSERT(low <= high);
  return low + Duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>((high - low).count()) + 1)));
}

bool Random::hits(Ratio chance) {
  if (chance.numerator == 0) return false;
  return below(chance.denominator) < chance.numerator;
}

}  // namespace syncer
