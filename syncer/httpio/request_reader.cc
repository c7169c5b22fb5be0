// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/request_reader.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/httpio/message_grammar.h"

namespace syncer::httpio {
namespace {

constexpr std::size_t kLongestMethod = 16;

bool is_visible(char c) { return c > ' ' && c <= '~'; }

/// What a field's value may hold (RFC 9110 section 5.5): no controls but tabs.
bool is_value(ByteView text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f); });
}

}  // namespace

std::optional<std::string> ServedRequest::parameter(std::string_view name) const {
  const std::size_t mark = target.find('?');
  std::string_view rest = mark == std::string::npos ? "" : std::string_view(target).substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (percent_decode(pair.substr(0, equals), true) != name) continue;
    return percent_decode(pair.substr(std::min(equals + 1, pair.size())), true);
  }
  return std::nullopt;
}

std::size_t RequestReader::feed(ByteView bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && state_ != State::Complete && state_ != State::Refused) {
    const ByteView rest = bytes.substr(taken);
    taken += state_ == State::Body ? feed_body(rest) : feed_line(rest);
  }
  return taken;
}

ServedRequest RequestReader::take() {
  state_ = State::Line;
  head_ = left_ = 0;
  is_version_1_0_ = false;
  return std::exchange(request_, {});
}

void RequestReader::refuse(int status, const char* reason) {
  state_ = State::Refused;
  refusal_ = Refusal{status, reason};
  line_.clear();
  request_ = {};
}

std::size_t RequestReader::feed_line(ByteView bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t size = end == ByteView::npos ? bytes.size() : end + 1;
  // What is reached first, in whatever pieces the bytes come.
  const std::size_t of_line = limits_.line - line_.size();
  const std::size_t of_head = limits_.head - head_;
  if (size > std::min(of_line, of_head) && !SYNCER_MUTATED("httpio.endless_heads")) {
    of_line <= of_head ? refuse(state_ == State::Line ? 414 : 431, "a line of the request is longer than the limit")
                       : refuse(431, "the request's head is larger than the limit");
    return size;
  }
  head_ += size;
  line_.append(bytes.substr(0, size));
  if (end == ByteView::npos) return size;
  std::string line = std::exchange(line_, {});
  line.pop_back();
  if (line.ends_with('\r')) line.pop_back();
  take_line(line);
  return size;
}

void RequestReader::take_line(ByteView line) {
  if (state_ == State::Line) return line.empty() ? void() : take_request_line(line);
  line.empty() ? begin_body() : take_header(line);
}

void RequestReader::take_request_line(ByteView line) {
  const std::size_t first = std::min(line.find(' '), line.size());
  const std::size_t second = std::min(line.find(' ', first + 1), line.size());
  const ByteView method = line.substr(0, first);
  const ByteView target = second > first ? line.substr(first + 1, second - first - 1) : ByteView();
  const ByteView version = line.substr(std::min(second + 1, line.size()));
  if (!is_token(method) || method.size() > kLongestMethod) return refuse(400, "no method of a request");
  if (!target.starts_with('/') || !std::all_of(target.begin(), target.end(), is_visible)) {
    return refuse(400, "the target is no path");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool is_version = version.starts_with("HTTP/") && version.find(' ') == ByteView::npos;
    return is_version ? refuse(505, "speak HTTP/1.1") : refuse(400, "no HTTP request line");
  }
  is_version_1_0_ = version == "HTTP/1.0";
  request_.method = method;
  request_.target = target;
  state_ = State::Headers;
}

void RequestReader::take_header(ByteView line) {
  const std::size_t colon = line.find(':');
  // A blank before the colon, or a line that continues the one before, is read differently by different readers.
  if (colon == ByteView::npos || !is_token(line.substr(0, colon)) || !is_value(line.substr(colon + 1))) {
    return refuse(400, "a broken header line");
  }
  if (request_.headers.size() >= limits_.fields) return refuse(431, "too many headers");
  request_.headers.add(std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1))));
}

bool RequestReader::check_host() {
  const auto count = std::count_if(request_.headers.begin(), request_.headers.end(),
                                   [](const auto& field) { return same_word(field.first, "Host"); });
  if (count > 1 || (count == 0 && !is_version_1_0_)) refuse(400, "a request has one Host");
  return state_ != State::Refused;
}

bool RequestReader::take_length() {
  std::optional<std::uint64_t> length;
  for (const auto& [name, value] : request_.headers) {
    if (!same_word(name, "Content-Length")) continue;
    const auto one = parse_length(value);
    if (!one || (length && *length != *one)) {
      refuse(400, "a broken Content-Length");
      return false;
    }
    length = one;
  }
  if (length.value_or(0) > limits_.body) {
    refuse(413, "the body is larger than the limit");
    return false;
  }
  left_ = static_cast<std::size_t>(length.value_or(0));
  return true;
}

/// The head is over.
void RequestReader::begin_body() {
  if (!check_host()) return;
  if (request_.headers.find("Transfer-Encoding") != nullptr) return refuse(411, "send the body with a Content-Length");
  if (request_.headers.find("Expect") != nullptr) return refuse(417, "no expectation can be met");
  if (!take_length()) return;
  request_.keeps_alive = is_version_1_0_ ? lists(request_.headers, "Connection", "keep-alive")
                                         : !lists(request_.headers, "Connection", "close");
  state_ = left_ == 0 ? State::Complete : State::Body;
}

std::size_t RequestReader::feed_body(ByteView bytes) {
  const std::size_t size = std::min(left_, bytes.size());
  request_.body.append(bytes.substr(0, size));
  left_ -= size;
  if (left_ == 0) state_ = State::Complete;
  return size;
}

}  // namespace syncer::httpio
