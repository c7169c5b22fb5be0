// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mocksc {

class GoReader;
class JsonWriter;

/// String to string members of a record, sorted as Go's encoder sorts them.
using Properties = std::map<std::string, std::string>;

/// How an instance proves that it lives; interval in seconds.
struct HealthCheck {
  std::string mode;
  std::int32_t port = 0;
  std::int32_t interval = 0;
  std::int32_t times = 0;
  std::string url;
};

/// Where an instance runs.
struct DataCenter {
  std::string name;
  std::string region;
  std::string available_zone;
};

/// A microservice instance as the v4 API holds it; timestamps are decimal seconds since 1970.
struct Instance {
  std::string instance_id;
  std::string service_id;
  std::vector<std::string> endpoints;
  std::string host_name;
  std::string status;
  Properties properties;
  std::optional<HealthCheck> health_check;
  std::string timestamp;
  std::optional<DataCenter> data_center;
  std::string mod_timestamp;
  std::string version;
};

/// One path of a microservice.
struct ServicePath {
  std::string path;
  Properties property;
};

/// Names a microservice inside a tenant.
struct ServiceKey {
  std::string tenant;
  std::string environment;
  std::string app_id;
  std::string service_name;
  std::string alias;
  std::string version;
  auto operator<=>(const ServiceKey&) const = default;
};

/// The framework a microservice was built with.
struct Framework {
  std::string name;
  std::string version;
};

/// A microservice as the v4 API holds it.
struct Service {
  std::string service_id;
  std::string app_id;
  std::string service_name;
  std::string version;
  std::string description;
  std::string level;
  std::vector<std::string> schemas;
  std::vector<ServicePath> paths;
  std::string status;
  Properties properties;
  std::string timestamp;
  std::vector<ServiceKey> providers;
  std::string alias;
  Properties lb_strategy;
  std::string mod_timestamp;
  std::string environment;
  std::string register_by;
  std::optional<Framework> framework;
};

/// A contract of a microservice.
struct Schema {
  std::string schema_id;
  std::string summary;
  std::string schema;
};

/// Who may not find a service, or only who may; releases up to 2.0.
struct AccessRule {
  std::string rule_id;
  std::string rule_type;  ///< BLACK or WHITE
  std::string attribute;  ///< a member of the asking service, "tag_NAME"
  std::string pattern;    ///< regular expression
  std::string description;
  std::string timestamp;
  std::string mod_timestamp;
};

/// Names one instance.
struct InstanceKey {
  std::string service_id;
  std::string instance_id;
  auto operator<=>(const InstanceKey&) const = default;
};

/// Storage key by which a service is identified: "/cse-sr/ms/indexes/{domain}/{project}/{env}/{app}/{name}/{version}".
std::string index_key(std::string_view domain, std::string_view project, const Service& service);
/// SHA-1 of the index key: the same service has the same id in every service center.
std::string derive_service_id(std::string_view domain, std::string_view project, const Service& service);

/// The JSON of one record.
std::string render(const Service& service);
std::string render(const Instance& instance);
void write(JsonWriter& out, const ServiceKey& key);
void write(JsonWriter& out, const AccessRule& rule);
void write(JsonWriter& out, const Service& service);
void write(JsonWriter& out, const Instance& instance);
void read(GoReader& in, ServiceKey& out);
void read(GoReader& in, AccessRule& out);
void read(GoReader& in, Service& out);
void read(GoReader& in, Instance& out);

}  // namespace mocksc
