// SPDX-License-Identifier: Apache-2.0
#include "syncer/json/value.h"

#include <charconv>

namespace syncer::json {
namespace {

template <class Integer>
std::optional<Integer> whole(const Value& value) {
  if (value.type() != Type::Number) return std::nullopt;
  const ByteView text = value.text();
  Integer number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint64_t> Value::natural() const { return whole<std::uint64_t>(*this); }
std::optional<std::int64_t> Value::integer() const { return whole<std::int64_t>(*this); }

const Value* Value::find(ByteView name) const {
  if (!is_object()) return nullptr;
  for (const Value& value : *this) {
    if (value.name() == name) return &value;
  }
  return nullptr;
}

}  // namespace syncer::json
