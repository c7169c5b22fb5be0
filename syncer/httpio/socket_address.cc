// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/socket_address.h"

namespace syncer::httpio {
namespace {

constexpr std::string_view kScheme = "unix:";
constexpr std::size_t kLongestPath = 107;  // sockaddr_un has 108 with the end

}  // namespace

Result<SocketAddress> parse_socket_address(std::string_view text) {
  const bool has_scheme = text.starts_with(kScheme);
  if (!has_scheme && !text.starts_with('/')) {
    auto endpoint = parse_endpoint(text);
    if (!endpoint) return tl::unexpected(endpoint.error());
    return SocketAddress{"", *endpoint};
  }
  const std::string_view path = has_scheme ? text.substr(kScheme.size()) : text;
  if (path.empty() || path.find('\0') != std::string_view::npos) {
    return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" names no socket");
  }
  if (path.size() > kLongestPath) {
    return failure(ErrorCode::Invalid, "",
                   "\"" + std::string(path) + "\" is longer than the 107 bytes that a path of a socket may have");
  }
  return SocketAddress{std::string(path), {}};
}

std::string to_string(const SocketAddress& address) {
  return address.is_unix() ? std::string(kScheme) + address.path : to_string(address.endpoint);
}

}  // namespace syncer::httpio
