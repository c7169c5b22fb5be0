// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/replay/seeds.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/fuzz/replay/own_seeds.h"

namespace fuzz {
namespace {

using syncer::Bytes;

void collect(const nlohmann::json& value, std::set<Bytes>& into) {
  if (value.is_structured()) {
    for (const auto& inner : value) collect(inner, into);
  } else if (value.is_string()) {
    const auto bytes = syncer::from_hex(value.get_ref<const std::string&>());
    if (bytes && !bytes->empty()) into.insert(*bytes);
  }
}

}  // namespace

std::vector<Bytes> seeds() {
  std::set<Bytes> all = own_seeds();
  const char* dir = std::getenv("SYNCER_CONFORMANCE_DIR");
  for (const char* name : {"wire.json", "hostile.json"}) {
    std::ifstream file(std::string(dir == nullptr ? SYNCER_CONFORMANCE_DIR : dir) + "/membership/" + name);
    if (file) collect(nlohmann::json::parse(file), all);
  }
  return {all.begin(), all.end()};
}

}  // namespace fuzz
