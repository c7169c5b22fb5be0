// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "syncer/base/endpoint.h"

namespace syncer::httpio {

/// Where a server of this machine listens: a unix socket, or an address and a port.
struct SocketAddress {
  std::string path;   ///< of the unix socket; empty for TCP
  Endpoint endpoint;  ///< for TCP
  bool operator==(const SocketAddress&) const = default;

  bool is_unix() const { return !path.empty(); }
};

/// "unix:/run/syncer/admin.socket", "/run/syncer/admin.socket", "127.0.0.1:30199". Invalid when it is none of these, or
/// when the path has more than the 107 bytes that the system takes.
Result<SocketAddress> parse_socket_address(std::string_view text);
/// The first or the third of these forms.
std::string to_string(const SocketAddress& address);

}  // namespace syncer::httpio
