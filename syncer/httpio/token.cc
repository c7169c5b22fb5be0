// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/token.h"

#include <algorithm>
#include <string_view>

#include "syncer/store/file.h"

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

constexpr std::size_t kLongest = 64U << 10U;

}  // namespace

Result<std::string> read_token(const std::string& path) {
  const auto text = store::read_secret_file(path, kLongest);
  if (!text) return failure(text.error().code, path, "cannot use the bearer token: " + text.error().detail);
  const std::string token = cleaned(*text);
  if (token.empty()) return failure(ErrorCode::Invalid, path, "holds no bearer token");
  if (!std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return failure(ErrorCode::Invalid, path, "must hold one bearer token of printable ASCII and nothing else");
  }
  return token;
}

Result<std::string> read_password(const std::string& path) {
  auto text = store::read_secret_file(path, kLongest);
  if (!text) return failure(text.error().code, path, "cannot use the password: " + text.error().detail);
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (text->empty()) return failure(ErrorCode::Invalid, path, "holds no password");
  if (text->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
    return failure(ErrorCode::Invalid, path, "must hold one password in one line");
  }
  return text;
}

}  // namespace syncer::httpio
