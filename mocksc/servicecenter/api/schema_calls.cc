// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/schema_calls.h"

#include <algorithm>
#include <utility>

#include "mocksc/servicecenter/api/body.h"
#include "mocksc/servicecenter/json/go_json.h"
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
    return ApiError{kUndefinedSchema, "Non-existent schemaId can't be added in production"};
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

std::optional<ApiError> check_all_listed(const Service& service, const std::vector<Schema>& schemas) {
  std::vector<std::string> unknown;
  for (const Schema& schema : schemas) {
    const bool is_told = std::find(unknown.begin(), unknown.end(), schema.schema_id) != unknown.end();
    if (!is_listed(service, schema.schema_id) && !is_told) unknown.push_back(schema.schema_id);
  }
  if (unknown.empty()) return std::nullopt;
  return ApiError{kUndefinedSchema, "Non-existent schemaIds " + go_list(unknown)};
}

/// Lists exactly these and drops the contents of those that were listed before. False when an id comes twice: the newer
/// releases store the list then and leave the contents.
bool replace_schemas(const Call& call, ServiceRecord& service, const std::vector<Schema>& schemas) {
  const bool is_old = call.before(Release::V2_1_0);
  const std::vector<std::string> before = std::exchange(service.data.schemas, {});
  bool is_doubled = false;
  for (const Schema& schema : schemas) {
    const bool is_again = is_listed(service.data, schema.schema_id);
    is_doubled = is_doubled || is_again;
    if (!is_old || !is_again) service.data.schemas.push_back(schema.schema_id);
  }
  if (is_doubled && !is_old) return false;
  if (is_old) service.schemas.clear();
  for (const std::string& id : before) service.schemas.erase(id);
  for (const Schema& schema : schemas) service.schemas[schema.schema_id] = schema;
  return true;
}

}  // namespace

Answer put_schema(Call& call) {
  auto schema = decode_schema(call.request.body, call.go_package());
  if (!schema) return tl::unexpected(schema.error());
  schema->schema_id = call.route.item;
  const auto failure = Check("ModifySchemaRequest")
                           .text("ServiceId", call.route.id, rules::kServiceId)
                           .text("SchemaId", schema->schema_id, rules::kSchemaId)
                           .text("Schema", schema->schema, rules::kNotEmpty)
                           .text("Summary", schema->summary, rules::kSchemaSummary)
                           .failure();
  if (failure) return tl::unexpected(*failure);
  const std::string_view missing = call.before(Release::V1_4_8) ? "Service does not exist" : "Service does not exist.";
  const auto found = require_service(call, call.route.id, missing);
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
  const auto schemas = decode_schemas(call.request.body, call.go_package());
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
    if (const auto undefined = check_all_listed(service.data, *schemas)) return tl::unexpected(*undefined);
    for (const Schema& schema : *schemas) service.schemas.emplace(schema.schema_id, schema);
  } else if (!replace_schemas(call, service, *schemas)) {
    call.registry.service_changed(service, call.now, call.client);
    return refuse(kInternal, "etcdserver: duplicate key given in txn request");
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
  if ((*service)->schemas.erase(call.route.item) == 0) {
    const bool is_old = call.before(Release::V1_4_8);
    return refuse(kSchemaNotExists, is_old ? "Schema info does not exist." : "schema ref not found.");
  }
  call.registry.service_changed(**service, call.now, call.client);
  return std::string();
}

std::optional<ApiError> store_tags(Call& call, ServiceRecord& service, const Properties& tags) {
  const auto max = static_cast<std::int64_t>(call.registry.options().quotas.tags);
  const Rule rule{call.before(Release::V1_4_8) ? 1 : 0, max, rules::kTag.matches, rules::kTag.pattern};
  if (const auto failure = Check("AddServiceTagsRequest").map("Tags", tags, rule).failure()) return failure;
  Properties stored = tags;
  if (call.before(Release::V1_4_8)) stored.insert(service.tags.begin(), service.tags.end());
  service.tags = std::move(stored);
  call.registry.service_changed(service, call.now, call.client);
  return std::nullopt;
}

Answer put_tags(Call& call) {
  const auto tags = decode_tags(call.request.body, call.go_package());
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
