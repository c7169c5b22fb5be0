// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/token.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace syncer::httpio {
namespace {

/// The text without what editors and people put around a token.
std::string cleaned(std::string_view text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  constexpr std::string_view kBlank = " \t\r\n";
  constexpr std::string_view kScheme = "bearer";
  const auto trim = [&] {
    text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
    text = text.substr(0, text.find_last_not_of(kBlank) + 1);
  };
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  trim();
  const bool has_scheme =
      text.size() > kScheme.size() && kBlank.find(text[kScheme.size()]) != std::string_view::npos &&
      std::equal(kScheme.begin(), kScheme.end(), text.begin(), [](char lower, char c) { return lower == (c | 0x20); });
  if (has_scheme) text.remove_prefix(kScheme.size());
  trim();
  return std::string(text);
}

Result<std::string> read_secret(const std::string& path, const char* complaint) {
  constexpr std::size_t kLongest = 64U << 10U;
  std::ifstream file(path, std::ios::binary);
  std::string text(kLongest, '\0');
  if (!file || std::filesystem::is_directory(path) || (!file.read(text.data(), kLongest) && !file.eof())) {
    return failure(ErrorCode::Io, path, complaint);
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

Result<std::string> read_token(const std::string& path) {
  const auto text = read_secret(path, "cannot read the bearer token");
  if (!text) return text;
  const std::string token = cleaned(*text);
  if (token.empty()) return failure(ErrorCode::Invalid, path, "holds no bearer token");
  if (!std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return failure(ErrorCode::Invalid, path, "must hold one bearer token of printable ASCII and nothing else");
  }
  return token;
}

Result<std::string> read_password(const std::string& path) {
  auto text = read_secret(path, "cannot read the password");
  if (!text) return text;
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (text->empty()) return failure(ErrorCode::Invalid, path, "holds no password");
  if (text->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return failure(ErrorCode::Invalid, path, "must hold one password in one line");
  }
  return text;
}

}  // namespace syncer::httpio
