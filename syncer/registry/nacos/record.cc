// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/record.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "syncer/base/quantity.h"
#include "syncer/registry/mapping.h"
#include "syncer/registry/marks.h"
#include "syncer/registry/nacos/copy.h"

namespace syncer::registry::nacos {
namespace {

constexpr const char* kDeleteTimeout = "preserved.ip.delete.timeout";
constexpr std::uint32_t kFullWeight = 100;
constexpr double kMostWeight = 10000.0;

double number_of(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 1.0;
}

std::uint32_t neutral_weight(const std::string& weight) {
  return static_cast<std::uint32_t>(std::clamp(number_of(weight), 0.0, kMostWeight) * kFullWeight);
}

Status status_of(const Shown& shown) {
  if (!shown.enabled) return Status::OutOfService;
  return shown.healthy ? Status::Up : Status::Down;
}

ServiceEndpoint endpoint_of(const Shown& shown) {
  ServiceEndpoint endpoint;
  const std::string protocol = marks::value(shown.metadata, "protocol");
  endpoint.protocol = protocol.empty() ? "http" : protocol;
  endpoint.host = shown.address.ip;
  endpoint.port = shown.address.port;
  endpoint.secure = marks::value(shown.metadata, "secure") == "true";
  return endpoint;
}

Entry native_entry(const Shown& shown) {
  Entry entry;
  entry.status = neutral_word(status_of(shown));
  entry.payload = encode_record(record_of(shown));
  entry.lease = std::chrono::seconds(lease_of(shown.metadata));
  return entry;
}

}  // namespace

bool is_lease_key(std::string_view key) {
  return key.starts_with("preserved.heart.") || key.starts_with("preserved.ip.");
}

bool is_of_other_syncer(const Metadata& metadata) {
  return metadata.contains("sourceClusterId") || metadata.contains("syncSource");
}

std::uint32_t lease_of(const Metadata& metadata) {
  constexpr std::uint64_t kLongest = 24ULL * 3600 * 1000;
  const auto ms = parse_number(marks::value(metadata, kDeleteTimeout), kLongest);
  return ms && *ms >= 1000 ? static_cast<std::uint32_t>(*ms / 1000) : kDefaultLease;
}

Bytes encode_native(const NativeMembers& members) {
  if (members == NativeMembers{}) return {};
  nlohmann::json out = nlohmann::json::object();  // its members are sorted
  if (members.cluster != kDefaultCluster) out["cluster"] = members.cluster;
  if (members.weight != "1") out["weight"] = members.weight;
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<NativeMembers> decode_native(ByteView content) {
  NativeMembers members;
  if (content.empty()) return members;
  const auto document = nlohmann::json::parse(content, nullptr, false);
  if (!document.is_object()) return failure(ErrorCode::Invalid, "native part", "is no JSON object");
  for (const auto& [key, value] : document.items()) {
    if (!value.is_string()) return failure(ErrorCode::Invalid, "native part", key + " is no text");
    if (key == "cluster") members.cluster = value.get<std::string>();
    if (key == "weight") members.weight = value.get<std::string>();
  }
  return members;
}

InstanceRecord record_of(const Shown& shown) {
  InstanceRecord record;
  Instance& instance = record.instance;
  instance.host_name = shown.address.ip;
  instance.endpoints = {endpoint_of(shown)};
  instance.status = status_of(shown);
  instance.metadata = shown.metadata;
  std::erase_if(instance.metadata,
                [](const auto& text) { return is_lease_key(text.first) || text.first == marks::kEndpoints; });
  instance.weight = neutral_weight(shown.weight);
  instance.lease = lease_of(shown.metadata);
  record.native.kind = kNativeKind;
  record.native.content = encode_native({shown.address.cluster, shown.weight});
  return record;
}

ShownEntry entry_of(Shown shown, const MarkSeal& marks) {
  const std::string id = entry_id(shown.address);
  ShownEntry out;
  Entry entry;
  out.service = key_of(shown.service, version_of(shown.metadata));
  if (is_canary_service(shown.service)) {
    entry = canary_entry(shown.metadata);
  } else if (auto copy = copy_entry(shown, marks)) {
    out.service = std::move(copy->service);
    entry = std::move(copy->entry);
  } else {
    entry = native_entry(shown);
  }
  entry.id = id;
  entry.service = ref_of(shown.service, out.service).id;
  out.entry = std::make_shared<const Entry>(std::move(entry));
  return out;
}

}  // namespace syncer::registry::nacos
