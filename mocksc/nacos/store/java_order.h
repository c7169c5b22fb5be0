// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace mocksc::nacos {

/// String.hashCode of Java, for texts of one byte a character.
std::uint32_t java_hash(std::string_view text);
/// Objects.hash of Java, of texts.
std::uint32_t java_hash(std::initializer_list<std::string_view> texts);

/// Java's ConcurrentHashMap as far as the order of its keys goes: by bucket, in a bucket by age. It grows, and never
/// shrinks.
class JavaOrder {
 public:
  /// A map of `size` keys may have to grow first.
  void reserve(std::size_t size) {
    while (size * 4 > buckets_ * 3) buckets_ *= 2;
  }
  /// The place of a key.
  std::size_t bucket(std::uint32_t hash) const { return (hash ^ (hash >> 16U)) & (buckets_ - 1); }

 private:
  std::size_t buckets_ = 16;
};

}  // namespace mocksc::nacos
