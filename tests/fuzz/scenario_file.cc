// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "sim/scenario/language/parse.h"

/// A scenario file: its values, or everything that is wrong with it, each with its place.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = sim::scenario::parse("fuzz.json", std::string(reinterpret_cast<const char*>(data), size));
  if (parsed) return 0;
  if (parsed.error().empty()) std::abort();
  if (sim::scenario::to_string(parsed.error()).find("fuzz.json") == std::string::npos) std::abort();
  return 0;
}
