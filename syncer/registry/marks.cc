// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/marks.h"

#include <charconv>
#include <utility>

namespace syncer::registry::marks {
namespace {

/// 0 for what is no number.
std::uint64_t number_of(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

}  // namespace

std::string value(const Metadata& metadata, std::string_view mark) {
  const auto found = metadata.find(std::string(mark));
  return found == metadata.end() ? std::string() : found->second;
}

void set(Metadata& metadata, std::string_view mark, std::string value) {
  if (!value.empty()) metadata.insert_or_assign(std::string(mark), std::move(value));
}

void mark_copy(Metadata& metadata, const std::string& region, const std::string& instance) {
  std::erase_if(metadata, [](const auto& text) { return is_mark(text.first) && text.first != kEndpoints; });
  set(metadata, kRegion, region);
  set(metadata, kInstance, instance);
}

std::optional<CopyMark> take_copy_mark(Metadata& metadata) {
  CopyMark mark{value(metadata, kRegion), value(metadata, kInstance), value(metadata, kEpoch), value(metadata, kSeal)};
  if (mark.region.empty() || mark.instance.empty()) return std::nullopt;
  metadata.erase(std::string(kEpoch));
  metadata.erase(std::string(kSeal));
  return mark;
}

Metadata canary_metadata(const CanaryMark& mark) {
  Metadata metadata;
  set(metadata, kCanary, mark.region);
  set(metadata, kCount, std::to_string(mark.count));
  set(metadata, kNode, mark.node);
  set(metadata, kRun, mark.run);
  set(metadata, kSeal, mark.seal);
  return metadata;
}

std::optional<CanaryMark> canary_mark(const Metadata& metadata) {
  CanaryMark mark{value(metadata, kCanary), value(metadata, kNode), value(metadata, kRun),
                  number_of(value(metadata, kCount)), value(metadata, kSeal)};
  return mark.region.empty() ? std::nullopt : std::optional(std::move(mark));
}

}  // namespace syncer::registry::marks
