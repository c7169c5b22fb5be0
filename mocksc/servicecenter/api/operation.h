// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/store/options.h"
#include "syncer/base/result.h"

namespace mocksc {

/// Every call of the v4 API that is served, with its stable name for scenario files.
// clang-format off
#define MOCKSC_OPERATIONS(X)                                                                  \
  X(RegisterService,    "register_service",    "POST",   "/v4/:/registry/microservices")      \
  X(ListServices,       "list_services",       "GET",    "/v4/:/registry/microservices")      \
  X(DeleteServices,     "delete_services",     "DELETE", "/v4/:/registry/microservices")      \
  X(GetService,         "get_service",         "GET",    "/v4/:/registry/microservices/:")    \
  X(DeleteService,      "delete_service",      "DELETE", "/v4/:/registry/microservices/:")    \
  X(ServiceProperties,  "service_properties",  "PUT",    "/v4/:/registry/microservices/:/properties") \
  X(Existence,          "existence",           "GET",    "/v4/:/registry/existence")          \
  X(PutSchemas,         "put_schemas",         "POST",   "/v4/:/registry/microservices/:/schemas") \
  X(ListSchemas,        "list_schemas",        "GET",    "/v4/:/registry/microservices/:/schemas") \
  X(PutSchema,          "put_schema",          "PUT",    "/v4/:/registry/microservices/:/schemas/:") \
  X(GetSchema,          "get_schema",          "GET",    "/v4/:/registry/microservices/:/schemas/:") \
  X(DeleteSchema,       "delete_schema",       "DELETE", "/v4/:/registry/microservices/:/schemas/:") \
  X(RegisterInstance,   "register_instance",   "POST",   "/v4/:/registry/microservices/:/instances") \
  X(ListInstances,      "list_instances",      "GET",    "/v4/:/registry/microservices/:/instances") \
  X(Unregister,         "unregister",          "DELETE", "/v4/:/registry/microservices/:/instances/:") \
  X(GetInstance,        "get_instance",        "GET",    "/v4/:/registry/microservices/:/instances/:") \
  X(Heartbeat,          "heartbeat",           "PUT",    "/v4/:/registry/microservices/:/instances/:/heartbeat") \
  X(Status,             "status",              "PUT",    "/v4/:/registry/microservices/:/instances/:/status") \
  X(InstanceProperties, "properties",          "PUT",    "/v4/:/registry/microservices/:/instances/:/properties") \
  X(HeartbeatSocket,    "heartbeat_socket",    "GET",    "/v4/:/registry/microservices/:/instances/:/heartbeat") \
  X(HeartbeatSet,       "heartbeat_set",       "PUT",    "/v4/:/registry/heartbeats")         \
  X(Find,               "find",                "GET",    "/v4/:/registry/instances")          \
  X(BatchFind,          "batch_find",          "POST",   "/v4/:/registry/instances/action")   \
  X(BulkStatus,         "bulk_status",         "PUT",    "/v4/:/registry/instances/status")   \
  X(PutTags,            "put_tags",            "POST",   "/v4/:/registry/microservices/:/tags") \
  X(GetTags,            "get_tags",            "GET",    "/v4/:/registry/microservices/:/tags") \
  X(PutTag,             "put_tag",             "PUT",    "/v4/:/registry/microservices/:/tags/:") \
  X(DeleteTags,         "delete_tags",         "DELETE", "/v4/:/registry/microservices/:/tags/:") \
  X(Providers,          "providers",           "GET",    "/v4/:/registry/microservices/:/providers") \
  X(Consumers,          "consumers",           "GET",    "/v4/:/registry/microservices/:/consumers") \
  X(AddDependencies,    "add_dependencies",    "POST",   "/v4/:/registry/dependencies")       \
  X(SetDependencies,    "set_dependencies",    "PUT",    "/v4/:/registry/dependencies")       \
  X(AddRules,           "add_rules",           "POST",   "/v4/:/registry/microservices/:/rules") \
  X(ListRules,          "list_rules",          "GET",    "/v4/:/registry/microservices/:/rules") \
  X(PutRule,            "put_rule",            "PUT",    "/v4/:/registry/microservices/:/rules/:") \
  X(DeleteRules,        "delete_rules",        "DELETE", "/v4/:/registry/microservices/:/rules/:") \
  X(Watch,              "watch",               "GET",    "/v4/:/registry/microservices/:/watcher") \
  X(Health,             "health",              "GET",    "/v4/:/registry/health")             \
  X(Version,            "version",             "GET",    "/v4/:/registry/version")            \
  X(Dump,               "dump",                "GET",    "/v4/:/admin/dump")                  \
  X(Clusters,           "clusters",            "GET",    "/v4/:/admin/clusters")              \
  X(Alarms,             "alarms",              "GET",    "/v4/:/admin/alarms")                \
  X(ClearAlarms,        "clear_alarms",        "DELETE", "/v4/:/admin/alarms")                \
  X(GovernServices,     "govern_services",     "GET",    "/v4/:/govern/microservices")        \
  X(GovernService,      "govern_service",      "GET",    "/v4/:/govern/microservices/:")      \
  X(GovernApps,         "govern_apps",         "GET",    "/v4/:/govern/apps")                 \
  X(GovernStatistics,   "govern_statistics",   "GET",    "/v4/:/govern/statistics")           \
  X(GovernRelations,    "govern_relations",    "GET",    "/v4/:/govern/relations")            \
  X(SyncerHealth,       "syncer_health",       "GET",    "/v1/syncer/health")                 \
  X(Token,              "token",               "POST",   "/v4/token")                         \
  X(PactIndex,          "pact_index",          "GET",    "/")                                 \
  X(RootHealth,         "root_health",         "GET",    "/health")                           \
  X(RootVersion,        "root_version",        "GET",    "/version")
// clang-format on

enum class Operation : std::uint8_t {
#define MOCKSC_OPERATION_ENUM(id, text, method, pattern) id,
  MOCKSC_OPERATIONS(MOCKSC_OPERATION_ENUM)
#undef MOCKSC_OPERATION_ENUM
      Unknown,
};

/// The name scenario files use, e.g. "register_instance"; "unknown" for Unknown.
std::string_view name(Operation operation);
/// Reads a name; the error says which word is nearest.
syncer::Result<Operation> parse_operation(std::string_view text);
/// The operation that a request asks for; Unknown when no route fits. `target` is the raw path and query.
Operation operation_of(std::string_view method, std::string_view target);

/// Reads that show many records: what list faults and stale reads apply to.
bool is_list(Operation operation);
/// Everything that may change what is stored, lease renewals included.
bool is_write(Operation operation);

/// Where a request goes, with the variable parts of its path (percent-decoded).
struct Route {
  Operation operation = Operation::Unknown;
  std::string project;
  std::string id;    ///< second variable segment: a service id
  std::string item;  ///< third: an instance or schema id, tag keys
  /// Methods that the path knows, when the method of the request is not among them.
  std::vector<std::string_view> allowed;
};

/// False for the calls that a release does not know yet or no more.
bool is_known_to(Operation operation, Release release);

/// `path` is raw, without the query. Only what the release knows is found; v3 paths are those of project "default".
Route route(std::string_view method, std::string_view path, Release release = Release::V2_2_0);
/// A path of the old API, without project.
bool is_v3(std::string_view path);

}  // namespace mocksc
