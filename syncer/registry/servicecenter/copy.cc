// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/copy.h"

#include <algorithm>
#include <array>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/registry/marks.h"
#include "syncer/registry/servicecenter/documents.h"

namespace syncer::registry::servicecenter {
namespace {

/// As large as any epoch's mark gets.
const std::string kLongestEpoch = to_string(Epoch{~std::uint64_t{0}, ~std::uint64_t{0}});
/// Room is kept for a signature whether there is a key or not: a copy keeps its id when the pool gets one.
const std::string kAnySeal(MarkSeal::kLength, '0');

/// What other regions may say of an instance and of a service; what else a body holds is ours. Sorted.
constexpr std::array<std::string_view, 6> kInstanceMembers = {"dataCenterInfo", "endpoints",  "healthCheck",
                                                              "hostName",       "properties", "status"};
constexpr std::array<std::string_view, 11> kServiceMembers = {"LBStrategy", "alias",   "description", "framework",
                                                              "level",      "paths",   "properties",  "providers",
                                                              "registerBy", "schemas", "status"};

/// Who made a service, in the words of its field `registerBy`: not an application's SDK.
constexpr std::string_view kMadeBySyncer = "PLATFORM";

template <std::size_t kCount>
void keep(const std::array<std::string_view, kCount>& known, Members& members) {
  if (SYNCER_MUTATED("registry.pass_unknown_members_on")) return;
  std::erase_if(members, [&](const auto& member) {
    return !std::binary_search(known.begin(), known.end(), std::string_view(member.first));
  });
}

/// Everything but what can be changed in place.
std::string id_of(const std::string& region, const std::string& instance, Members members, bool with_properties) {
  members.erase("status");
  if (!with_properties) members.erase("properties");
  Bytes bytes;
  ByteWriter writer(bytes);
  for (const std::string& field : {region, instance}) writer.string(field);
  writer.string(object_text(members));
  return copy_id_of(bytes);
}

Result<InstanceDocument> read_payload(ByteView payload) {
  auto record = decode_record(payload);
  if (!record) return tl::make_unexpected(record.error());
  auto document = document_of(*record);
  if (document) keep(kInstanceMembers, document->members);
  return document;
}

Bytes with_epoch(Properties properties, const std::string& epoch, const std::string& seal) {
  properties["syncer.epoch"] = epoch;
  if (!seal.empty()) properties["syncer.seal"] = seal;
  return properties_text(properties);
}

Bytes canary_properties(const CanaryMark& mark) {
  Properties properties = {{"syncer.canary", mark.region},
                           {"syncer.count", std::to_string(mark.count)},
                           {"syncer.node", mark.node},
                           {"syncer.run", mark.run}};
  if (!mark.seal.empty()) properties["syncer.seal"] = mark.seal;
  return properties_text(properties);
}

Result<json::Document> parse_payload(ByteView payload, const char* what) {
  auto document = json::Document::parse(payload);
  if (!document || !document->root().is_object())
    return failure(ErrorCode::Invalid, what, "payload is not a JSON object");
  return std::move(*document);
}

/// An object with one member.
Bytes object_with(const char* name, const Bytes& text) { return object_text({{name, text}}); }

Result<Bytes> limited(Bytes body, std::size_t limit, const char* what) {
  if (body.size() <= limit) return body;
  return failure(ErrorCode::TooLarge, what,
                 std::to_string(body.size()) + " bytes, the service center takes " + std::to_string(limit));
}

}  // namespace

Result<CopyPlan> plan_copy(const std::string& region, const std::string& instance, ByteView payload) {
  const auto record = decode_record(payload);
  if (!record) return tl::make_unexpected(record.error());
  auto document = document_of(*record);
  if (!document) return tl::make_unexpected(document.error());
  keep(kInstanceMembers, document->members);
  CopyPlan plan;
  plan.status = std::move(document->status);
  plan.lease = document->lease;
  plan.metadata = std::move(document->properties);
  std::erase_if(plan.metadata,
                [](const auto& property) { return is_mark(property.first) && property.first != marks::kEndpoints; });
  plan.metadata["syncer.region"] = region;
  plan.metadata["syncer.instance"] = instance;
  plan.properties_in_place = properties_body(plan, kLongestEpoch, kAnySeal).has_value();
  const bool with_properties =
      !plan.properties_in_place && !SYNCER_MUTATED("registry.change_large_properties_in_place");
  document->members["properties"] = properties_text(plan.metadata);
  plan.id = id_of(region, instance, std::move(document->members), with_properties);
  plan.foreign = record->native.kind != kNativeKind;
  return plan;
}

Result<void> check_copy(const std::string& region, const std::string& instance, ByteView payload) {
  const auto plan = plan_copy(region, instance, payload);
  if (!plan) return tl::make_unexpected(plan.error());
  const auto body = registration_body(*plan, payload, kLongestEpoch, kAnySeal);
  return body ? Result<void>() : tl::make_unexpected(body.error());
}

Result<Bytes> registration_body(const CopyPlan& plan, ByteView payload, const std::string& epoch,
                                const std::string& seal) {
  auto document = read_payload(payload);
  if (!document) return tl::make_unexpected(document.error());
  Members& members = document->members;
  members["instanceId"] = quoted(plan.id);
  members["status"] = quoted(plan.status);
  members["properties"] = with_epoch(plan.metadata, epoch, seal);
  return limited(object_with("instance", object_text(members)), kMaxRegistration, "registration");
}

Result<Bytes> properties_body(const CopyPlan& plan, const std::string& epoch, const std::string& seal) {
  return limited(object_with("properties", with_epoch(plan.metadata, epoch, seal)), kMaxProperties, "properties");
}

Result<Bytes> service_body(const ServiceKey& key, ByteView payload) {
  auto document = parse_payload(payload, "service");
  if (!document) return tl::make_unexpected(document.error());
  Members members = members_of(**document);
  keep(kServiceMembers, members);
  members["environment"] = quoted(key.environment);
  members["appId"] = quoted(key.app);
  members["serviceName"] = quoted(key.name);
  members["version"] = quoted(key.version);
  members["registerBy"] = quoted(kMadeBySyncer);
  return object_with("service", object_text(members));
}

bool is_made_by_syncer(ByteView document) {
  const auto parsed = json::Document::parse(document);
  return parsed && members_of(**parsed)["registerBy"] == quoted(kMadeBySyncer);
}

Result<Bytes> service_properties_body(ByteView payload) {
  auto document = parse_payload(payload, "service");
  if (!document) return tl::make_unexpected(document.error());
  const auto properties = properties_member(**document, "properties");
  if (!properties) return failure(ErrorCode::Invalid, "service", "properties are not texts");
  return limited(object_with("properties", properties_text(*properties)), kMaxProperties, "service properties");
}

bool same_service_properties(ByteView a, ByteView b) {
  const auto left = json::Document::parse(a);
  const auto right = json::Document::parse(b);
  if (!left || !right) return false;
  return properties_member(**left, "properties") == properties_member(**right, "properties");
}

Bytes canary_body(const std::string& id, const CanaryMark& mark) {
  // A short lease, so that a dead syncer's canary does not keep its successor waiting.
  return object_with("instance", object_text({{"healthCheck", R"({"interval":5,"mode":"push","times":3})"},
                                              {"hostName", quoted("syncer")},
                                              {"instanceId", quoted(id)},
                                              {"properties", canary_properties(mark)},
                                              {"status", quoted("UP")}}));
}

Bytes canary_properties_body(const CanaryMark& mark) { return object_with("properties", canary_properties(mark)); }

Result<SharedPlan> PlanMemo::plan(const std::string& region, const std::string& instance, ByteView payload) {
  const std::uint64_t name = hash64(instance, hash64(region));
  Hash128 print = hash128(payload, name);
  if (SYNCER_MUTATED("registry.plan_of_former_payload")) print = {name, 0};
  Slot& slot = slots_[name % kSlots];
  if (slot.plan && slot.print == print) return slot.plan;
  auto plan = plan_copy(region, instance, payload);
  if (!plan) return tl::make_unexpected(plan.error());
  slot = {print, std::make_shared<const CopyPlan>(std::move(*plan))};
  return slot.plan;
}

}  // namespace syncer::registry::servicecenter
