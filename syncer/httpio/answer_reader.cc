// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/answer_reader.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/httpio/message_grammar.h"

namespace syncer::httpio {
namespace {

tl::unexpected<Error> corrupt(const char* what) { return failure(ErrorCode::Corrupt, "HTTP", what); }
tl::unexpected<Error> too_large(const char* what) { return failure(ErrorCode::TooLarge, "HTTP", what); }

int digit_of(char c) {
  if (is_digit(c)) return c - '0';
  return lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

}  // namespace

AnswerReader::AnswerReader(const AnswerLimits& limits, bool has_body, Recall recall)
    : limits_(limits), has_body_(has_body), recall_(std::move(recall)), body_(limits.body) {}

Result<std::size_t> AnswerReader::feed(ByteView bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !complete()) {
    const bool in_body = state_ == State::Sized || state_ == State::Chunk || state_ == State::UntilClose;
    const auto part = in_body ? feed_body(bytes.substr(taken)) : feed_line(bytes.substr(taken));
    if (!part) return part;
    taken += *part;
  }
  return taken;
}

Result<std::size_t> AnswerReader::feed_line(ByteView bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t size = end == ByteView::npos ? bytes.size() : end + 1;
  const bool is_chunk = state_ == State::ChunkSize || state_ == State::ChunkEnd;
  std::size_t& sum = is_chunk ? framing_ : head_;
  // What is reached first, in whatever pieces the bytes come.
  const std::size_t of_line = limits_.line - line_.size();
  const std::size_t of_all = (is_chunk ? limits_.framing : limits_.head) - sum;
  if (size > of_line && of_line <= of_all && !SYNCER_MUTATED("httpio.endless_lines_of_answers")) {
    return too_large("a line of the answer is longer than the limit");
  }
  if (size > of_all) return too_large("the answer's head is larger than the limit");
  sum += size;
  line_.append(bytes.substr(0, size));
  if (end == ByteView::npos) return size;
  std::string line = std::exchange(line_, {});
  line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
  if (const auto taken = take_line(line); !taken) return tl::unexpected(taken.error());
  return size;
}

Result<void> AnswerReader::take_line(ByteView line) {
  switch (state_) {
    case State::Status:
      return take_status(line);
    case State::Headers:
      return line.empty() ? begin_body() : take_header(line);
    case State::ChunkSize:
      return take_chunk_size(line);
    case State::ChunkEnd:
      if (!line.empty()) return corrupt("a chunk does not end where its size says");
      state_ = State::ChunkSize;
      return {};
    case State::Trailers:  // nobody reads them
      if (line.empty()) state_ = State::Complete;
      return {};
    default:
      return corrupt("a line where none belongs");
  }
}

Result<void> AnswerReader::take_status(ByteView line) {
  // HTTP/1.1 200 OK
  const bool is_http = line.size() >= 12 && line.starts_with("HTTP/1.") && is_digit(line[7]) && line[8] == ' ' &&
                       std::all_of(line.begin() + 9, line.begin() + 12, is_digit) && line[9] != '0' &&
                       (line.size() == 12 || line[12] == ' ');
  if (!is_http) return corrupt("no HTTP/1.1 status line");
  response_.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  if (response_.status == 101) return corrupt("switches to a protocol nobody asked for");
  keeps_alive_ = line[7] != '0';
  state_ = State::Headers;
  return {};
}

Result<void> AnswerReader::take_header(ByteView line) {
  const std::size_t colon = line.find(':');
  if (colon == ByteView::npos || !is_token(line.substr(0, colon))) return corrupt("a broken header line");
  response_.headers.add(std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1))));
  return {};
}

Result<void> AnswerReader::take_length(ByteView value) {
  const auto length = parse_length(value);
  if (!length) return corrupt("a broken Content-Length");
  if (length_ && *length_ != *length) return corrupt("two different values of Content-Length");
  length_ = *length;
  return {};
}

Result<void> AnswerReader::take_content_encoding() {
  const std::string* encoding = response_.headers.find("Content-Encoding");
  if (encoding == nullptr || encoding->empty() || same_word(*encoding, "identity")) return {};
  if (same_word(*encoding, "gzip") || same_word(*encoding, "x-gzip")) return body_.expect_gzip(std::move(recall_));
  return failure(ErrorCode::Unsupported, "Content-Encoding", "an encoding nobody asked for: " + *encoding);
}

/// The head is over: how the body is framed (RFC 9112 section 6.3).
Result<void> AnswerReader::begin_body() {
  if (response_.status / 100 == 1) {  // the answer proper follows
    response_ = {};
    state_ = State::Status;
    return {};
  }
  for (const auto& [name, value] : response_.headers) {
    if (!same_word(name, "Content-Length")) continue;
    if (const auto taken = take_length(value); !taken) return taken;
  }
  const std::string* transfer = response_.headers.find("Transfer-Encoding");
  if (transfer != nullptr && !same_word(*transfer, "chunked")) return corrupt("an unknown Transfer-Encoding");
  if (lists(response_.headers, "Connection", "close")) keeps_alive_ = false;
  if (lists(response_.headers, "Connection", "keep-alive")) keeps_alive_ = true;
  if (!has_body_ || response_.status == 204 || response_.status == 304) {
    state_ = State::Complete;
    return {};
  }
  if (const auto taken = take_content_encoding(); !taken) return taken;
  left_ = length_.value_or(0);
  is_chunked_ = transfer != nullptr;
  if (is_chunked_)
    state_ = State::ChunkSize;
  else if (!length_)
    state_ = State::UntilClose;
  else
    state_ = left_ == 0 ? State::Complete : State::Sized;
  if (state_ == State::UntilClose) keeps_alive_ = false;
  return {};
}

Result<void> AnswerReader::take_chunk_size(ByteView line) {
  const ByteView digits = trimmed(line.substr(0, line.find(';')));
  std::uint64_t size = 0;
  if (digits.empty() || digits.size() > 15) return corrupt("a broken size of a chunk");
  for (const char c : digits) {
    if (digit_of(c) < 0) return corrupt("a broken size of a chunk");
    size = size * 16 + static_cast<std::uint64_t>(digit_of(c));
  }
  left_ = size;
  state_ = size == 0 ? State::Trailers : State::Chunk;
  return {};
}

Result<std::size_t> AnswerReader::feed_body(ByteView bytes) {
  const bool is_open = state_ == State::UntilClose;
  const std::size_t size = is_open || left_ > bytes.size() ? bytes.size() : static_cast<std::size_t>(left_);
  if (const auto added = body_.add(bytes.substr(0, size)); !added) return tl::unexpected(added.error());
  if (is_open) return size;
  left_ -= size;
  if (left_ == 0) state_ = is_chunked_ ? State::ChunkEnd : State::Complete;
  return size;
}

Result<void> AnswerReader::end() {
  if (state_ != State::UntilClose) {
    return failure(ErrorCode::Unreachable, "HTTP", "connection lost while reading the answer");
  }
  state_ = State::Complete;
  return {};
}

Result<HttpResponse> AnswerReader::take() {
  const bool empty = !has_body_ || response_.status == 204 || response_.status == 304;
  auto body = empty ? Result<Bytes>(Bytes()) : body_.take();
  if (!body) return tl::unexpected(body.error());
  response_.body = std::move(*body);
  return std::move(response_);
}

}  // namespace syncer::httpio
