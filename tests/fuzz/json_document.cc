// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "syncer/json/document.h"

namespace {

using syncer::json::Value;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_same(const Value& value, const nlohmann::json& reference) {
  if (reference.is_string()) return require(value.is_text() && value.text() == reference.get<std::string>());
  if (!reference.is_structured()) return require(!value.is_text() && value.text() == reference.dump());
  require(reference.is_object() ? value.is_object() : value.is_list());
  std::size_t elements = 0;
  for (const Value& element : value) {
    require(elements < reference.size());
    const std::string name(element.name());
    require(!reference.is_object() || reference.contains(name));
    require_same(element, reference.is_object() ? reference[name] : reference[elements]);
    ++elements;
  }
  require(elements == reference.size());
}

}  // namespace

/// JSON that others wrote: whatever is read is what the reference reads, and nothing it refuses is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const syncer::ByteView bytes(reinterpret_cast<const char*>(data), size);
  const auto document = syncer::json::Document::parse(bytes);
  if (document) require_same(document->root(), nlohmann::json::parse(bytes, nullptr, false));
  return 0;
}
