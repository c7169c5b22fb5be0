// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/copy.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/registry/eureka/documents.h"
#include "syncer/registry/mapping.h"
#include "syncer/registry/marks.h"

namespace syncer::registry::eureka {
namespace {

using nlohmann::json;

constexpr const char* kDataCenter = "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo";

/// Keys become names of elements where a list is read as XML; an empty one breaks it for every reader.
bool is_safe(std::string_view key) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  return !key.empty() && is_letter(key.front()) && std::all_of(key.begin(), key.end(), fits);
}

json port(std::uint64_t number, bool enabled) { return {{"$", number}, {"@enabled", enabled ? "true" : "false"}}; }

/// What a copy is, besides its id, state and metadata.
struct Shape {
  json members = json::object();  ///< of the registration
  std::string cut;                ///< what had no place
};

void note_cut(Shape& shape, const std::string& what) { shape.cut += (shape.cut.empty() ? "" : ", ") + what; }

/// From its own kind's part: the very same again. Nothing when the part is broken.
std::optional<Shape> own_shape(const InstanceRecord& record) {
  auto native = read_native_part(record.native.content);
  if (!native) return std::nullopt;
  Shape shape;
  shape.members = std::move(*native);
  if (shape.members.contains("dataCenter")) note_cut(shape, "data center");
  for (const char* name : {"renewalIntervalInSecs", "durationInSecs", "status", "dataCenter"})
    shape.members.erase(name);
  return shape;
}

/// Where a URL leads now that was at one of the former endpoints, or at their host.
std::string moved_url(const std::string& url, const Instance& former, const Instance& now) {
  ServiceEndpoint at = parse_service_endpoint(url);
  const std::string& host = former.endpoints.front().host;
  if (at.protocol.empty() || (at.host != host && at.host != former.host_name)) return url;
  const bool by_name = at.host != host;
  at.host = by_name ? now.host_name : now.endpoints.front().host;
  for (std::size_t i = 0; i < std::min(former.endpoints.size(), now.endpoints.size()); ++i) {
    if (former.endpoints[i].port == at.port) return (at.port = now.endpoints[i].port, to_string(at));
  }
  return to_string(at);
}

/// From the neutral part: one plain and one encrypted endpoint of HTTP.
std::optional<Shape> foreign_shape(const InstanceRecord& record) {
  const HttpEndpoints found = http_endpoints(record.instance.endpoints);
  if (!found.plain && !found.secure) return std::nullopt;
  Shape shape;
  const ServiceEndpoint& first = found.plain ? *found.plain : *found.secure;
  const bool one_host = !found.plain || !found.secure || found.plain->host == found.secure->host;
  const bool has_secure = found.secure && one_host;
  shape.members["ipAddr"] = first.host;
  shape.members["port"] = port(found.plain ? found.plain->port : first.port, found.plain.has_value());
  shape.members["securePort"] = port(has_secure ? found.secure->port : 0, has_secure);
  if (found.others > 0 || !one_host) note_cut(shape, "endpoints");
  if (!first.path.empty()) note_cut(shape, "the path of the endpoint");
  return shape;
}

std::optional<Shape> shape_of(const InstanceRecord& record) {
  return record.native.kind == kNativeKind ? own_shape(record) : foreign_shape(record);
}

/// An empty name is as good as none: a server wants one.
std::string host_name_of(const InstanceRecord& record, const Shape& shape) {
  return record.instance.host_name.empty() ? shape.members["ipAddr"].get<std::string>() : record.instance.host_name;
}

std::string dump(const json& document) { return document.dump(-1, ' ', false, json::error_handler_t::replace); }

json lease() { return {{"renewalIntervalInSecs", 30}, {"durationInSecs", kLease / std::chrono::seconds(1)}}; }

json data_center() { return {{"@class", kDataCenter}, {"name", "MyOwn"}}; }

/// Takes what cannot stand in metadata out of it; its names.
std::string cut_metadata(Metadata& metadata) {
  std::string names;
  std::erase_if(metadata, [&](const auto& text) {
    if (is_safe(text.first)) return false;
    names += (names.empty() ? "metadata \"" : ", \"") + text.first + "\"";
    return true;
  });
  return names;
}

/// The origin's state in its own words, where a copy cannot say it.
std::string true_status(const InstanceRecord& record) {
  if (record.instance.status == Status::Up) return "";
  return std::string(neutral_word(record.instance.status));
}

}  // namespace

