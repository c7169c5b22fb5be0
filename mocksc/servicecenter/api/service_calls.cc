// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/service_calls.h"

#include <algorithm>
#include <set>

#include "mocksc/servicecenter/api/body.h"
#include "mocksc/servicecenter/api/instance_calls.h"
#include "mocksc/servicecenter/api/relation_calls.h"
#include "mocksc/servicecenter/api/schema_calls.h"
#include "mocksc/servicecenter/json/go_json.h"
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

/// Tags, rules and instances that came along with a new service; the texts of what failed. Of several instances the
/// real server stores one, since it stops listening after the first result.
std::string store_extras(Call& call, ServiceRecord& service, const RegisterServiceBody& body) {
  std::string failures;
  const bool is_old = call.before(Release::V1_4_8);
  const auto note = [&](const std::string& text) { failures += (failures.empty() ? "" : " ") + text; };
  if (!body.tags.empty()) {
    if (const auto error = store_tags(call, service, body.tags)) note(is_old ? error->detail : to_text(*error));
  }
  if (!body.rules.empty() && call.before(Release::V2_1_0)) {
    const auto rules = store_rules(call, service, body.rules);
    if (!rules) note(is_old ? rules.error().detail : to_text(rules.error()));
  }
  const std::size_t stored = is_old ? body.instances.size() : std::min<std::size_t>(body.instances.size(), 1);
  for (std::size_t i = 0; i < stored; ++i) {
    Instance instance = body.instances[i];
    instance.service_id = service.data.service_id;
    const std::string shown = go_list(instance.endpoints);
    const auto registered = register_one(call, std::move(instance));
    if (registered) continue;
    const ApiError& error = registered.error();
    note(is_old ? "{instance:" + shown + ",result:" + error.detail + "}" : to_text(error));
  }
  return failures;
}

std::optional<ApiError> check_service_id(std::string_view structure, std::string_view id) {
  return Check(structure).text("ServiceId", id, rules::kServiceId).failure();
}

std::optional<ApiError> delete_one(Call& call, const std::string& id, bool force) {
  if (const auto failure = check_service_id("DeleteServiceRequest", id)) return failure;
  const auto service = require_service(call, id);
  if (!service) return service.error();
  ServiceRecord& record = **service;
  if (call.registry.is_own(record)) {
    return ApiError{kInvalidParams, "not allow to delete service center"};
  }
  if (!force && has_consumers(call.tenant, record)) {
    return ApiError{kDependedOnConsumer, "Can not delete this service, other service rely it."};
  }
  if (!force && !VisibleInstances(record, call.read_from()).empty()) {
    return ApiError{kDeployedInstance, "Can not delete the service deployed instance(s)."};
  }
  call.registry.remove_service(record, call.now, call.client);
  return std::nullopt;
}

syncer::HttpResponse schema_existence(Call& call) {
  const std::string service_id(call.query.get("serviceId"));
  const std::string schema_id(call.query.get("schemaId"));
  const bool is_old = call.before(Release::V1_4_8);
  const auto failure = Check(is_old ? "GetExistenceRequest" : "GetSchemaRequest")
                           .text("ServiceId", service_id, rules::kServiceId)
                           .text("SchemaId", schema_id, rules::kSchemaId)
                           .failure();
  if (failure) return error_answer(*failure);
  const auto service = require_service(call, service_id, "service does not exist.");
  if (!service) return error_answer(service.error());
  const auto stored = (*service)->schemas.find(schema_id);
  if (stored == (*service)->schemas.end()) {
    return error_answer({kSchemaNotExists, is_old ? "schema does not exist." : "schema ref not found."});
  }
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  if (!is_old) writer.text("serviceId", service_id);
  writer.text("schemaId", schema_id);
  writer.close_object();
  syncer::HttpResponse answer = json_answer(std::move(out));
  answer.headers.add("X-Schema-Summary", stored->second.summary);
  return answer;
}

const Family* search_family(const Call& call, const Service& key) {
  const auto by_name = call.tenant.names.find({key.environment, key.app_id, key.service_name});
  if (by_name != call.tenant.names.end()) return &by_name->second;
  const auto by_alias = call.tenant.aliases.find({key.environment, key.app_id, key.service_name});
  return by_alias == call.tenant.aliases.end() ? nullptr : &by_alias->second;
}

/// The service of exactly that version; up to 2.0 also the greatest one that fits a version rule.
const ServiceRecord* pick_version(const Call& call, const Family& family, const std::string& wanted) {
  const auto exact = family.find(wanted);
  if (exact != family.end()) return exact->second;
  if (!call.before(Release::V2_1_0)) return nullptr;
  const ServiceRecord* best = nullptr;
  for (const auto& [version, service] : family) {
    const bool is_greater = best == nullptr || compare_versions(version, best->data.version) > 0;
    if (is_greater && fits_rule(version, wanted)) best = service;
  }
  return best;
}

