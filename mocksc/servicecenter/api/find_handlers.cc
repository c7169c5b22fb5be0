// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>

#include "mocksc/servicecenter/api/body.h"
#include "mocksc/servicecenter/api/find.h"
#include "mocksc/servicecenter/api/handlers.h"
#include "mocksc/servicecenter/json/json_writer.h"
#include "mocksc/servicecenter/store/validation.h"

namespace mocksc {
namespace {

std::string instances_body(const std::string& list) { return list.empty() ? "{}" : "{\"instances\":" + list + "}"; }

/// One half of a batch find: answers by index, failures grouped by code.
class BatchResult {
 public:
  void add(std::size_t index, const std::string& known, const ApiResult<Found>& found) {
    if (!found) {
      Failed& group = failed_[found.error().code];
      // Only the first detail of a code is kept, and it repeats the message.
      if (group.indexes.empty()) group.error = render(ApiError{found.error().code, to_text(found.error())});
      group.indexes.push_back(index);
    } else if (!known.empty() && known == found->revision) {
      not_modified_.push_back(index);
    } else {
      JsonWriter out(updated_);
      out.open_object();
      out.number_always("index", static_cast<std::int64_t>(index));
      out.text_always("rev", found->revision);
      if (!found->instances.empty()) out.raw("instances", found->instances);
      out.close_object();
    }
  }

  void write(JsonWriter& out, std::string_view name) const {
    out.open_object(name);
    write_failed(out);
    if (!not_modified_.empty()) {
      out.open_array("notModified");
      for (const std::size_t index : not_modified_) out.element_number(static_cast<std::int64_t>(index));
      out.close_array();
    }
    if (!updated_.empty()) {
      out.open_array("updated");
      out.element_raw(updated_);
      out.close_array();
    }
    out.close_object();
  }

 private:
  struct Failed {
    std::vector<std::size_t> indexes;
    std::string error;
  };

  void write_failed(JsonWriter& out) const {
    if (failed_.empty()) return;
    out.open_array("failed");
    for (const auto& [code, group] : failed_) {
      out.open_object();
      out.open_array("indexes");
      for (const std::size_t index : group.indexes) out.element_number(static_cast<std::int64_t>(index));
      out.close_array();
      out.raw("error", group.error);
      out.close_object();
    }
    out.close_array();
  }

