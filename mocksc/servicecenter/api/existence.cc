// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/handlers.h"
#include "mocksc/servicecenter/json/json_writer.h"
#include "mocksc/servicecenter/store/validation.h"
#include "mocksc/servicecenter/store/version_rule.h"

namespace mocksc {
namespace {

syncer::HttpResponse schema_existence(Call& call) {
  const std::string service_id(call.query.get("serviceId"));
  const std::string schema_id(call.query.get("schemaId"));
  const auto failure = Check("GetSchemaRequest")
                           .text("ServiceId", service_id, rules::kServiceId)
                           .text("SchemaId", schema_id, rules::kSchemaId)
                           .failure();
  if (failure) return error_answer(*failure);
  const auto service = require_service(call, service_id, "service does not exist.");
  if (!service) return error_answer(service.error());
  const bool is_old = call.before(Release::V1_4_8);
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

}  // namespace

syncer::HttpResponse existence(Call& call) {
  const std::string_view type = call.query.get("type");
  if (type == "microservice") return service_existence(call);
  if (type == "schema") return schema_existence(call);
  return error_answer({kInvalidParams, "Only micro-service and schema can be used as type."});
}

}  // namespace mocksc
