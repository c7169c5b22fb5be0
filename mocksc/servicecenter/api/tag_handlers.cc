// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/body.h"
#include "mocksc/servicecenter/api/handlers.h"
#include "mocksc/servicecenter/json/json_writer.h"
#include "mocksc/servicecenter/store/validation.h"

namespace mocksc {

std::optional<ApiError> store_tags(Call& call, ServiceRecord& service, const Properties& tags) {
  const auto max = static_cast<std::int64_t>(call.registry.options().quotas.tags);
  const Rule rule{0, max, rules::kTag.matches, rules::kTag.pattern};
  if (const auto failure = Check("AddServiceTagsRequest").map("Tags", tags, rule).failure()) return failure;
  Properties stored = tags;
  if (call.before(Release::V1_4_8)) stored.insert(service.tags.begin(), service.tags.end());
  service.tags = std::move(stored);
  call.registry.service_changed(service, call.now, call.client);
  return std::nullopt;
}

Answer put_tags(Call& call) {
  const auto tags = decode_tags(call.request.body);
  if (!tags) return tl::unexpected(tags.error());
  const auto service = require_service(call, call.route.id);
  if (!service) return tl::unexpected(service.error());
  if (const auto failure = store_tags(call, **service, *tags)) return tl::unexpected(*failure);
  return std::string();
}

Answer get_tags(Call& call) {
  const auto service = require_service(call, call.route.id);
  if (!service) return tl::unexpected(service.error());
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.map("tags", (*service)->tags);
  writer.close_object();
  return out;
}

Answer put_tag(Call& call) {
  const std::string value(call.query.get("value"));
  const auto failure = Check("UpdateServiceTagRequest")
                           .text("ServiceId", call.route.id, rules::kServiceId)
                           .text("Key", call.route.item, rules::kTag)
                           .text("Value", value, rules::kTag)
                           .failure();
  if (failure) return tl::unexpected(*failure);
  const auto service = require_service(call, call.route.id);
  if (!service) return tl::unexpected(service.error());
  const auto tag = (*service)->tags.find(call.route.item);
  if (tag == (*service)->tags.end()) return refuse(kTagNotExists, "Tag does not exist, please add one first.");
  tag->second = value;
  call.registry.service_changed(**service, call.now, call.client);
  return std::string();
}

Answer delete_tags(Call& call) {
  const std::vector<std::string> keys = split_list(call.route.item);
  const auto max = static_cast<std::int64_t>(call.registry.options().quotas.tags);
  const auto failure = Check("DeleteServiceTagsRequest")
                           .text("ServiceId", call.route.id, rules::kServiceId)
                           .list("Keys", keys, {1, max, rules::kTag.matches, rules::kTag.pattern})
                           .failure();
  if (failure) return tl::unexpected(*failure);
  const auto service = require_service(call, call.route.id);
  if (!service) return tl::unexpected(service.error());
  Properties left = (*service)->tags;
  for (const std::string& key : keys) {
    if (left.erase(key) == 0)
      return refuse(kTagNotExists, "Delete tags failed for this key " + key + " does not exist.");
  }
  (*service)->tags = std::move(left);
  call.registry.service_changed(**service, call.now, call.client);
  return std::string();
}

}  // namespace mocksc