  std::map<int, Failed> failed_;
  std::vector<std::size_t> not_modified_;
  std::string updated_;
};

std::optional<ApiError> check_batch(const BatchFindBody& body, std::string_view consumer_id) {
  Check check("BatchFindInstancesRequest");
  check.text("ConsumerServiceId", consumer_id, rules::kConsumerId);
  for (const FindServiceItem& item : body.services) {
    check.nested(Check("FindService").present("Service", item.service.has_value()).failure());
    if (!item.service) continue;
    check.nested(Check("MicroServiceKey")
                     .text("Environment", item.service->environment, rules::kEnvironment)
                     .text("AppId", item.service->app_id, rules::kAppId)
                     .text("ServiceName", item.service->service_name, rules::kSearchName)
                     .failure());
  }
  for (const FindInstanceItem& item : body.instances) {
    check.nested(Check("FindInstance").present("Instance", item.instance.has_value()).failure());
    if (!item.instance) continue;
    check.nested(Check("HeartbeatSetElement")
                     .text("ServiceId", item.instance->service_id, rules::kServiceId)
                     .text("InstanceId", item.instance->instance_id, rules::kInstanceId)
                     .failure());
  }
  return check.failure();
}

/// Spares building the list when the caller already knows the revision.
ApiResult<Found> find_batch_service(Call& call, std::string_view consumer_id, const FindServiceItem& item) {
  const FindKey key{consumer_id,
                    item.service->environment,
                    item.service->app_id,
                    item.service->service_name,
                    item.service->version,
                    {},
                    true};
  const auto services = find_services(call, key);
  if (!services) return tl::unexpected(services.error());
  if (call.fault.is_none() && !item.rev.empty()) {
    std::string revision = revision_of(*services);
    if (revision == item.rev) return Found{std::move(revision), {}};
  }
  return collect(call, *services);
}

}  // namespace

syncer::HttpResponse find_instances(Call& call) {
  const FindKey key{call.consumer_id(),        call.query.get("env"),
                    call.query.get("appId"),   call.query.get("serviceName"),
                    call.query.get("version"), split_list(call.query.get("tags"))};
  const auto services = find_services(call, key);
  if (!services) return error_answer(services.error());
  const Found found = collect(call, *services);
  return revision_answer(call, found.revision, instances_body(found.instances));
}

syncer::HttpResponse list_instances(Call& call) {
  const std::vector<std::string> tags = split_list(call.query.get("tags"));
  const auto failure = Check("GetInstancesRequest")
                           .text("ConsumerServiceId", call.consumer_id(), rules::kConsumerId)
                           .text("ProviderServiceId", call.route.id, rules::kServiceId)
                           .list("Tags", tags, rules::kTag)
                           .failure();
  if (failure) return error_answer(*failure);
  const auto consumer = find_consumer(call, call.consumer_id());
  if (!consumer) return error_answer(consumer.error());
  const auto provider = require_service(call, call.route.id, "Provider[" + call.route.id + "] does not exist.");
  if (!provider) return error_answer(provider.error());
  const bool is_seen = *consumer == nullptr || may_access(call, (*consumer)->data, **provider);
  if (!is_seen || !has_tags(**provider, tags)) {
    const Service asking = *consumer == nullptr ? Service{} : (*consumer)->data;
    return error_answer({kServiceNotExists, "Consumer[" + std::string(call.consumer_id()) + "][" + path_of(asking) +
                                                "] find provider[" + call.route.id + "][" + path_of((*provider)->data) +
                                                "] instances failed, provider instance does not exist"});
  }
  const Found found = collect(call, {*provider});
  return revision_answer(call, found.revision, instances_body(found.instances));
}

syncer::HttpResponse get_instance(Call& call) {
  const auto found =
      find_one(call, call.consumer_id(), call.route.id, call.route.item, split_list(call.query.get("tags")));
  if (!found) return error_answer(found.error());
  return revision_answer(call, found->revision, "{\"instance\":" + found->instances + "}");
}

Answer batch_find(Call& call) {
  if (call.query.get("type") != "query") {
    return refuse(kInvalidParams, "Invalid action: " + std::string(call.query.get("type")));
  }
  const auto read = call.memos.finds.read(call.request.body, decode_batch_find);
  if (!read) return tl::unexpected(read.error());
  const std::shared_ptr<const BatchFindBody> body = *read;
  const std::string_view consumer_id = call.consumer_id().empty() ? body->consumer_id : call.consumer_id();
  if (body->services.empty() && body->instances.empty()) {
    return refuse(kInvalidParams, "Required services or instances");
  }
  if (const auto failure = check_batch(*body, consumer_id)) return tl::unexpected(*failure);
  BatchResult services;
  for (std::size_t i = 0; i < body->services.size(); ++i) {
    services.add(i, body->services[i].rev, find_batch_service(call, consumer_id, body->services[i]));
  }
  BatchResult instances;
  for (std::size_t i = 0; i < body->instances.size(); ++i) {
    const InstanceKey& key = *body->instances[i].instance;
    auto found = find_one(call, consumer_id, key.service_id, key.instance_id, {});
    if (found) found->instances = "[" + found->instances + "]";
    instances.add(i, body->instances[i].rev, found);
  }
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  if (!body->services.empty()) services.write(writer, "services");
  if (!body->instances.empty()) instances.write(writer, "instances");
  writer.close_object();
  return out;
}

}  // namespace mocksc
