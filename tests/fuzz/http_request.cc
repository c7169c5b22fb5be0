// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "syncer/httpio/request_reader.h"

namespace {

using namespace syncer;

constexpr httpio::RequestLimits kLimits = {.line = 300, .head = 1000, .fields = 10, .body = 500};

/// The requests in these bytes, read in pieces of that size, and what ended them.
struct Outcome {
  std::vector<httpio::ServedRequest> requests;
  std::optional<httpio::Refusal> refusal;
  bool operator==(const Outcome&) const = default;
};

Outcome read(ByteView bytes, std::size_t piece) {
  httpio::RequestReader reader(kLimits);
  Outcome outcome;
  while (!bytes.empty() && !reader.refusal()) {
    const std::size_t taken = reader.feed(bytes.substr(0, piece));
    if (taken == 0) std::abort();  // it must go on
    bytes.remove_prefix(taken);
    if (reader.complete()) outcome.requests.push_back(reader.take());
  }
  outcome.refusal = reader.refusal();
  return outcome;
}

void check(const httpio::ServedRequest& request) {
  std::size_t head = request.method.size() + request.target.size();
  for (const auto& [name, value] : request.headers) head += name.size() + value.size();
  if (head > kLimits.head || request.body.size() > kLimits.body) std::abort();
  if (request.target.empty() || request.target.front() != '/') std::abort();
  const auto value = request.parameter("a");
  if (value && value->size() > request.target.size()) std::abort();
}

}  // namespace

/// Requests of a client: bounded in memory, and the same in whatever pieces they come.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(reinterpret_cast<const char*>(data), size);
  const Outcome whole = read(bytes, std::max<std::size_t>(size, 1));
  for (const httpio::ServedRequest& request : whole.requests) check(request);
  if (!(whole == read(bytes, 1 + size % 7))) std::abort();
  return 0;
}
