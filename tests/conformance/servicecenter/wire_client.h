// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace mocksc::conformance {

/// An answer as it came over the socket.
struct WireAnswer {
  int status = 0;                              ///< 0: the connection ended without an answer
  std::map<std::string, std::string> headers;  ///< lower-case names; repeated ones joined in order with ", "
  std::string body;                            ///< without chunks and compression
};

/// Sends one request on a connection of its own and reads the answer. The target goes out as it stands.
WireAnswer send_request(std::uint16_t port, const std::string& method, const std::string& target,
                        const std::map<std::string, std::string>& headers, const std::string& body);

}  // namespace mocksc::conformance
