// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/find_calls.h"

#include <algorithm>
#include <map>
#include <optional>

#include "mocksc/servicecenter/api/body.h"
#include "mocksc/servicecenter/api/relation_calls.h"
#include "mocksc/servicecenter/json/go_json.h"
#include "mocksc/servicecenter/store/validation.h"
#include "syncer/base/hash.h"

namespace mocksc {
namespace {

/// Instances that a reader gets to see, and their revision.
struct Found {
  std::string revision;
  std::string instances;  ///< JSON array, empty text when there is none
};

/// What is looked for. An element of a batch find may lack the version rule.
struct FindKey {
  std::string_view consumer_id;
  std::string_view environment;
  std::string_view app_id;
  std::string_view service_name;
  std::string_view version_rule;  ///< up to 2.0 only
  std::vector<std::string> tags;
  bool is_batch = false;
};

/// Old releases end their sentences here.
std::string_view stop_of(const Call& call) { return call.before(Release::V1_4_8) ? "." : ""; }

/// Old releases send a revision with the errors of a read too: that of nothing at all.
syncer::HttpResponse read_error(const Call& call, const ApiError& error) {
  syncer::HttpResponse answer = error_answer(error);
  if (call.before(Release::V1_4_8)) answer.headers.add("X-Resource-Revision", syncer::sha1_hex(""));
  return answer;
}

std::optional<ApiError> check_find(const Call& call, const FindKey& key) {
  Check check("FindInstancesRequest");
  check.text("ConsumerServiceId", key.consumer_id, rules::kConsumerId)
      .text("AppId", key.app_id, rules::kAppId)
      .text("ServiceName", key.service_name, rules::kSearchName);
  if (call.before(Release::V2_1_0)) check.text("VersionRule", key.version_rule, rules::kVersionRule);
  return check.list("Tags", key.tags, rules::kTag).text("Environment", key.environment, rules::kEnvironment).failure();
}

/// Releases from 1.4.8 on try no alias in a batch find.
const Family* family_of(const Call& call, const FindKey& key, const std::string& environment) {
  const FamilyKey wanted{environment, std::string(key.app_id), std::string(key.service_name)};
  const auto by_name = call.tenant.names.find(wanted);
  if (by_name != call.tenant.names.end()) return &by_name->second;
  const auto by_alias = call.tenant.aliases.find(wanted);
  const bool is_tried = !key.is_batch || call.before(Release::V1_4_8);
  return is_tried && by_alias != call.tenant.aliases.end() ? &by_alias->second : nullptr;
}

ApiError no_provider(const Call& call, const FindKey& key, const std::string& environment,
                     const ServiceRecord* consumer) {
  std::string text = "Consumer[" + std::string(key.consumer_id) + "][";
  text += consumer != nullptr ? path_of(consumer->data) : environment + "///";
  text += "] find provider[" + environment + "/" + std::string(key.app_id) + "/" + std::string(key.service_name);
  if (call.before(Release::V1_4_8)) text += "/" + std::string(key.version_rule);
  return {kServiceNotExists, text + "] failed, provider does not exist" + std::string(stop_of(call))};
}

/// Up to 2.0 the version rule narrows the services; "latest" keeps the greatest.
void apply_version_rule(const Call& call, const FindKey& key, std::vector<ServiceRecord*>& services) {
  if (!call.before(Release::V2_1_0) || key.version_rule.empty()) return;
  const auto is_less = [](const ServiceRecord* a, const ServiceRecord* b) {
    return compare_versions(a->data.version, b->data.version) < 0;
  };
  if (key.version_rule == "latest" && !services.empty()) {
    services = {*std::max_element(services.begin(), services.end(), is_less)};
  }
  services.erase(std::remove_if(services.begin(), services.end(),
                                [&](const auto* s) { return !fits_rule(s->data.version, key.version_rule); }),
                 services.end());
}

/// Revision of all visible instances of the services together.
std::string revision_of_all(const std::vector<ServiceRecord*>& services, ReadFrom from) {
  std::uint64_t max_revision = 0;
  std::size_t count = 0;
  for (const ServiceRecord* service : services) {
    const VisibleInstances visible(*service, from);
    max_revision = std::max(max_revision, visible.max_revision());
    count += visible.size();
  }
  if (services.empty()) return revision_of(max_revision, count);
  RevisionMemo& memo = services.front()->memo;
  if (memo.text.empty() || memo.max_revision != max_revision || memo.count != count) {
    memo = {max_revision, count, revision_of(max_revision, count)};
  }
  return memo.text;
}

/// All visible instances of the services, in order of service id.
Found collect(const Call& call, const std::vector<ServiceRecord*>& services) {
  std::uint64_t max_revision = 0;
  std::size_t count = 0;
  std::string json;
  for (const ServiceRecord* service : services) {
    VisibleInstances(*service, call.read_from()).for_each([&](const InstanceVersion& instance) {
      if (call.fault.hides(instance.data.instance_id)) return;
      max_revision = std::max(max_revision, instance.revision);
      json.push_back(json.empty() ? '[' : ',');
      json += instance.json;
      ++count;
    });
  }
  if (!json.empty()) json.push_back(']');
  const bool is_whole = call.fault.is_none();
  return {is_whole ? revision_of_all(services, call.read_from()) : revision_of(max_revision, count), std::move(json)};
}

bool is_exact(std::string_view version_rule) {
  return !version_rule.empty() && version_rule != "latest" &&
         version_rule.find_first_of("+-") == std::string_view::npos;
}

/// What the consumer depends on from now on.
void record_dependency(Call& call, const FindKey& key, const std::string& environment, const ServiceRecord& consumer) {
  const bool is_shared = call.registry.is_shared_name(call.tenant, key.app_id, key.service_name);
  ServiceKey provider;
  provider.tenant = call.tenant.domain + "/" + call.tenant.project;
  provider.environment = environment;
  provider.app_id = key.app_id;
  provider.service_name = key.service_name;
  provider.alias = is_shared ? provider.service_name : std::string();
  provider.version = call.before(Release::V2_1_0) ? std::string(key.version_rule) : std::string("0.0.0+");
  call.tenant.dependencies[consumer.data.service_id].insert(std::move(provider));
}

/// The services whose instances a find shows, after validation and access rules. Records the dependency.
ApiResult<std::vector<ServiceRecord*>> find_services(Call& call, const FindKey& key) {
  if (const auto failure = check_find(call, key)) return tl::unexpected(*failure);
  std::string environment(key.environment);
  const ServiceRecord* consumer = nullptr;
  const bool is_shared = call.registry.is_shared_name(call.tenant, key.app_id, key.service_name);
  if (!is_shared || call.before(Release::V1_4_8)) {
    const auto found = find_consumer(call, key.consumer_id);
    if (!found) return tl::unexpected(found.error());
    consumer = *found;
    if (consumer != nullptr) environment = consumer->data.environment;
  }
  if (is_shared) environment = call.registry.options().environment;
  const Family* family = family_of(call, key, environment);
  if (family == nullptr) return tl::unexpected(no_provider(call, key, environment, consumer));
  std::vector<ServiceRecord*> services;
  for (const auto& [version, service] : *family) {
    const bool is_seen = consumer == nullptr || may_access(call, *consumer, *service);
    if (is_seen && has_tags(*service, key.tags)) services.push_back(service);
  }
  std::sort(services.begin(), services.end(),
            [](const auto* a, const auto* b) { return a->data.service_id < b->data.service_id; });
  const bool any = !services.empty();
  apply_version_rule(call, key, services);
  if (any && services.empty() && is_exact(key.version_rule) && call.before(Release::V1_4_8)) {
    return tl::unexpected(no_provider(call, key, environment, consumer));
  }
  if (consumer != nullptr && !services.empty()) record_dependency(call, key, environment, *consumer);
  return services;
}

/// One instance by id, as `GET …/instances/{id}` sees it.
ApiResult<Found> find_one(Call& call, std::string_view consumer_id, std::string_view service_id,
                          std::string_view instance_id, const std::vector<std::string>& tags) {
  const auto failure = Check("GetOneInstanceRequest")
                           .text("ConsumerServiceId", consumer_id, rules::kConsumerId)
                           .text("ProviderServiceId", service_id, rules::kServiceId)
                           .text("ProviderInstanceId", instance_id, rules::kInstanceId)
                           .list("Tags", tags, rules::kTag)
                           .failure();
  if (failure) return tl::unexpected(*failure);
  const auto consumer = find_consumer(call, consumer_id);
  if (!consumer) return tl::unexpected(consumer.error());
  const auto provider = require_service(call, service_id, "Provider[" + std::string(service_id) + "] does not exist.");
  if (!provider) return tl::unexpected(provider.error());
  const bool is_seen = (*consumer == nullptr || may_access(call, **consumer, **provider)) && has_tags(**provider, tags);
  const InstanceVersion* instance = is_seen ? find_visible(**provider, instance_id, call.read_from()) : nullptr;
  if (instance != nullptr) return Found{revision_of(instance->revision, 1), instance->json};
  return refuse(kInstanceNotExists, "Consumer[" + std::string(consumer_id) + "][" +
                                        path_of(*consumer == nullptr ? Service{} : (*consumer)->data) +
                                        "] find provider[" + std::string(service_id) + "][" +
                                        path_of((*provider)->data) + "] instance[" + std::string(instance_id) +
                                        "] failed, provider instance does not exist" + std::string(stop_of(call)));
}

std::string instances_body(const std::string& list) { return list.empty() ? "{}" : "{\"instances\":" + list + "}"; }

/// One half of a batch find: answers by index, failures grouped by code.
class BatchResult {
 public:
  /// From 1.4.8 on the detail of a failure repeats its message.
  explicit BatchResult(bool wraps_detail) : wraps_detail_(wraps_detail) {}
  void add(std::size_t index, const std::string& known, const ApiResult<Found>& found) {
    if (!found) {
      Failed& group = failed_[found.error().code];
      // Only the first detail of a code is kept.
      const std::string detail = wraps_detail_ ? to_text(found.error()) : found.error().detail;
      if (group.indexes.empty()) group.error = render(ApiError{found.error().code, detail});
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

  bool wraps_detail_;
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
    std::string revision = revision_of_all(*services, call.read_from());
    if (revision == item.rev) return Found{std::move(revision), {}};
  }
  return collect(call, *services);
}

}  // namespace

std::string revision_of(std::uint64_t max_revision, std::size_t count) {
  return syncer::sha1_hex(std::to_string(max_revision) + "." + std::to_string(count) + ",");
}

syncer::HttpResponse find_instances(Call& call) {
  const FindKey key{call.consumer_id(),        call.query.get("env"),
                    call.query.get("appId"),   call.query.get("serviceName"),
                    call.query.get("version"), split_list(call.query.get("tags"))};
  const auto services = find_services(call, key);
  if (!services) return read_error(call, services.error());
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
  if (failure) return read_error(call, *failure);
  const auto consumer = find_consumer(call, call.consumer_id());
  if (!consumer) return read_error(call, consumer.error());
  const auto provider = require_service(call, call.route.id, "Provider[" + call.route.id + "] does not exist.");
  if (!provider) return read_error(call, provider.error());
  const bool is_seen = *consumer == nullptr || may_access(call, **consumer, **provider);
  if (!is_seen || !has_tags(**provider, tags)) {
    const Service asking = *consumer == nullptr ? Service{} : (*consumer)->data;
    std::string text = "Consumer[" + std::string(call.consumer_id()) + "][" + path_of(asking) + "] find provider[" +
                       call.route.id + "][" + path_of((*provider)->data) +
                       "] instances failed, provider instance does not exist";
    return read_error(call, {kServiceNotExists, text + std::string(stop_of(call))});
  }
  const Found found = collect(call, {*provider});
  return revision_answer(call, found.revision, instances_body(found.instances));
}

syncer::HttpResponse get_instance(Call& call) {
  const auto found =
      find_one(call, call.consumer_id(), call.route.id, call.route.item, split_list(call.query.get("tags")));
  if (!found) return read_error(call, found.error());
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
  const bool wraps_detail = !call.before(Release::V1_4_8);
  BatchResult services(wraps_detail);
  for (std::size_t i = 0; i < body->services.size(); ++i) {
    services.add(i, body->services[i].rev, find_batch_service(call, consumer_id, body->services[i]));
  }
  BatchResult instances(wraps_detail);
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
