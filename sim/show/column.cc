// SPDX-License-Identifier: Apache-2.0
#include "sim/show/column.h"

namespace sim::show {
namespace {

constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

void Column::put_signed(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  put(value < 0 ? ~(bits << 1U) : bits << 1U);
}

void Column::put_next(std::uint64_t value) {
  put_signed(static_cast<std::int64_t>(value - last_));
  last_ = value;
}

std::string Column::text() const {
  std::string out;
  out.reserve((bytes_.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes_.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = i; j < i + 3; ++j) {
      group = group << 8U | (j < bytes_.size() ? static_cast<std::uint8_t>(bytes_[j]) : 0U);
    }
    for (std::size_t digit = 0; digit < 4; ++digit) {
      const bool pads = i + digit > bytes_.size();
      out.push_back(pads ? '=' : kDigits[group >> (18 - 6 * digit) & 63U]);
    }
  }
  return out;
}

}  // namespace sim::show