bool is_rule(std::string_view version) {
  return version == "latest" || version.find_first_of("+-") != std::string_view::npos;
}

syncer::HttpResponse service_existence(Call& call) {
  const Rule& version_rule = call.before(Release::V2_1_0) ? rules::kVersionRule : rules::kVersion;
  Service key;
  key.environment = call.query.get("env");
  key.app_id = call.query.get("appId");
  key.service_name = call.query.get("serviceName");
  key.version = call.query.get("version");
  const auto failure = Check("GetExistenceRequest")
                           .text("AppId", key.app_id, rules::kAppId)
                           .text("ServiceName", key.service_name, rules::kSearchName)
                           .text("Version", key.version, version_rule)
                           .text("Environment", key.environment, rules::kEnvironment)
                           .failure();
  if (failure) return error_answer(*failure);
  const std::string flag = key.environment + "/" + key.app_id + "/" + key.service_name + "/" + key.version;
  const Family* family = search_family(call, key);
  const ServiceRecord* service = family == nullptr ? nullptr : pick_version(call, *family, key.version);
  if (service == nullptr) {
    // Up to 2.0 an exact version is looked up by key and simply not there; only a rule can mismatch.
    const bool is_mismatch = family != nullptr && (!call.before(Release::V2_1_0) || is_rule(key.version));
    if (is_mismatch) return error_answer({kServiceVersionNotExists, flag + " version mismatch."});
    return error_answer({kServiceNotExists, flag + " does not exist."});
  }
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.text("serviceId", service->data.service_id);
  writer.close_object();
  syncer::HttpResponse answer = json_answer(std::move(out));
  if (call.before(Release::V1_4_8)) answer.headers.add("X-Schema-Summary", "");
  return answer;
}

/// The id of the service that was stored with all that came along.
ApiResult<std::string> register_with_extras(Call& call, RegisterServiceBody& body) {
  if (!body.service) return refuse(kInvalidParams, "Request body is empty");
  Service service = std::move(*body.service);
  fill_defaults(service);
  const std::string_view framework = call.before(Release::V1_4_8) ? "FrameWorkProperty" : "FrameWork";
  if (const auto failure = check_service(service, call.registry.options().quotas.schemas, framework)) {
    return tl::unexpected(*failure);
  }
  if (const auto failure = check_service_quota(call)) return tl::unexpected(*failure);
  const auto id = store_service(call, std::move(service));
  if (!id) return id;
  Call stored{call.registry, call.registry.tenant(call.domain, call.route.project),
              call.now,      call.domain,
              call.route,    call.request,
              call.query,    call.client,
              call.fault,    call.memos};
  const std::string failures = store_extras(stored, *Registry::find_service(stored.tenant, *id), body);
  if (!failures.empty()) return refuse(kInvalidParams, "errMessages: [" + failures + "]");
  return id;
}

/// The rule of the ids, or what old releases say.
std::optional<ApiError> check_ids(const Call& call, const std::vector<std::string>& ids) {
  static const Rule kIds{1, 0, [](std::string_view id) { return id.size() <= 64 && rules::kServiceId.matches(id); },
                         R"(^\S{1,64}$)"};
  if (!call.before(Release::V1_4_8)) return Check("DelServicesRequest").list("ServiceIds", ids, kIds).failure();
  if (ids.empty()) return ApiError{kInvalidParams, "'serviceIds' is empty"};
  return std::nullopt;
}

}  // namespace

syncer::HttpResponse register_service(Call& call) {
  auto body = decode_register_service(call.request.body, call.go_package());
  if (!body) return error_answer(body.error());
  const auto id = register_with_extras(call, *body);
  if (!id) return error_answer(id.error());
  const bool has_only_rules = !body->rules.empty() && body->tags.empty() && body->instances.empty();
  if (has_only_rules && !call.before(Release::V2_1_0)) return {kNeverAnswered, {}, {}};
  return json_answer(service_id_body(*id));
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
  const auto body = decode_delete_services(call.request.body, call.go_package());
  if (!body) return tl::unexpected(body.error());
  if (const auto failure = check_ids(call, body->service_ids)) return tl::unexpected(*failure);
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
  auto body = decode_service_properties(call.request.body, call.go_package());
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

syncer::HttpResponse existence(Call& call) {
  const std::string_view type = call.query.get("type");
  if (type == "microservice") return service_existence(call);
  if (type == "schema") return schema_existence(call);
  return error_answer({kInvalidParams, "Only micro-service and schema can be used as type."});
}

}  // namespace mocksc
