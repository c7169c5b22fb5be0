// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/operator_calls.h"

#include <nlohmann/json.hpp>

#include "mocksc/nacos/api/answers.h"

namespace mocksc::nacos {
namespace {

using syncer::HttpResponse;

constexpr const char* kState2 = R"({"defaultMaxSize":"102400","auth_system_type":"nacos","auth_enabled":"false",
"defaultMaxAggrSize":"1024","maxHealthCheckFailCount":"12","maxContent":"10485760","console_ui_enabled":"true",
"defaultMaxAggrCount":"10000","auth_admin_request":"false","defaultGroupQuota":"200","config_retention_days":"30",
"startup_mode":"standalone","isHealthCheck":"true","function_mode":null,"isManageCapacity":"true",
"isCapacityLimitCheck":"false","datasource_platform":"","notifyConnectTimeout":"100","server_port":"8848",
"notifySocketTimeout":"200","defaultClusterQuota":"100000","login_page_enabled":"false",
"plugin_datasource_log_enabled":"false"})";

constexpr const char* kSwitches = R"({"masters":null,"adWeightMap":{},"defaultPushCacheMillis":10000,
"clientBeatInterval":5000,"defaultCacheMillis":3000,"distroThreshold":0.7,"healthCheckEnabled":true,
"autoChangeHealthCheckEnabled":true,"distroEnabled":true,"enableStandalone":true,"pushEnabled":true,"checkTimes":3,
"httpHealthParams":{"max":5000,"min":500,"factor":0.85},"tcpHealthParams":{"max":5000,"min":1000,"factor":0.75},
"mysqlHealthParams":{"max":3000,"min":2000,"factor":0.65},"incrementalList":[],
"serverStatusSynchronizationPeriodMillis":2000,"serviceStatusSynchronizationPeriodMillis":5000,"disableAddIP":false,
"sendBeatOnly":false,"lightBeatEnabled":true,"limitedUrlMap":{},"distroServerExpiredMillis":10000,
"pushGoVersion":"0.1.0","pushJavaVersion":"0.1.0","pushPythonVersion":"0.4.3","pushCVersion":"1.0.12",
"pushCSharpVersion":"0.9.0","enableAuthentication":false,"overriddenServerStatus":null,
"defaultInstanceEphemeral":true,"healthCheckWhiteList":[],"name":"00-00---000-NACOS_SWITCH_DOMAIN-000---00-00",
"checksum":null})";

std::string raft_port(const Call& call) { return std::to_string(call.registry.options().port - 1000); }

Json raft_groups(const Call& call) {
  const std::string leader = call.registry.options().ip + ":" + raft_port(call);
  Json groups = Json::object();
  for (const char* name : {"naming_instance_metadata", "naming_persistent_service", "naming_persistent_service_v2",
                           "naming_service_metadata"}) {
    groups[name] = {{"leader", leader}, {"raftGroupMember", Json::array({leader})}, {"term", 1}};
  }
  return groups;
}

Json member(const Call& call) {
  const Options& options = call.registry.options();
  Json info = {{"lastRefreshTime", call.wall_ms()}};
  if (!call.is_first()) info["raftMetaData"] = {{"metaDataMap", raft_groups(call)}};
  info["raftPort"] = raft_port(call);
  if (!call.is_first()) info.update({{"readyToUpgrade", true}, {"supportGrayModel", true}});
  info["version"] = name(options.release);
  Json out = {{"ip", options.ip},
              {"port", options.port},
              {"state", "UP"},
              {"extendInfo", info},
              {"address", options.ip + ":" + std::to_string(options.port)},
              {"failAccessCnt", 0}};
  if (call.is_first()) return out;
  out["abilities"] = {{"remoteAbility", {{"supportRemoteConnection", true}, {"grpcReportEnabled", true}}},
                      {"configAbility", {{"supportRemoteMetrics", false}}},
                      {"namingAbility", {{"supportJraft", true}}}};
  out["grpcReportEnabled"] = true;
  return out;
}

Json rest_result(const Json& data) { return {{"code", 200}, {"message", nullptr}, {"data", data}}; }

}  // namespace

HttpResponse server_state(const Call& call) {
  const Options& options = call.registry.options();
  if (call.is_first()) {
    return json_answer(
        call, {{"version", name(options.release)}, {"standalone_mode", "standalone"}, {"function_mode", nullptr}});
  }
  Json out = Json::parse(kState2);
  out["version"] = name(options.release);
  out["auth_enabled"] = options.user.empty() ? "false" : "true";
  return success(call, out);
}

HttpResponse namespaces(const Call& call) {
  Json one = {{"namespace", ""}, {"namespaceShowName", "public"}, {"quota", 200}, {"configCount", 0}, {"type", 0}};
  if (!call.is_first()) one["namespaceDesc"] = "Default Namespace";
  return json_answer(call, rest_result(Json::array({one})));
}

HttpResponse metrics(const Call& call) {
  if (!call.is_first()) return json_answer(call, {{"status", "UP"}});
  std::size_t instances = 0;
  for (const auto& [name, service] : call.registry.all()) instances += service.instances.size();
  const std::size_t services = call.registry.all().size();
  return json_answer(call, {{"status", "UP"},
                            {"serviceCount", services},
                            {"instanceCount", instances},
                            {"raftNotifyTaskCount", 0},
                            {"responsibleServiceCount", services},
                            {"responsibleInstanceCount", instances},
                            {"cpu", 0.0},
                            {"load", 0.0},
                            {"mem", 0.0}});
}

HttpResponse switches(const Call& call, const std::string& overridden_state) {
  Json out = Json::parse(kSwitches);
  if (!overridden_state.empty()) out["overriddenServerStatus"] = overridden_state;
  return json_answer(call, out);
}

HttpResponse servers(const Call& call) { return json_answer(call, {{"servers", Json::array({member(call)})}}); }
HttpResponse cluster_nodes(const Call& call) { return json_answer(call, rest_result(Json::array({member(call)}))); }
HttpResponse cluster_self(const Call& call) { return json_answer(call, rest_result(member(call))); }

}  // namespace mocksc::nacos
