// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/http_message.h"

namespace syncer::httpio {

/// Bounds on what a client may send as one request.
struct RequestLimits {
  std::size_t line = 8U << 10U;   ///< the request line, a header
  std::size_t head = 16U << 10U;  ///< all of them together
  std::size_t fields = 64;        ///< number of headers
  std::size_t body = 64U << 10U;
};

/// One request to a server of ours.
struct ServedRequest {
  std::string method;
  std::string target;  ///< as it came: path and query
  HttpHeaders headers;
  Bytes body;
  bool keeps_alive = false;  ///< the client may send another request on this connection
  bool operator==(const ServedRequest&) const = default;

  /// The target up to the query, not decoded.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  /// The decoded value of the query's first parameter of that name; nothing when there is none.
  std::optional<std::string> parameter(std::string_view name) const;
};

/// Why a request is not served.
struct Refusal {
  int status = 400;
  std::string reason;  ///< a sentence
  bool operator==(const Refusal&) const = default;
};

/// Reads HTTP/1.1 requests (RFC 9112), one after the other, from bytes as they come. No sockets, no clock; never holds
/// more than the limits. Strict: what two readers could take for two different requests is refused, and so is a body
/// without a length (411), which no client of ours sends.
class RequestReader {
 public:
  explicit RequestReader(const RequestLimits& limits) : limits_(limits) {}

  /// Takes what belongs to the request and gives how many bytes that was. Takes nothing once it is complete or refused.
  std::size_t feed(ByteView bytes);
  /// Nothing of a request came yet.
  bool is_idle() const { return state_ == State::Line && head_ == 0; }
  bool complete() const { return state_ == State::Complete; }
  /// Set once the request was refused; nothing can be read after that.
  const std::optional<Refusal>& refusal() const { return refusal_; }
  /// Once it is complete: the request. The next one can be read then.
  ServedRequest take();

 private:
  enum class State : std::uint8_t { Line, Headers, Body, Complete, Refused };

  std::size_t feed_line(ByteView bytes);
  std::size_t feed_body(ByteView bytes);
  void take_line(ByteView line);
  void take_request_line(ByteView line);
  void take_header(ByteView line);
  void begin_body();
  bool take_length();
  bool check_host();
  void refuse(int status, const char* reason);

  RequestLimits limits_;
  State state_ = State::Line;
  std::string line_;  ///< begun, its end not yet seen
  std::size_t head_ = 0;
  std::size_t left_ = 0;  ///< of the body
  bool is_version_1_0_ = false;
  ServedRequest request_;
  std::optional<Refusal> refusal_;
};

}  // namespace syncer::httpio
