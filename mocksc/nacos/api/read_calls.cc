// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/read_calls.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "mocksc/nacos/api/answers.h"
#include "mocksc/nacos/api/checks.h"
#include "mocksc/nacos/api/views.h"
#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"

namespace mocksc::nacos {
namespace {

using syncer::HttpResponse;

/// The digest of a 1.x list: of addresses, weights and health, not of metadata.
std::string checksum(const ServiceName& service, const std::vector<Instance>& all) {
  std::string text = service.full();
  for (const Instance& i : all) {
    text += "|" + i.ip + ":" + std::to_string(i.port) + "_" + std::to_string(i.weight) + "_" +
            std::to_string(static_cast<int>(i.healthy)) + "_" + i.cluster;
  }
  return to_string(syncer::hash128(text));
}

Json first_list(const Call& call, const ServiceName& service, const Selection& selection, Json hosts) {
  const std::string& clusters = call.parameters.text("clusters");
  if (call.registry.find(service) == nullptr) {
    return {{"name", service.full()}, {"clusters", clusters}, {"cacheMillis", 3000}, {"hosts", Json::array()}};
  }
  Json out = Json::object();
  if (!selection.hosts.empty()) out["hosts"] = std::move(hosts);
  out["dom"] = service.name;
  out["name"] = service.full();
  out["cacheMillis"] = 3000;
  out["lastRefTime"] = call.wall_ms();
  out["checksum"] = checksum(service, call.registry.present(service));
  out["useSpecifiedURL"] = false;
  out["clusters"] = clusters;
  out["env"] = "";
  if (selection.hosts.empty()) out["hosts"] = Json::array();
  out["metadata"] = metadata_json(call.registry.find(service)->metadata);
  return out;
}

Json later_list(const Call& call, const ServiceName& service, const Selection& selection, Json hosts) {
  return {{"name", service.full()},
          {"groupName", service.group},
          {"clusters", call.parameters.text("clusters")},
          {"cacheMillis", 10000},
          {"hosts", std::move(hosts)},
          {"lastRefTime", call.wall_ms()},
          {"checksum", ""},
          {"allIPs", false},
          {"reachProtectionThreshold", selection.is_protected},
          {"valid", true}};
}

HttpResponse no_instance(const Call& call, const std::string& text) {
  if (call.api != Api::V1) return code_error(call, 404, 20004, "resource not found", text);
  return text_error(call, call.is_first() ? 500 : 404, text);
}

/// One page of `all`; pages count from 1, and 0 is 1.
template <class T>
std::vector<T> page_of(const Call& call, std::vector<T> all) {
  const auto number = [&](const char* name, std::uint64_t otherwise) {
    return syncer::parse_number(call.parameters.text(name), std::numeric_limits<std::int32_t>::max())
        .value_or(otherwise);
  };
  const std::uint64_t page = std::max<std::uint64_t>(number("pageNo", 1), 1);
  const std::uint64_t size = number("pageSize", 20);
  const std::uint64_t begin = std::min<std::uint64_t>((page - 1) * size, all.size());
  const std::uint64_t end = std::min<std::uint64_t>(begin + size, all.size());
  return {all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// What the catalog shows of one service.
struct Entry {
  ServiceName name;
  const Service* service;
  std::vector<Instance> hosts;
};

std::vector<Entry> catalog(const Call& call) {
  std::vector<Entry> all;
  for (const ServiceName& name : call.registry.services(call.space(), Registry::Order::Catalog)) {
    Entry entry{name, call.registry.find(name), call.registry.shown(name)};
    const std::size_t before = entry.hosts.size();
    std::erase_if(entry.hosts, [&](const Instance& instance) { return call.hides(instance); });
    // A list that leaves all instances of a service out has not heard of it, either.
    if (before > 0 && entry.hosts.empty()) continue;
    if (call.parameters.flag("hasIpCount", false) && entry.hosts.empty()) continue;
    all.push_back(std::move(entry));
  }
  return all;
}

/// The first release starts a page behind the one that was asked for, unless everything fits on one.
std::vector<Entry> skewed_page(const Call& call, std::vector<Entry> all) {
  const auto number = [&](const char* name) {
    return syncer::parse_number(call.parameters.text(name), std::numeric_limits<std::int32_t>::max()).value_or(0);
  };
  const std::uint64_t size = number("pageSize");
  if (all.size() < size) return all;
  const std::uint64_t begin = std::min<std::uint64_t>(number("pageNo") * size, all.size());
  const std::uint64_t end = std::min<std::uint64_t>(begin + size, all.size());
  return {all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end)};
}

Json clusters_json(const Call& call, const Entry& entry) {
  std::map<std::string, Json> hosts;
  if (call.is_first()) {
    for (const std::string& cluster : entry.service->clusters) hosts.emplace(cluster, Json::array());
  }
  for (const Instance& instance : entry.hosts) {
    Json& list = hosts.emplace(instance.cluster, Json::array()).first->second;
    list.push_back(call.api == Api::V3 ? host_json(call, entry.name, instance, instance.healthy)
                                       : catalog_host_json(instance));
  }
  Json out = Json::object();
  for (auto& [cluster, list] : hosts) {
    Json one = Json::object();
    if (call.api == Api::V3) one = {{"clusterName", cluster}, {"healthChecker", nullptr}, {"metadata", nullptr}};
    if (call.api == Api::V1 && !call.is_first())
      one = {{"clusterName", nullptr}, {"healthChecker", nullptr}, {"metadata", nullptr}};
    one["hosts"] = std::move(list);
    out[cluster] = std::move(one);
  }
  return out;
}

Json with_instances(const Call& call, const Entry& entry) {
  Json out = Json::object();
  if (call.api == Api::V1 && !call.is_first()) out["namespace"] = nullptr;
  if (call.api == Api::V3) out["namespaceId"] = entry.name.space.empty() ? "public" : entry.name.space;
  out["serviceName"] = entry.name.name;
  out["groupName"] = entry.name.group;
  out["clusterMap"] = clusters_json(call, entry);
  out["metadata"] = metadata_json(entry.service->metadata);
  if (call.is_first()) return out;
  out["protectThreshold"] = entry.service->protect_threshold;
  out["selector"] = nullptr;
  out["ephemeral"] = call.api == Api::V3 ? Json(entry.service->ephemeral.value_or(true)) : Json();
  return out;
}

Json without_instances(const Entry& entry) {
  const auto healthy =
      std::count_if(entry.hosts.begin(), entry.hosts.end(), [](const Instance& i) { return i.healthy; });
  std::set<std::string> clusters;
  for (const Instance& instance : entry.hosts) clusters.insert(instance.cluster);
  const bool is_protected =
      !entry.hosts.empty() &&
      static_cast<double>(healthy) <= entry.service->protect_threshold * static_cast<double>(entry.hosts.size());
  return {{"name", entry.name.name},         {"groupName", entry.name.group},
          {"clusterCount", clusters.size()}, {"ipCount", entry.hosts.size()},
          {"healthyInstanceCount", healthy}, {"triggerFlag", is_protected ? "true" : "false"}};
}

}  // namespace

HttpResponse list_instances(const Call& call) {
  if (auto bad = check_parameters(call)) return *bad;
  if (!call.parameters.has("serviceName")) return missing(call, "serviceName");
  const ServiceName service = call.service();
  const Selection selection = select(call, service);
  Json hosts = Json::array();
  for (const Instance& instance : selection.hosts) {
    const bool healthy = instance.healthy || selection.is_protected;
    hosts.push_back(call.is_first() ? first_host_json(service, instance, healthy)
                                    : host_json(call, service, instance, healthy));
  }
  if (call.api == Api::V3) return success(call, hosts);
  return success(call, call.is_first() ? first_list(call, service, selection, std::move(hosts))
                                       : later_list(call, service, selection, std::move(hosts)));
}

HttpResponse show_instance(const Call& call) {
  if (auto bad = check_parameters(call)) return *bad;
  for (const char* name : {"serviceName", "ip", "port"}) {
    if (!call.parameters.has(name)) return missing(call, name, std::string_view(name) == "port" ? "Integer" : "String");
  }
  const ServiceName service = call.service();
  if (call.is_first() && call.registry.find(service) == nullptr)
    return no_instance(call, "no service " + service.full() + " found!");
  const std::string cluster = call.parameters.text_or("clusterName", kDefaultCluster);
  std::vector<Instance> all = call.registry.shown(service);
  if (call.is_first()) std::erase_if(all, [&](const Instance& i) { return i.cluster != cluster; });
  if (all.empty()) return no_instance(call, "no ips found for cluster " + cluster + " in service " + service.full());
  for (const Instance& instance : all) {
    const bool is_it = instance.ip == call.parameters.text("ip") && instance.cluster == cluster &&
                       std::to_string(instance.port) == call.parameters.text("port");
    if (is_it) return success(call, detail_json(call, service, instance));
  }
  return no_instance(call, "no matched ip found!");
}

HttpResponse catalog_services(const Call& call) {
  std::vector<Entry> all = catalog(call);
  if (call.parameters.flag("withInstances", true)) {
    Json out = Json::array();
    for (const Entry& entry : call.is_first() ? skewed_page(call, std::move(all)) : page_of(call, std::move(all)))
      out.push_back(with_instances(call, entry));
    return json_answer(call, out);
  }
  const std::size_t count = all.size();
  Json list = Json::array();
  for (const Entry& entry : page_of(call, std::move(all))) list.push_back(without_instances(entry));
  return json_answer(call, {{"serviceList", list}, {"count", count}});
}

HttpResponse catalog_instances(const Call& call) {
  const ServiceName service = call.service();
  const std::string cluster = call.parameters.text_or("clusterName", kDefaultCluster);
  if (call.registry.find(service) == nullptr) return no_instance(call, "service " + service.full() + " is not found!");
  std::vector<Instance> all = call.registry.shown(service);
  std::erase_if(all, [&](const Instance& i) { return i.cluster != cluster || call.hides(i); });
  if (call.registry.find(service)->clusters.count(cluster) == 0)
    return no_instance(call, "cluster " + cluster + " is not found!");
  const std::size_t count = all.size();
  Json list = Json::array();
  for (const Instance& instance : page_of(call, std::move(all)))
    list.push_back(host_json(call, service, instance, instance.healthy));
  return json_answer(call, {{"list", list}, {"count", count}});
}

HttpResponse catalog_service(const Call& call) {
  const ServiceName service = call.service();
  const Service* found = call.registry.find(service);
  if (found == nullptr) return no_instance(call, "service " + service.full() + " is not found!");
  Json selector = {{"type", "none"}};
  if (!call.is_first()) selector["contextType"] = "NONE";
  Json clusters = Json::array();
  for (const std::string& cluster : found->clusters) {
    Json one = {{"serviceName", service.full()},
                {"name", cluster},
                {"healthChecker", {{"type", "TCP"}}},
                {"defaultPort", 80},
                {"defaultCheckPort", 80},
                {"useIPPort4Check", true},
                {"metadata", Json::object()}};
    if (call.is_first()) one.update({{"sitegroup", ""}, {"defCkport", 80}, {"empty", false}, {"defIPPort", 80}});
    clusters.push_back(std::move(one));
  }
  const Json about = {{"name", service.name},
                      {"protectThreshold", found->protect_threshold},
                      {"groupName", service.group},
                      {"selector", selector},
                      {"metadata", metadata_json(found->metadata)}};
  return json_answer(call, {{"service", about}, {"clusters", clusters}});
}

HttpResponse admin_services(const Call& call) {
  std::vector<Entry> all = catalog(call);
  const std::size_t count = all.size();
  const std::size_t size =
      std::max<std::size_t>(syncer::parse_number(call.parameters.text("pageSize"), 500).value_or(20), 1);
  Json items = Json::array();
  const bool is_full = call.parameters.flag("withInstances", false);
  for (const Entry& entry : page_of(call, std::move(all)))
    items.push_back(is_full ? with_instances(call, entry) : without_instances(entry));
  return success(
      call, {{"totalCount", count},
             {"pageNumber",
              std::max<std::uint64_t>(syncer::parse_number(call.parameters.text("pageNo"), 1'000'000).value_or(1), 1)},
             {"pagesAvailable", (count + size - 1) / size},
             {"pageItems", items}});
}

}  // namespace mocksc::nacos
