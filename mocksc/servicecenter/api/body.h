// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/api/api_error.h"
#include "mocksc/servicecenter/store/records.h"

/// Decoding of request bodies by the rules of Go's encoding/json: member names match without case, unknown members are
/// ignored, null is absent, a value of the wrong type fails the whole body.
namespace mocksc {

struct RegisterServiceBody {
  std::optional<Service> service;
  Properties tags;
  std::vector<Instance> instances;
  std::vector<AccessRule> rules;
};

struct DeleteServicesBody {
  std::vector<std::string> service_ids;
  bool force = false;
};

struct PropertiesBody {
  std::string service_id;   ///< wins over the path when not empty
  std::string instance_id;  ///< likewise
  Properties properties;
};

/// One element of a batch find: a service key or an instance key with the caller's revision.
struct FindServiceItem {
  std::optional<ServiceKey> service;
  std::string rev;
};
struct FindInstanceItem {
  std::optional<InstanceKey> instance;
  std::string rev;
};
struct BatchFindBody {
  std::string consumer_id;
  std::vector<FindServiceItem> services;
  std::vector<FindInstanceItem> instances;
};

struct BulkStatusBody {
  Properties matches;
  std::string status;
};

/// What one consumer depends on.
struct DependencyBody {
  std::optional<ServiceKey> consumer;
  std::vector<ServiceKey> providers;
};

/// The error detail is Go's own text (services, schemas, tags, dependencies, rules), which names types of `package`, or
/// "Unmarshal error" (instances).
ApiResult<RegisterServiceBody> decode_register_service(std::string_view body, std::string_view package);
ApiResult<DeleteServicesBody> decode_delete_services(std::string_view body, std::string_view package);
ApiResult<PropertiesBody> decode_service_properties(std::string_view body, std::string_view package);
ApiResult<Schema> decode_schema(std::string_view body, std::string_view package);
ApiResult<std::vector<Schema>> decode_schemas(std::string_view body, std::string_view package);
ApiResult<Properties> decode_tags(std::string_view body, std::string_view package);
ApiResult<std::vector<DependencyBody>> decode_dependencies(std::string_view body, std::string_view package);
ApiResult<std::vector<AccessRule>> decode_rules(std::string_view body, std::string_view package);
ApiResult<AccessRule> decode_rule(std::string_view body, std::string_view package);
ApiResult<std::optional<Instance>> decode_register_instance(std::string_view body);
ApiResult<PropertiesBody> decode_instance_properties(std::string_view body);
/// A null element becomes nothing; the real server panics on it.
ApiResult<std::vector<std::optional<InstanceKey>>> decode_heartbeats(std::string_view body);
ApiResult<BatchFindBody> decode_batch_find(std::string_view body);
ApiResult<BulkStatusBody> decode_bulk_status(std::string_view body);

}  // namespace mocksc
