// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/views.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mocksc::nacos {
namespace {

void add_times(Json& out, const Metadata& metadata) {
  const BeatTimes times = beat_times(metadata);
  out["instanceHeartBeatInterval"] = times.interval_ms;
  out["instanceHeartBeatTimeOut"] = times.timeout_ms;
  out["ipDeleteTimeout"] = times.delete_ms;
  // Without metadata the default is told; with metadata only what it says.
  if (metadata.empty()) out["instanceIdGenerator"] = "simple";
}

/// "a,b" names the clusters whose instances are wanted; empty: all.
bool is_of(const std::string& clusters, const std::string& cluster) {
  return clusters.empty() || ("," + clusters + ",").find("," + cluster + ",") != std::string::npos;
}

}  // namespace

Json metadata_json(const Metadata& metadata) {
  Json out = Json::object();
  for (const auto& [key, value] : metadata) out[key] = value ? Json(*value) : Json();
  return out;
}

Json host_json(const Call& call, const ServiceName& service, const Instance& instance, bool healthy) {
  Json out = Json::object();
  if (!instance.id.empty()) out["instanceId"] = instance.id;
  out["ip"] = instance.ip;
  out["port"] = instance.port;
  out["weight"] = instance.weight;
  out["healthy"] = healthy;
  out["enabled"] = instance.enabled;
  out["ephemeral"] = instance.is_ephemeral();
  out["clusterName"] = instance.cluster;
  out["serviceName"] = service.full();
  out["metadata"] = metadata_json(instance.metadata);
  if (call.is_first()) {
    out["lastBeat"] = call.wall_ms() - (call.now - instance.last_beat) / std::chrono::milliseconds(1);
    out["marked"] = false;
    out["app"] = "DEFAULT";
  }
  add_times(out, instance.metadata);
  return out;
}

Json first_host_json(const ServiceName& service, const Instance& instance, bool healthy) {
  return {{"ip", instance.ip},
          {"port", instance.port},
          {"valid", healthy},
          {"healthy", healthy},
          {"marked", false},
          {"instanceId", instance.id},
          {"metadata", metadata_json(instance.metadata)},
          {"enabled", instance.enabled},
          {"weight", instance.weight},
          {"clusterName", instance.cluster},
          {"serviceName", service.name},
          {"ephemeral", instance.is_ephemeral()}};
}

Json catalog_host_json(const Instance& instance) {
  return {{"valid", instance.healthy}, {"metadata", metadata_json(instance.metadata)},
          {"port", instance.port},     {"ip", instance.ip},
          {"weight", instance.weight}, {"enabled", instance.enabled}};
}

Json detail_json(const Call& call, const ServiceName& service, const Instance& instance) {
  const bool is_old = call.api == Api::V1;
  Json out = {{is_old ? "service" : "serviceName", service.full()}, {"ip", instance.ip}, {"port", instance.port}};
  out["clusterName"] = instance.cluster;
  out["weight"] = instance.weight;
  out["healthy"] = instance.healthy;
  // The detail of v1 always has one, made from the address.
  const std::string id = is_old ? instance_id(instance, service) : instance.id;
  out["instanceId"] = id.empty() ? Json() : Json(id);
  out["metadata"] = metadata_json(instance.metadata);
  return out;
}

Selection select(const Call& call, const ServiceName& service) {
  Selection out;
  const Service* found = call.registry.find(service);
  if (found == nullptr) return out;
  for (Instance& instance : call.registry.shown(service)) {
    const bool is_wanted = instance.enabled && is_of(call.parameters.text("clusters"), instance.cluster);
    if (is_wanted && !call.hides(instance)) out.hosts.push_back(std::move(instance));
  }
  const auto healthy = std::count_if(out.hosts.begin(), out.hosts.end(), [](const Instance& i) { return i.healthy; });
  out.is_protected = !out.hosts.empty() &&
                     static_cast<double>(healthy) / static_cast<double>(out.hosts.size()) <= found->protect_threshold;
  if (call.parameters.flag("healthyOnly", false) && !out.is_protected)
    std::erase_if(out.hosts, [](const Instance& instance) { return !instance.healthy; });
  return out;
}

}  // namespace mocksc::nacos
