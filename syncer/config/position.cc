// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/position.h"

#include <algorithm>

namespace syncer::config {

std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
  return std::to_string(lines + 1) + ":" + std::to_string(column + 1);
}

std::size_t string_start(std::string_view text, std::size_t end) {
  const auto escaped = [&](std::size_t quote) {
    std::size_t backslashes = 0;
    while (backslashes < quote && text[quote - 1 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 1;
  };
  for (std::size_t i = std::min(end, text.size()); i >= 2; --i) {
    if (text[i - 2] == '"' && !escaped(i - 2)) return i - 2;
  }
  return 0;
}

std::size_t next_token(std::string_view text, std::size_t offset) {
  const auto skip_to = [&](std::string_view mark) {
    const std::size_t found = text.find(mark, offset);
    offset = found == std::string_view::npos ? text.size() : found + mark.size();
  };
  while (offset < text.size()) {
    if (text.compare(offset, 2, "//") == 0) {
      skip_to("\n");
    } else if (text.compare(offset, 2, "/*") == 0) {
      skip_to("*/");
    } else if (std::string_view(" \t\r\n:").find(text[offset]) != std::string_view::npos) {
      ++offset;
    } else {
      break;
    }
  }
  return offset;
}

}  // namespace syncer::config
