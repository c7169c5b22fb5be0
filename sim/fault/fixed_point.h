// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sim::fault {

/// A number with 30 fraction bits. Quantile tables are built with integers only, so that every compiler and every
/// optimisation level gets the same table.
using Fixed = std::int64_t;
inline constexpr Fixed kOne = Fixed{1} << 30U;
inline constexpr Fixed kLn2 = 744261118;        ///< natural logarithm of 2
inline constexpr Fixed kNormal99 = 2497897010;  ///< 99 % quantile of the standard normal distribution

/// a × b with b fixed-point: keeps a's unit.
inline std::int64_t scale(std::int64_t a, Fixed b) {
  return static_cast<std::int64_t>(static_cast<__int128>(a) * b / kOne);
}
/// a ÷ b as fixed-point.
inline Fixed ratio(std::int64_t a, std::int64_t b) { return static_cast<Fixed>(static_cast<__int128>(a) * kOne / b); }

/// Binary logarithm of a whole number > 0.
Fixed log2_of(std::uint64_t x);
/// 2 to the power x; x within ±32, else the nearest bound.
Fixed exp2_of(Fixed x);
/// Quantile of the standard normal distribution at (index + 1/2) / 1024; index below 1024.
Fixed normal_quantile(std::uint32_t index);

}  // namespace sim::fault
