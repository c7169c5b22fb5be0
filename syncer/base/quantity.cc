// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/quantity.h"

#include <array>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

namespace syncer {
namespace {

using Wide = unsigned __int128;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 6> kTimeUnits = {{{"ns", 1},
                                             {"us", 1'000},
                                             {"ms", 1'000'000},
                                             {"s", 1'000'000'000},
                                             {"m", 60'000'000'000},
                                             {"h", 3'600'000'000'000}}};
constexpr std::array<Unit, 4> kSizeUnits = {{{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};
constexpr std::array<Unit, 4> kBitUnits = {{{"bit", 1}, {"Kbit", 1'000}, {"Mbit", 1'000'000}, {"Gbit", 1'000'000'000}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

tl::unexpected<Error> refuse(std::string_view text, std::string_view want) {
  return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" is not " + std::string(want));
}

/// Takes "12.5" off the front: value = digits / scale. At most nine digits after the point.
struct Decimal {
  Wide digits = 0;
  Wide scale = 1;
};

std::optional<Decimal> take_decimal(std::string_view& text) {
  Decimal d;
  bool any = false;
  bool point = false;
  while (!text.empty() && (is_digit(text.front()) || (text.front() == '.' && !point && any))) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '.') {
      point = true;
      any = false;
      continue;
    }
    any = true;
    d.digits = d.digits * 10 + static_cast<Wide>(c - '0');
    if (point) d.scale *= 10;
    if (d.digits > std::numeric_limits<std::uint64_t>::max() || d.scale > 1'000'000'000) return std::nullopt;
  }
  return any ? std::optional(d) : std::nullopt;
}

template <std::size_t N>
std::optional<std::uint64_t> take_unit(std::string_view& text, const std::array<Unit, N>& units) {
  std::size_t size = 0;
  while (size < text.size() && !is_digit(text[size])) ++size;
  const std::string_view word = text.substr(0, size);
  for (const Unit& unit : units) {
    if (unit.name == word) {
      text.remove_prefix(size);
      return unit.factor;
    }
  }
  return std::nullopt;
}

/// One number with one unit, exact; nothing when it does not divide or does not fit.
template <std::size_t N>
std::optional<std::uint64_t> take_quantity(std::string_view& text, const std::array<Unit, N>& units) {
  const auto number = take_decimal(text);
  if (!number) return std::nullopt;
  const auto factor = take_unit(text, units);
  if (!factor) return std::nullopt;
  const Wide value = number->digits * *factor;
  if (value % number->scale != 0 || value / number->scale > std::numeric_limits<std::int64_t>::max())
    return std::nullopt;
  return static_cast<std::uint64_t>(value / number->scale);
}

template <std::size_t N>
Result<std::uint64_t> parse_one(std::string_view text, const std::array<Unit, N>& units, std::string_view want) {
  if (text == "0") return 0;
  std::string_view rest = text;
  const auto value = take_quantity(rest, units);
  if (!value || !rest.empty()) return refuse(text, want);
  return *value;
}

Result<Ratio> make_ratio(std::string_view text, Wide numerator, Wide denominator) {
  const auto limit = static_cast<Wide>(std::numeric_limits<std::uint64_t>::max());
  if (denominator == 0 || numerator > denominator || denominator > limit) {
    return refuse(text, "a probability between 0 and 1 such as \"2%\" or \"1/500\"");
  }
  const auto n = static_cast<std::uint64_t>(numerator);
  const auto d = static_cast<std::uint64_t>(denominator);
  const std::uint64_t common = std::gcd(n, d);
  return Ratio{n / common, d / common};
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  if (text == "0") return Duration::zero();
  std::string_view rest = text;
  std::uint64_t total = 0;
  while (!rest.empty()) {
    const auto part = take_quantity(rest, kTimeUnits);
    if (!part || *part > std::numeric_limits<std::int64_t>::max() - total) {
      return refuse(text, "a duration such as \"250ms\", \"30s\" or \"1m30s\"");
    }
    total += *part;
  }
  if (text.empty()) return refuse(text, "a duration such as \"250ms\", \"30s\" or \"1m30s\"");
  return Duration(static_cast<std::int64_t>(total));
}

std::string to_string(Duration d) {
  if (d == Duration::zero()) return "0s";
  const bool negative = d < Duration::zero();
  const auto value = negative ? -static_cast<std::uint64_t>(d.count()) : static_cast<std::uint64_t>(d.count());
  Unit unit = kTimeUnits[0];
  for (const Unit& u : kTimeUnits) {
    // Minutes and hours only when they come out even; 90 s reads better than 1.5 m.
    if (value >= u.factor && (u.factor <= 1'000'000'000 || value % u.factor == 0)) unit = u;
  }
  std::string text = std::to_string(value / unit.factor);
  if (const std::uint64_t rest = value % unit.factor; rest != 0) {
    std::string digits = std::to_string(unit.factor + rest).substr(1);
    while (digits.back() == '0') digits.pop_back();
    text += "." + digits;
  }
  return (negative ? "-" : "") + text + std::string(unit.name);
}

Result<Ratio> parse_ratio(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  if (!number) return make_ratio(text, 1, 0);
  if (rest == "%") return make_ratio(text, number->digits, number->scale * 100);
  if (rest.empty()) return make_ratio(text, number->digits, number->scale);
  if (rest.front() != '/' || number->scale != 1) return make_ratio(text, 1, 0);
  rest.remove_prefix(1);
  const auto denominator = take_decimal(rest);
  if (!denominator || denominator->scale != 1 || !rest.empty()) return make_ratio(text, 1, 0);
  return make_ratio(text, number->digits, denominator->digits);
}

std::string to_string(Ratio r) {
  if (r.numerator == 0) return "0";
  if (r.numerator <= std::numeric_limits<std::uint64_t>::max() / 100 && r.numerator * 100 % r.denominator == 0) {
    return std::to_string(r.numerator * 100 / r.denominator) + "%";
  }
  return std::to_string(r.numerator) + "/" + std::to_string(r.denominator);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  return parse_one(text, kSizeUnits, "a size such as \"512B\", \"64KiB\" or \"1MiB\"");
}

Result<std::uint64_t> parse_bandwidth(std::string_view text) {
  return parse_one(text, kBitUnits, "a bandwidth such as \"64Kbit\" or \"10Mbit\"");
}

Result<Duration> parse_rate(std::string_view text) {
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  if (!number || number->digits == 0 || rest.empty() || rest.front() != '/')
    return refuse(text, "a rate such as \"2/s\" or \"1/5s\"");
  rest.remove_prefix(1);
  const std::string period = rest.empty() || is_digit(rest.front()) ? std::string(rest) : "1" + std::string(rest);
  const auto length = parse_duration(period);
  if (!length || *length == Duration::zero()) return refuse(text, "a rate such as \"2/s\" or \"1/5s\"");
  const Wide distance = static_cast<Wide>(length->count()) * number->scale / number->digits;
  return Duration(static_cast<std::int64_t>(distance));
}

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t max) {
  Wide value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return refuse(text, "a number");
    value = value * 10 + static_cast<Wide>(c - '0');
    if (value > max) return refuse(text, "a number up to " + std::to_string(max));
  }
  if (text.empty()) return refuse(text, "a number");
  return static_cast<std::uint64_t>(value);
}

}  // namespace syncer
