// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/store/java_order.h"

namespace mocksc::nacos {

std::uint32_t java_hash(std::string_view text) {
  std::uint32_t hash = 0;
  for (const char c : text) hash = 31 * hash + static_cast<unsigned char>(c);
  return hash;
}

std::uint32_t java_hash(std::initializer_list<std::string_view> texts) {
  std::uint32_t hash = 1;
  for (const std::string_view text : texts) hash = 31 * hash + java_hash(text);
  return hash;
}

}  // namespace mocksc::nacos
