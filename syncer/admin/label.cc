// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/label.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::admin {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

/// How many bytes the character at the beginning has (RFC 3629); 0 when it is none.
std::size_t character(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte_at(text, i) & 0xc0U) != 0x80) return 0;
  }
  const unsigned second = byte_at(text, 1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool no_character = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || no_character ? 0 : size;
}

std::string as_number(unsigned byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return std::string("\\\\x") + kDigits[byte >> 4U] + kDigits[byte & 15U];
}

}  // namespace

std::string label_value(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = character(text);
    const unsigned first = byte_at(text, 0);
    // A backslash that could be taken for the beginning of a number is one itself.
    const bool is_number = size == 0 || (first < ' ' && first != '\n') || first == 0x7f || text.starts_with("\\x");
    if (is_number && !SYNCER_MUTATED("admin.raw_labels")) {
      out += as_number(first);
    } else if (first == '\n') {
      out += "\\n";
    } else {
      if (first == '\\' || first == '"') out += '\\';
      out += text.substr(0, std::max<std::size_t>(size, 1));
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

}  // namespace syncer::admin
