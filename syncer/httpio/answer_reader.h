// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/httpio/body_decoder.h"

namespace syncer::httpio {

/// Bounds on what a server may send as one answer.
struct AnswerLimits {
  std::size_t line = 16U << 10U;     ///< the status line, a header, a chunk's size, a trailer
  std::size_t head = 64U << 10U;     ///< all of them but chunks' sizes together
  std::size_t body = 64U << 20U;     ///< decompressed
  std::size_t framing = 16U << 20U;  ///< all sizes of chunks together
};

/// Reads one HTTP/1.1 answer (RFC 9112) from bytes as they come. No sockets, no clock.
class AnswerReader {
 public:
  /// `has_body`: false for the answer to HEAD. `recall`: where large packed bodies are kept.
  AnswerReader(const AnswerLimits& limits, bool has_body, Recall recall = {});

  /// Takes what belongs to the answer and gives how many bytes that was; an error ends the reader. Corrupt when it is
  /// no HTTP, TooLarge over a limit.
  Result<std::size_t> feed(ByteView bytes);
  /// The server closed. An error when the answer is not complete by that.
  Result<void> end();

  bool complete() const { return state_ == State::Complete; }
  /// Once it is complete.
  Result<HttpResponse> take();
  /// Once it is complete: the server reads another request on this connection.
  bool keeps_alive() const { return keeps_alive_; }

 private:
  enum class State : std::uint8_t {
    Status,
    Headers,
    Sized,
    ChunkSize,
    Chunk,
    ChunkEnd,
    Trailers,
    UntilClose,
    Complete
  };

  Result<void> take_line(ByteView line);
  Result<void> take_status(ByteView line);
  Result<void> take_header(ByteView line);
  Result<void> take_chunk_size(ByteView line);
  Result<void> begin_body();
  Result<void> take_content_encoding();
  Result<void> take_length(ByteView value);
  Result<std::size_t> feed_line(ByteView bytes);
  Result<std::size_t> feed_body(ByteView bytes);

  AnswerLimits limits_;
  bool has_body_;
  Recall recall_;
  State state_ = State::Status;
  std::string line_;  ///< begun, its end not yet seen
  std::size_t head_ = 0;
  std::size_t framing_ = 0;
  std::uint64_t left_ = 0;  ///< of the body or the chunk
  std::optional<std::uint64_t> length_;
  bool is_chunked_ = false;
  bool keeps_alive_ = false;
  HttpResponse response_;
  BodyDecoder body_;
};

}  // namespace syncer::httpio
