// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "mocksc/servicecenter/api/body.h"
#include "mocksc/servicecenter/api/handlers.h"
#include "mocksc/servicecenter/json/json_writer.h"
#include "mocksc/servicecenter/store/service_id.h"
#include "mocksc/servicecenter/store/validation.h"

namespace mocksc {
namespace {

void fill_defaults(Service& service) {
  if (service.app_id.empty()) service.app_id = "default";
  if (service.version.empty()) service.version = "0.0.1";
  if (service.level.empty()) service.level = "BACK";
  if (service.status.empty()) service.status = "UP";
}

std::string service_id_body(std::string_view id) {
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.text("serviceId", id);
  writer.close_object();
  return out;
}

ServiceRecord* in_family(const std::map<FamilyKey, Family>& families, const FamilyKey& key,
                         const std::string& version) {
  const auto family = families.find(key);
  if (family == families.end()) return nullptr;
  const auto found = family->second.find(version);
  return found == family->second.end() ? nullptr : found->second;
}

/// The service that already has this key, or else this alias.
ServiceRecord* same_service(const Tenant& tenant, const Service& s) {
  ServiceRecord* same = in_family(tenant.names, {s.environment, s.app_id, s.service_name}, s.version);
  if (same != nullptr || s.alias.empty()) return same;
  return in_family(tenant.aliases, {s.environment, s.app_id, s.alias}, s.version);
}

std::optional<ApiError> check_service_quota(const Call& call) {
  const std::size_t max = call.registry.options().quotas.services;
  const std::size_t current = call.tenant.service_count;
  if (current < max) return std::nullopt;
  return ApiError{kNotEnoughQuota, "no quota to create SERVICE, max num is " + std::to_string(max) + ", curNum is " +
                                       std::to_string(current) + ", apply num is 1"};
}

tl::unexpected<ApiError> id_conflict(const Call& call) {
  const std::string_view word = call.before(Release::V1_4_8) ? "ServiceId" : "ServiceID";
  return refuse(kServiceAlreadyExists, std::string(word) + " conflict or found the same service with different id.");
}

/// The id of the stored service: the one that was there, or a new one.
ApiResult<std::string> store_service(Call& call, Service service) {
  const std::string wanted = service.service_id;
  if (const ServiceRecord* same = same_service(call.tenant, service)) {
    if (!wanted.empty() && wanted != same->data.service_id) return id_conflict(call);
    return same->data.service_id;
  }
  if (!wanted.empty() && Registry::find_service(call.tenant, wanted) != nullptr) return id_conflict(call);
  Tenant& tenant = call.registry.tenant(call.domain, call.route.project);
  if (wanted.empty()) service.service_id = derive_service_id(tenant.domain, tenant.project, service);
  // A service with a caller-chosen id of that very hash may be there under another key.
  if (Registry::find_service(tenant, service.service_id) != nullptr) service.service_id = call.registry.new_id();
  service.timestamp = service.mod_timestamp = call.registry.timestamp(call.now);
  return call.registry.add_service(tenant, std::move(service), call.now, call.client).data.service_id;
}

/// Tags and instances that came along with a new service; the texts of what failed.
std::string store_extras(Call& call, ServiceRecord& service, const RegisterServiceBody& body) {
  std::string failures;
  const auto note = [&](const ApiError& error) { failures += (failures.empty() ? "" : " ") + to_text(error); };
  if (!body.tags.empty()) {
    if (const auto error = store_tags(call, service, body.tags)) note(*error);
  }
  for (Instance instance : body.instances) {
    instance.service_id = service.data.service_id;
    const auto registered = register_one(call, std::move(instance));
    if (!registered) note(registered.error());
  }
  return failures;
}

std::optional<ApiError> check_service_id(std::string_view structure, std::string_view id) {
  return Check(structure).text("ServiceId", id, rules::kServiceId).failure();
}

/// Somebody else found this service and may be using it.
bool has_consumers(const Tenant& tenant, const std::string& id) {
  return std::any_of(tenant.dependencies.begin(), tenant.dependencies.end(),
                     [&](const auto& pair) { return pair.second == id && pair.first != id; });
}

std::optional<ApiError> delete_one(Call& call, const std::string& id, bool force) {
  if (const auto failure = check_service_id("DeleteServiceRequest", id)) return failure;
  const auto service = require_service(call, id);
  if (!service) return service.error();
  ServiceRecord& record = **service;
  if (record.data.service_name == "SERVICECENTER" && call.registry.is_shared(call.tenant, record.data)) {
    return ApiError{kInvalidParams, "not allow to delete service center"};
  }
  if (!force && has_consumers(call.tenant, id)) {
    return ApiError{kDependedOnConsumer, "Can not delete this service, other service rely it."};
  }
  if (!force && !record.instances.empty()) {
    return ApiError{kDeployedInstance, "Can not delete the service deployed instance(s)."};
  }
  call.registry.remove_service(record, call.now, call.client);
  return std::nullopt;
}

}  // namespace

Answer register_service(Call& call) {
  auto body = decode_register_service(call.request.body);
  if (!body) return tl::unexpected(body.error());
  if (!body->service) return refuse(kInvalidParams, "Request body is empty");
  // The real one never answers some of these bodies; a clear refusal serves a test better than a hang.
  if (body->has_rules) return refuse(kInvalidParams, "rules are not supported");
  Service service = std::move(*body->service);
  fill_defaults(service);
  if (const auto failure = check_service(service, call.registry.options().quotas.schemas))
    return tl::unexpected(*failure);
  if (const auto failure = check_service_quota(call)) return tl::unexpected(*failure);
  const auto id = store_service(call, std::move(service));
  if (!id) return tl::unexpected(id.error());
  Call stored{call.registry, call.registry.tenant(call.domain, call.route.project),
              call.now,      call.domain,
              call.route,    call.request,
              call.query,    call.client,
              call.fault,    call.memos};
  const std::string failures = store_extras(stored, *Registry::find_service(stored.tenant, *id), *body);
  if (!failures.empty()) return refuse(kInvalidParams, "errMessages: [" + failures + "]");
  return service_id_body(*id);
}

Answer list_services(Call& call) {
  const bool hides_shared = !call.before(Release::V2_1_0) && !call.query.flag("withShared");
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  bool any = false;
  for (const auto& [id, service] : call.tenant.services) {
    if (call.fault.hides(id) || (hides_shared && call.registry.is_shared(call.tenant, service->data))) continue;
    if (!any) writer.open_array("services");
    any = true;
    writer.element_raw(service->json);
  }
  if (any) writer.close_array();
  writer.close_object();
  return out;
}

Answer get_service(Call& call) {
  if (const auto failure = check_service_id("GetServiceRequest", call.route.id)) return tl::unexpected(*failure);
  const auto service = require_service(call, call.route.id);
  if (!service) return tl::unexpected(service.error());
  return "{\"service\":" + (*service)->json + "}";
}

Answer delete_service(Call& call) {
  const std::string_view force = call.query.get("force");
  if (!force.empty() && force != "true" && force != "false" && force != "1" && force != "0") {
    return refuse(kInvalidParams, "parameter force must be false or true");
  }
  if (const auto failure = delete_one(call, call.route.id, force == "true" || force == "1")) {
    return tl::unexpected(*failure);
  }
  return std::string();
}

Answer delete_services(Call& call) {
  const auto body = decode_delete_services(call.request.body);
  if (!body) return tl::unexpected(body.error());
  Check check("DelServicesRequest");
  check.list("ServiceIds", body->service_ids, {1, 0, rules::kServiceId.matches, rules::kServiceId.pattern});
  if (check.failure()) return tl::unexpected(*check.failure());
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.open_array("services");
  bool all_deleted = true;
  for (const std::string& id : std::set<std::string>(body->service_ids.begin(), body->service_ids.end())) {
    const auto failure = delete_one(call, id, body->force);
    writer.open_object();
    if (failure) writer.text("errMessage", to_text(*failure));
    writer.text("serviceId", id);
    writer.close_object();
    all_deleted = all_deleted && !failure;
  }
  writer.close_array();
  writer.close_object();
  if (!all_deleted && call.before(Release::V2_1_0)) return refuse(kInvalidParams, "Delete services failed.");
  return out;
}

Answer put_service_properties(Call& call) {
  auto body = decode_service_properties(call.request.body);
  if (!body) return tl::unexpected(body.error());
  const std::string id = body->service_id.empty() ? call.route.id : body->service_id;
  if (const auto failure = check_service_id("UpdateServicePropsRequest", id)) return tl::unexpected(*failure);
  const auto service = require_service(call, id);
  if (!service) return tl::unexpected(service.error());
  (*service)->data.properties = std::move(body->properties);
  (*service)->data.mod_timestamp = call.registry.timestamp(call.now);
  call.registry.service_changed(**service, call.now, call.client);
  return std::string();
}

}  // namespace mocksc
