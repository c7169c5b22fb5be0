// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mocksc/fault/fault.h"
#include "mocksc/http/connection.h"
#include "syncer/base/http_message.h"

namespace mocksc {

/// One request as it came over a connection.
struct WireRequest {
  syncer::HttpRequest request;
  bool keeps_alive = true;    ///< the connection goes on after the answer
  bool accepts_gzip = false;  ///< the answer may be compressed
};

/// How reading a request ended.
enum class ReadEnd : std::uint8_t {
  Request,     ///< a whole request was read
  Closed,      ///< the peer is gone, or sent too slowly
  BadRequest,  ///< no HTTP/1 request, or a target with a broken escape
  TooLarge,    ///< the header is longer than Go's server reads: it resets the connection
};

/// Reads one HTTP/1 request as Go's server does (RFC 9112): a body has a length or comes in chunks.
ReadEnd read_request(Connection& connection, WireRequest& out);

/// Sends an answer as Go's server does: long ones in chunks, compressed where the client takes gzip and it is worth it.
/// Sends half of a body that is declared whole when the outcome is truncated.
void write_answer(Connection& connection, const WireRequest& to, const Outcome& outcome);
/// "400 Bad Request" of the server itself, which ends the connection.
void write_bad_request(Connection& connection);

/// Whether a comma separated header lists that word, in any case.
bool header_lists(const syncer::HttpHeaders& headers, std::string_view name, std::string_view word);

}  // namespace mocksc
