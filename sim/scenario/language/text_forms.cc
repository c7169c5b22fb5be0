// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/text_forms.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace sim::scenario {
namespace {

using syncer::ErrorCode;
using syncer::failure;
using syncer::Result;

constexpr std::array<std::pair<std::string_view, Compare>, 5> kCompare = {{{"<=", Compare::LessEqual},
                                                                           {">=", Compare::GreaterEqual},
                                                                           {"==", Compare::Equal},
                                                                           {"<", Compare::Less},
                                                                           {">", Compare::Greater}}};

auto refuse(std::string_view text, std::string_view want) {
  return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" is not " + std::string(want));
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Number with the largest of `units` that divides it.
template <std::size_t N>
std::string in_units(std::uint64_t value, const std::array<std::pair<std::string_view, std::uint64_t>, N>& units) {
  for (const auto& [name, factor] : units) {
    if (value != 0 && value % factor == 0) return std::to_string(value / factor) + std::string(name);
  }
  return "0" + std::string(units.back().first);
}

Result<Bound> bound_value(Compare compare, std::string_view text) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (const auto number = syncer::parse_number(text, kMost)) {
    return Bound{compare, static_cast<std::int64_t>(*number), Unit::Count};
  }
  if (const auto time = syncer::parse_duration(text)) return Bound{compare, time->count(), Unit::Nanoseconds};
  if (const auto size = syncer::parse_size(text)) {
    return Bound{compare, static_cast<std::int64_t>(*size), Unit::Bytes};
  }
  return refuse(text, "a number, a duration or a size");
}

}  // namespace

bool is_label(std::string_view text) {
  const auto inside = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '/'; };
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin(), text.end(), inside);
}

Result<Moment> parse_moment(std::string_view text) {
  constexpr std::string_view kWant =
      "a duration such as \"20s\", a label, or a label and an offset such as \"reg + 30s\"";
  if (const auto absolute = syncer::parse_duration(text)) return Moment{"", *absolute};
  if (is_label(text)) return Moment{std::string(text), {}};
  for (const std::string_view sign : {" + ", " - "}) {
    const std::size_t at = text.find(sign);
    if (at == std::string_view::npos) continue;
    const auto offset = syncer::parse_duration(text.substr(at + sign.size()));
    if (!offset || !is_label(text.substr(0, at))) break;
    return Moment{std::string(text.substr(0, at)), sign == " + " ? *offset : -*offset};
  }
  return refuse(text, kWant);
}

Result<Shift> parse_shift(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  const auto length = syncer::parse_duration(negative ? text.substr(1) : text);
  if (!length) return tl::unexpected<syncer::Error>(length.error());
  return Shift{negative ? -*length : *length};
}

Result<Bound> parse_bound(std::string_view text) {
  for (const auto& [word, compare] : kCompare) {
    if (text.substr(0, word.size()) != word) continue;
    text.remove_prefix(word.size());
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return bound_value(compare, text);
  }
  return refuse(text, "a bound such as \"<= 20s\", \"== 0\" or \"<= 4KiB\"");
}

std::string to_string(const Place& place) {
  return place.line == 0 ? place.file : place.file + ":" + std::to_string(place.line);
}

std::string to_string(const Moment& moment) {
  if (moment.absolute()) return syncer::to_string(moment.offset);
  if (moment.offset == Duration::zero()) return moment.label;
  const bool before = moment.offset < Duration::zero();
  return moment.label + (before ? " - " : " + ") + syncer::to_string(before ? -moment.offset : moment.offset);
}

std::string to_string(const Shift& shift) { return syncer::to_string(shift.by); }

std::string to_string(const Size& size) {
  return in_units<3>(size.bytes, {{{"MiB", 1U << 20U}, {"KiB", 1U << 10U}, {"B", 1}}});
}

std::string to_string(const Bandwidth& bandwidth) {
  return in_units<3>(bandwidth.bits_per_second, {{{"Mbit", 1'000'000}, {"Kbit", 1'000}, {"bit", 1}}});
}

std::string to_string(const Rate& rate) { return "1/" + syncer::to_string(rate.gap); }

std::string to_string(const Bound& bound) {
  const auto found = std::find_if(kCompare.begin(), kCompare.end(), [&](auto& c) { return c.second == bound.compare; });
  std::string text = std::string(found->first) + " ";
  if (bound.unit == Unit::Nanoseconds) return text + syncer::to_string(Duration(bound.value));
  if (bound.unit == Unit::Bytes) return text + to_string(Size{static_cast<std::uint64_t>(bound.value)});
  return text + std::to_string(bound.value);
}

bool holds(const Bound& bound, std::int64_t value) {
  switch (bound.compare) {
    case Compare::Less:
      return value < bound.value;
    case Compare::LessEqual:
      return value <= bound.value;
    case Compare::Equal:
      return value == bound.value;
    case Compare::GreaterEqual:
      return value >= bound.value;
    case Compare::Greater:
      return value > bound.value;
  }
  return false;
}

}  // namespace sim::scenario
