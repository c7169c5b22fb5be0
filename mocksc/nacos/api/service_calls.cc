// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/service_calls.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "mocksc/nacos/api/answers.h"
#include "mocksc/nacos/api/checks.h"
#include "mocksc/nacos/api/views.h"
#include "syncer/base/quantity.h"

namespace mocksc::nacos {
namespace {

using syncer::HttpResponse;

std::optional<HttpResponse> check(const Call& call) {
  if (auto bad = check_parameters(call)) return bad;
  if (!call.parameters.has("serviceName")) return missing(call, "serviceName");
  return check_service_name(call);
}

/// Reads threshold and metadata into `out`, where they are given.
std::optional<HttpResponse> read(const Call& call, Service& out) {
  const std::string& threshold = call.parameters.text("protectThreshold");
  if (!threshold.empty()) {
    const auto [end, error] =
        std::from_chars(threshold.data(), threshold.data() + threshold.size(), out.protect_threshold);
    if (error != std::errc() || end != threshold.data() + threshold.size())
      return text_error(call, 400, "For input string: \"" + threshold + "\"");
  }
  if (!call.parameters.has("metadata")) return std::nullopt;
  auto metadata = parse_metadata(call.parameters.text("metadata"), !call.is_first());
  if (!metadata) return text_error(call, call.is_first() ? 500 : 400, metadata.error().detail);
  out.metadata = std::move(*metadata);
  return std::nullopt;
}

HttpResponse refuse(const Call& call, int code, const char* message, const std::string& first,
                    const std::string& later) {
  if (call.api == Api::V1) return text_error(call, 400, call.is_first() ? first : later);
  return code_error(call, 400, code, message, later);
}

HttpResponse not_there(const Call& call) {
  const std::string name = call.service().full();
  return refuse(call, 21008, "service not exist", "specified service not exist, serviceName : " + name,
                "service " + name + " not found!");
}

Json selector_of(const Call& call) {
  Json out = {{"type", "none"}};
  if (!call.is_first()) out["contextType"] = "NONE";
  return out;
}

std::uint64_t number(const Call& call, const char* name) {
  return syncer::parse_number(call.parameters.text(name), std::numeric_limits<std::int32_t>::max()).value_or(0);
}

/// The fault on the list hides every instance that the service has.
bool is_hidden(const Call& call, const ServiceName& name) {
  const auto all = call.registry.shown(name);
  return !all.empty() && std::all_of(all.begin(), all.end(), [&](const Instance& i) { return call.hides(i); });
}

}  // namespace

HttpResponse create_service(const Call& call) {
  if (auto bad = check(call)) return *bad;
  Service service;
  if (auto bad = read(call, service)) return *bad;
  // v1 leaves the parameter out of account: from 2.x on its services are persistent.
  if (!call.is_first()) service.ephemeral = call.api != Api::V1 && call.parameters.flag("ephemeral", false);
  if (call.registry.create_service(call.service(), std::move(service))) return ok(call);
  const std::string name = call.service().full();
  return refuse(call, 21007, "service already exist", "specified service already exists, serviceName : " + name,
                "specified service " + name + " already exists!");
}

HttpResponse update_service(const Call& call) {
  if (auto bad = check(call)) return *bad;
  Service* service = call.registry.service(call.service());
  if (service == nullptr) return not_there(call);
  if (auto bad = read(call, *service)) return *bad;
  return ok(call);
}

HttpResponse remove_service(const Call& call) {
  if (auto bad = check(call)) return *bad;
  const Service* service = call.registry.find(call.service());
  if (service == nullptr) return not_there(call);
  if (!call.is_first() && !service->instances.empty()) {
    const std::string text =
        "Service " + call.service().full() + " is not empty, can't be delete. Please unregister instance first";
    return refuse(call, 21009, "service delete failure", text, text);
  }
  call.registry.erase_service(call.now, call.service(), call.client);
  return ok(call);
}

HttpResponse show_service(const Call& call) {
  if (auto bad = check(call)) return *bad;
  const ServiceName name = call.service();
  const std::string space = name.space.empty() ? "public" : name.space;
  const Service* service = call.registry.find(name);
  if (service == nullptr) {
    if (call.is_first()) return text_error(call, 500, "service " + name.full() + " is not found!");
    const std::string text = "service not found, namespace: " + space + ", serviceName: " + name.full();
    return call.api == Api::V1 ? text_error(call, 400, text) : code_error(call, 400, 21008, "service not exist", text);
  }
  Json clusters = Json::array();
  for (const std::string& cluster : service->clusters)
    clusters.push_back({{"name", cluster}, {"healthChecker", {{"type", "TCP"}}}, {"metadata", Json::object()}});
  return success(call, {{"namespaceId", space},
                        {"groupName", name.group},
                        {"name", name.name},
                        {"protectThreshold", service->protect_threshold},
                        {"metadata", metadata_json(service->metadata)},
                        {"selector", selector_of(call)},
                        {"clusters", clusters}});
}

HttpResponse list_services(const Call& call) {
  if (auto bad = check_parameters(call)) return *bad;
  for (const char* name : {"pageNo", "pageSize"}) {
    if (!call.parameters.has(name)) return missing(call, name, "Integer");
  }
  const std::string group = call.parameters.text_or("groupName", kDefaultGroup);
  std::vector<std::string> names;
  for (const ServiceName& name : call.registry.services(call.space(), Registry::Order::Names)) {
    if (name.group == group && !is_hidden(call, name)) names.push_back(name.name);
  }
  const std::uint64_t size = number(call, "pageSize");
  const std::uint64_t page = std::max<std::uint64_t>(number(call, "pageNo"), 1);
  Json doms = Json::array();
  for (std::uint64_t i = (page - 1) * size; i < std::min<std::uint64_t>(page * size, names.size()); ++i)
    doms.push_back(names[i]);
  return success(call, {{"count", names.size()}, {call.api == Api::V1 ? "doms" : "services", doms}});
}

}  // namespace mocksc::nacos
