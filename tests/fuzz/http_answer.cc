// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/httpio/answer_reader.h"

namespace {

using namespace syncer;

/// What these bytes and the end of the connection behind them come to, read in pieces of that size.
Result<HttpResponse> read(ByteView bytes, std::size_t piece) {
  httpio::AnswerReader reader({.line = 1000, .head = 5000, .body = 50'000, .framing = 5000}, true);
  while (!bytes.empty() && !reader.complete()) {
    const auto taken = reader.feed(bytes.substr(0, piece));
    if (!taken) return tl::unexpected(taken.error());
    bytes.remove_prefix(*taken);
  }
  if (!reader.complete()) {
    if (const auto ended = reader.end(); !ended) return tl::unexpected(ended.error());
  }
  return reader.take();
}

}  // namespace

/// One answer of an HTTP server: bounded in memory, and the same in whatever pieces it comes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = read(bytes, std::max<std::size_t>(size, 1));
  const auto pieces = read(bytes, 1 + size % 7);
  if (whole.has_value() != pieces.has_value()) std::abort();
  if (whole && (*whole != *pieces || whole->body.size() > 50'000)) std::abort();
  return 0;
}
