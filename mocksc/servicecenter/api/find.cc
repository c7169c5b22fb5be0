// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/find.h"

#include <algorithm>

#include "mocksc/servicecenter/json/json_writer.h"
#include "mocksc/servicecenter/store/validation.h"
#include "mocksc/servicecenter/store/version_rule.h"
#include "syncer/base/hash.h"

namespace mocksc {
namespace {

std::optional<ApiError> check_find(const Call& call, const FindKey& key) {
  Check check("FindInstancesRequest");
  check.text("ConsumerServiceId", key.consumer_id, rules::kConsumerId)
      .text("AppId", key.app_id, rules::kAppId)
      .text("ServiceName", key.service_name, rules::kSearchName);
  if (call.before(Release::V2_1_0) && !key.is_batch) check.text("VersionRule", key.version_rule, rules::kVersionRule);
  return check.list("Tags", key.tags, rules::kTag).text("Environment", key.environment, rules::kEnvironment).failure();
}

const Family* family_of(const Call& call, const FindKey& key, const std::string& environment) {
  const FamilyKey wanted{environment, std::string(key.app_id), std::string(key.service_name)};
  const auto by_name = call.tenant.names.find(wanted);
  if (by_name != call.tenant.names.end()) return &by_name->second;
  const auto by_alias = call.tenant.aliases.find(wanted);
  return !key.is_batch && by_alias != call.tenant.aliases.end() ? &by_alias->second : nullptr;
}

tl::unexpected<ApiError> no_provider(const FindKey& key, const std::string& environment,
                                     const ServiceRecord* consumer) {
  std::string text = "Consumer[" + std::string(key.consumer_id) + "][";
  text += consumer != nullptr ? path_of(consumer->data) : environment + "///";
  text += "] find provider[" + environment + "/" + std::string(key.app_id) + "/" + std::string(key.service_name) +
          "] failed, provider does not exist";
  return refuse(kServiceNotExists, std::move(text));
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

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string revision_of(std::uint64_t max_revision, std::size_t count) {
  return syncer::sha1_hex(std::to_string(max_revision) + "." + std::to_string(count) + ",");
}

std::string revision_of(const std::vector<ServiceRecord*>& services) {
  std::uint64_t max_revision = 0;
  std::size_t count = 0;
  for (ServiceRecord* service : services) {
    max_revision = std::max(max_revision, Registry::max_revision(*service));
    count += service->instances.size();
  }
  if (services.empty()) return revision_of(max_revision, count);
  RevisionMemo& memo = services.front()->memo;
  if (memo.text.empty() || memo.max_revision != max_revision || memo.count != count) {
    memo = {max_revision, count, revision_of(max_revision, count)};
  }
  return memo.text;
}

std::string path_of(const Service& s) {
  return s.environment + "/" + s.app_id + "/" + s.service_name + "/" + s.version;
}

bool has_tags(const ServiceRecord& service, const std::vector<std::string>& tags) {
  return std::all_of(tags.begin(), tags.end(), [&](const auto& tag) { return service.tags.count(tag) > 0; });
}

bool may_access(const Call& call, const Service& consumer, const ServiceRecord& provider) {
  if (call.registry.is_shared(call.tenant, provider.data)) return true;
  if (consumer.environment != provider.data.environment) return false;
  if (consumer.app_id == provider.data.app_id) return true;
  const auto allowed = provider.data.properties.find("allowCrossApp");
  return allowed != provider.data.properties.end() && equals_ignoring_case(allowed->second, "true");
}

ApiResult<const ServiceRecord*> find_consumer(const Call& call, std::string_view consumer_id) {
  if (consumer_id.empty()) return nullptr;
  const auto found = require_service(call, consumer_id, "Consumer[" + std::string(consumer_id) + "] does not exist.");
  if (!found) return tl::unexpected(found.error());
  return *found;
}

Found collect(const Call& call, const std::vector<ServiceRecord*>& services) {
  std::uint64_t max_revision = 0;
  std::size_t count = 0;
  std::string json;
  for (const ServiceRecord* service : services) {
    for (const auto& [id, instance] : service->instances) {
      if (call.fault.hides(id)) continue;
      max_revision = std::max(max_revision, instance->revision);
      json.push_back(json.empty() ? '[' : ',');
      json += instance->json;
      ++count;
    }
  }
  if (!json.empty()) json.push_back(']');
  return {call.fault.is_none() ? revision_of(services) : revision_of(max_revision, count), std::move(json)};
}

ApiResult<std::vector<ServiceRecord*>> find_services(Call& call, const FindKey& key) {
  if (const auto failure = check_find(call, key)) return tl::unexpected(*failure);
  std::string environment(key.environment);
  const ServiceRecord* consumer = nullptr;
  if (call.registry.is_shared_name(call.tenant, key.app_id, key.service_name)) {
    environment = call.registry.options().environment;
  } else {
    const auto found = find_consumer(call, key.consumer_id);
    if (!found) return tl::unexpected(found.error());
    consumer = *found;
    if (consumer != nullptr) environment = consumer->data.environment;
  }
  const Family* family = family_of(call, key, environment);
  if (family == nullptr) return no_provider(key, environment, consumer);
  std::vector<ServiceRecord*> services;
  for (const auto& [version, service] : *family) {
    const bool is_seen = consumer == nullptr || may_access(call, consumer->data, *service);
    if (is_seen && has_tags(*service, key.tags)) services.push_back(service);
  }
  std::sort(services.begin(), services.end(),
            [](const auto* a, const auto* b) { return a->data.service_id < b->data.service_id; });
  apply_version_rule(call, key, services);
  for (const ServiceRecord* service : services) {
    if (consumer != nullptr) call.tenant.dependencies.emplace(consumer->data.service_id, service->data.service_id);
  }
  return services;
}

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
  const bool is_seen =
      (*consumer == nullptr || may_access(call, (*consumer)->data, **provider)) && has_tags(**provider, tags);
  const InstanceRecord* instance = is_seen ? Registry::find_instance(call.tenant, service_id, instance_id) : nullptr;
  if (instance != nullptr) return Found{revision_of(instance->revision, 1), instance->json};
  return refuse(kInstanceNotExists, "Consumer[" + std::string(consumer_id) + "][" +
                                        path_of(*consumer == nullptr ? Service{} : (*consumer)->data) +
                                        "] find provider[" + std::string(service_id) + "][" +
                                        path_of((*provider)->data) + "] instance[" + std::string(instance_id) +
                                        "] failed, provider instance does not exist");
}

}  // namespace mocksc