Result<void> adapt_native(InstanceRecord& record, const Instance& former) {
  const Instance& now = record.instance;
  if (now.endpoints == former.endpoints && now.host_name == former.host_name) return {};
  auto part = read_native_part(record.native.content);
  if (!part || now.endpoints.empty() || former.endpoints.empty()) {
    return failure(ErrorCode::Invalid, "instance", "its native part is broken");
  }
  json& native = *part;
  for (auto& [name, value] : native.items()) {
    if (value.is_string() && value.get_ref<const std::string&>().find("://") != std::string::npos) {
      value = moved_url(value.get<std::string>(), former, now);
    }
  }
  native["ipAddr"] = now.endpoints.front().host;
  for (const ServiceEndpoint& endpoint : now.endpoints) {
    native[endpoint.secure ? "securePort" : "port"] = port(endpoint.port, true);
  }
  record.native.content = dump(native);
  return {};
}

Result<CopyPlan> plan_copy(const std::string& region, const std::string& instance, ByteView payload) {
  auto record = decode_record(payload);
  if (!record) return tl::make_unexpected(record.error());
  auto shape = shape_of(*record);
  if (!shape) {
    return failure(ErrorCode::Invalid, "instance",
                   "it has no endpoint that speaks HTTP and can be reached from elsewhere: Eureka has no place for it");
  }
  CopyPlan plan;
  plan.foreign = record->native.kind != kNativeKind;
  plan.status = SYNCER_MUTATED("eureka.show_every_copy_as_up") ? "UP" : written_status(record->instance.status);
  plan.lease = kLease;
  plan.metadata = std::move(record->instance.metadata);
  if (const std::string names = cut_metadata(plan.metadata); !names.empty()) note_cut(*shape, names);
  marks::mark_copy(plan.metadata, region, instance);
  marks::set(plan.metadata, marks::kStatus, true_status(*record));
  if (plan.foreign) marks::set(plan.metadata, marks::kKind, record->native.kind);
  marks::set(plan.metadata, marks::kCut, shape->cut);
  Bytes identity;
  ByteWriter writer(identity);
  const std::string endpoints =
      SYNCER_MUTATED("eureka.replace_endpoints_in_place") ? "" : dump(shape->members) + host_name_of(*record, *shape);
  for (const std::string& field : {instance, endpoints}) writer.string(field);
  plan.id = copy_id_of(region, identity);
  return plan;
}

Result<Bytes> registration_body(const ServiceKey& service, const CopyPlan& plan, ByteView payload,
                                const std::string& epoch, std::uint64_t dirty, const MarkSeal& seal) {
  const auto record = decode_record(payload);
  if (!record) return tl::make_unexpected(record.error());
  auto shape = shape_of(*record);
  if (!shape) return failure(ErrorCode::Invalid, "instance", "its native part is broken");
  json& out = shape->members;
  Metadata metadata = plan.metadata;
  marks::set(metadata, marks::kEpoch, epoch);
  const CopyMark mark{marks::value(metadata, marks::kRegion), marks::value(metadata, marks::kInstance), epoch};
  marks::set(metadata, marks::kSeal, seal.sign(mark, plan.id));
  marks::set(metadata, marks::kEnvironment, service.environment);
  if (service.app != kDefaultApp) marks::set(metadata, marks::kApp, service.app);
  if (service.version != version_of(metadata)) marks::set(metadata, marks::kVersion, service.version);
  out["instanceId"] = plan.id;
  out["app"] = upper_case(service.name);
  out["hostName"] = host_name_of(*record, *shape);
  out["status"] = plan.status;
  out["dataCenterInfo"] = data_center();
  out["leaseInfo"] = lease();
  out["metadata"] = metadata;
  if (plan.foreign) out["vipAddress"] = service.name;
  if (plan.foreign && out["securePort"]["@enabled"] == "true") out["secureVipAddress"] = service.name;
  if (dirty > 0) out["lastDirtyTimestamp"] = std::to_string(dirty);
  Bytes body = dump({{"instance", std::move(out)}});
  if (body.size() <= kMaxRegistration) return body;
  return failure(ErrorCode::TooLarge, "registration",
                 std::to_string(body.size()) + " bytes; more than " + std::to_string(kMaxRegistration) +
                     " would burden every list");
}

Bytes canary_body(const std::string& id, CanaryMark mark, std::uint64_t dirty, const MarkSeal& seal) {
  mark.seal = seal.sign(mark, id);
  json out = {{"instanceId", id},
              {"app", kCanaryApp},
              {"hostName", "syncer"},
              {"ipAddr", "0.0.0.0"},
              {"status", "UP"},
              {"port", port(0, false)},
              {"securePort", port(0, false)},
              {"vipAddress", lower_case(kCanaryApp)},
              {"dataCenterInfo", data_center()},
              {"leaseInfo", lease()},
              {"metadata", marks::canary_metadata(mark)}};
  if (dirty > 0) out["lastDirtyTimestamp"] = std::to_string(dirty);
  return dump({{"instance", std::move(out)}});
}

}  // namespace syncer::registry::eureka
