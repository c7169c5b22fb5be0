// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/origin.h"

#include <algorithm>
#include <optional>

namespace syncer::httpio {
namespace {

/// Takes the scheme off.
std::optional<bool> take_secure(std::string_view& text) {
  for (const auto& [scheme, secure] : {std::pair<std::string_view, bool>{"http://", false}, {"https://", true}}) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    return secure;
  }
  return std::nullopt;
}

bool is_port(std::string_view text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && !text.empty() && text.size() <= 5 && std::stoul(std::string(text)) - 1 < 65535;
}

bool is_host(std::string_view text, bool bracketed) {
  const auto allowed = [&](char c) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
    return plain || (bracketed ? c == ':' || c == '%' : c == '-' || c == '_');
  };
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

Result<Origin> parse_origin(std::string_view text) {
  const auto invalid = failure(ErrorCode::Invalid, std::string(text), "is not http(s)://HOST[:PORT]");
  std::string_view rest = text;
  const auto secure = take_secure(rest);
  if (!secure) return invalid;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const bool bracketed = rest.starts_with('[');
  const std::size_t end = bracketed ? rest.find(']') : rest.find(':');
  if (bracketed && end == std::string_view::npos) return invalid;
  const std::string_view host = bracketed ? rest.substr(1, end - 1) : rest.substr(0, end);
  std::string_view behind = end == std::string_view::npos ? "" : rest.substr(bracketed ? end + 1 : end);
  Origin origin{*secure, std::string(host), *secure ? "443" : "80", std::string(rest)};
  if (!is_host(host, bracketed)) return invalid;
  if (behind.empty()) return origin;
  if (behind.front() != ':' || !is_port(behind.substr(1))) return invalid;
  origin.port = behind.substr(1);
  return origin;
}

}  // namespace syncer::httpio
