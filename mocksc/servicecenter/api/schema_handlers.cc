// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mocksc/servicecenter/api/body.h"
#include "mocksc/servicecenter/api/handlers.h"
#include "mocksc/servicecenter/json/json_writer.h"
#include "mocksc/servicecenter/store/validation.h"

namespace mocksc {
namespace {

std::optional<ApiError> check_schema_key(std::string_view structure, const std::string& service,
                                         const std::string& schema) {
  return Check(structure)
      .text("ServiceId", service, rules::kServiceId)
      .text("SchemaId", schema, rules::kSchemaId)
      .failure();
}

bool is_listed(const Service& service, const std::string& id) {
  return std::find(service.schemas.begin(), service.schemas.end(), id) != service.schemas.end();
}

/// Up to 2.0 the contracts of a production (or unnamed) environment cannot be changed.
bool is_frozen(const Call& call, const Service& service) {
  return call.before(Release::V2_1_0) && (service.environment.empty() || service.environment == "production");
}

std::optional<ApiError> check_frozen(const ServiceRecord& service, const Schema& schema) {
  if (!service.data.schemas.empty() && !is_listed(service.data, schema.schema_id)) {
    return ApiError{kUndefinedSchema, "Service has no schema " + schema.schema_id};
  }
  const auto stored = service.schemas.find(schema.schema_id);
  if (stored == service.schemas.end() || (stored->second.summary.empty() && !schema.summary.empty()))
    return std::nullopt;
  return ApiError{kModifySchemaNotAllow, "schema already exist, can not be changed in production"};
}

std::optional<ApiError> check_schema_quota(const Call& call, const Service& service) {
  const std::size_t max = call.registry.options().quotas.schemas;
  if (service.schemas.size() < max) return std::nullopt;
  return ApiError{kNotEnoughQuota, "no quota to create SCHEMA, max num is " + std::to_string(max) + ", curNum is " +
                                       std::to_string(service.schemas.size()) + ", apply num is 1"};
}

void write_schema(JsonWriter& out, const std::string& id, const Schema* stored, bool with_content) {
  out.open_object();
  out.text("schemaId", id);
  if (stored != nullptr) out.text("summary", stored->summary);
  if (stored != nullptr && with_content) out.text("schema", stored->schema);
  out.close_object();
}

}  // namespace

Answer put_schema(Call& call) {
  auto schema = decode_schema(call.request.body);
  if (!schema) return tl::unexpected(schema.error());
  schema->schema_id = call.route.item;
  const auto failure = Check("ModifySchemaRequest")
                           .text("ServiceId", call.route.id, rules::kServiceId)
                           .text("SchemaId", schema->schema_id, rules::kSchemaId)
                           .text("Schema", schema->schema, rules::kNotEmpty)
                           .text("Summary", schema->summary, rules::kSchemaSummary)
                           .failure();
  if (failure) return tl::unexpected(*failure);
  const auto found = require_service(call, call.route.id);
  if (!found) return tl::unexpected(found.error());
  ServiceRecord& service = **found;
  if (is_frozen(call, service.data)) {
    if (const auto frozen = check_frozen(service, *schema)) return tl::unexpected(*frozen);
  }
  if (!is_listed(service.data, schema->schema_id)) {
    if (const auto full = check_schema_quota(call, service.data)) return tl::unexpected(*full);
    service.data.schemas.push_back(schema->schema_id);
  }
  service.schemas[schema->schema_id] = *schema;
  call.registry.service_changed(service, call.now, call.client);
  return std::string();
}

Answer put_schemas(Call& call) {
  const auto schemas = decode_schemas(call.request.body);
  if (!schemas) return tl::unexpected(schemas.error());
  Check check("ModifySchemasRequest");
  check.text("ServiceId", call.route.id, rules::kServiceId);
  const auto max = static_cast<std::int64_t>(call.registry.options().quotas.schemas);
  check.count("Schemas", schemas->size(), {1, max}, "");
  for (const Schema& schema : *schemas) {
    check.text("SchemaId", schema.schema_id, rules::kSchemaId)
        .text("Summary", schema.summary, rules::kSummaryRequired)
        .text("Schema", schema.schema, rules::kNotEmpty);
  }
  if (check.failure()) return refuse(kInvalidParams, "Invalid request.");
  const auto found = require_service(call, call.route.id);
  if (!found) return tl::unexpected(found.error());
  ServiceRecord& service = **found;
  if (is_frozen(call, service.data) && !service.data.schemas.empty()) {
    for (const Schema& schema : *schemas) {
      if (!is_listed(service.data, schema.schema_id)) return refuse(kUndefinedSchema, "");
    }
    for (const Schema& schema : *schemas) service.schemas.emplace(schema.schema_id, schema);
  } else {
    service.data.schemas.clear();
    service.schemas.clear();
    for (const Schema& schema : *schemas) {
      if (!is_listed(service.data, schema.schema_id)) service.data.schemas.push_back(schema.schema_id);
      service.schemas[schema.schema_id] = schema;
    }
  }
  call.registry.service_changed(service, call.now, call.client);
  return std::string();
}

syncer::HttpResponse get_schema(Call& call) {
  if (const auto failure = check_schema_key("GetSchemaRequest", call.route.id, call.route.item)) {
    return error_answer(*failure);
  }
  const auto service = require_service(call, call.route.id);
  if (!service) return error_answer(service.error());
  const auto stored = (*service)->schemas.find(call.route.item);
  if (stored == (*service)->schemas.end()) {
    const bool is_old = call.before(Release::V1_4_8);
    return error_answer({kSchemaNotExists, is_old ? "Do not have this schema info." : "schema ref not found."});
  }
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.text("schema", stored->second.schema);
  writer.close_object();
  syncer::HttpResponse answer = json_answer(std::move(out));
  answer.headers.add("X-Schema-Summary", stored->second.summary);
  return answer;
}

Answer list_schemas(Call& call) {
  const std::string_view with = call.query.get("withSchema");
  if (!with.empty() && with != "0" && with != "1") return refuse(kInvalidParams, "parameter withSchema must be 1 or 0");
  const auto found = require_service(call, call.route.id);
  if (!found) return tl::unexpected(found.error());
  const ServiceRecord& service = **found;
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  if (!service.data.schemas.empty() || !service.schemas.empty()) writer.open_array("schemas");
  for (const std::string& id : service.data.schemas) {
    const auto stored = service.schemas.find(id);
    write_schema(writer, id, stored == service.schemas.end() ? nullptr : &stored->second, with == "1");
  }
  for (const auto& [id, schema] : service.schemas) {
    if (!is_listed(service.data, id)) write_schema(writer, id, &schema, with == "1");
  }
  if (!service.data.schemas.empty() || !service.schemas.empty()) writer.close_array();
  writer.close_object();
  return out;
}

Answer delete_schema(Call& call) {
  if (const auto failure = check_schema_key("DeleteSchemaRequest", call.route.id, call.route.item)) {
    return tl::unexpected(*failure);
  }
  const auto service = require_service(call, call.route.id);
  if (!service) return tl::unexpected(service.error());
  if ((*service)->schemas.erase(call.route.item) == 0) return refuse(kSchemaNotExists, "Schema info does not exist.");
  call.registry.service_changed(**service, call.now, call.client);
  return std::string();
}

}  // namespace mocksc
