// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/model.h"

#include <nlohmann/json.hpp>

#include "mocksc/nacos/api/answers.h"
#include "mocksc/nacos/api/instance_calls.h"
#include "mocksc/nacos/api/operator_calls.h"
#include "mocksc/nacos/api/read_calls.h"
#include "mocksc/nacos/api/service_calls.h"

namespace mocksc::nacos {
namespace {

using syncer::HttpRequest;
using syncer::HttpResponse;

constexpr std::size_t kMostRendered = 16;

std::string path_of(const HttpRequest& request) { return request.target.substr(0, request.target.find('?')); }

Api api_of(const std::string& path) {
  if (path.starts_with("/v3/")) return Api::V3;
  return path.starts_with("/v2/") ? Api::V2 : Api::V1;
}

HttpResponse no_such_api(const Call& call) {
  const std::string text = "no such api:" + call.method + ":" + call.full_path;
  return spring_error(call, 501, "Not Implemented", text);
}

/// What was moved to the administrators' API of 3.x.
HttpResponse removed(const Call& call) {
  const Json message = {{"code", 40000}, {"message", "API is deprecated"}, {"data", nullptr}};
  return spring_error(call, 410, "Gone", message.dump());
}

HttpResponse not_allowed(const Call& call, const char* allow) {
  HttpResponse out = spring_error(call, 405, "Method Not Allowed", "Method '" + call.method + "' is not supported.");
  out.headers.add("Allow", allow);
  return out;
}

/// The path behind the version: "/ns/instance".
std::string_view behind_version(const Call& call) { return std::string_view(call.path).substr(3); }

bool is_removed_in_3(const Call& call) {
  if (call.release() < Release::V3_0_3 || call.api == Api::V3) return false;
  const std::string_view path = behind_version(call);
  return path.starts_with("/ns/catalog") || path.starts_with("/ns/operator") || path.starts_with("/console/server") ||
         path == "/ns/service" || path.starts_with("/console/namespaces") || call.api == Api::V2;
}

}  // namespace

HttpResponse Model::handle(syncer::Instant now, const HttpRequest& request, std::string_view client,
                           const ReadFault& fault) {
  advance(now);
  const std::string full = path_of(request);
  const bool is_ours = full.starts_with(options().context + "/");
  const std::string path = is_ours ? full.substr(options().context.size()) : std::string();
  const Call call{registry_, now,   api_of(path),  request.method, path, full, Parameters(request, options().release),
                  client,    fault, request.target};
  const bool has_version = path.starts_with("/v1/") || path.starts_with("/v2/") || path.starts_with("/v3/");
  if (!has_version || (call.api == Api::V3 && options().release < Release::V3_0_3)) return no_such_api(call);
  if (path.ends_with("/auth/login") || path.ends_with("/auth/user/login")) return logins_.login(call, request);
  if (path.ends_with("/health/liveness") || path.ends_with("/health/readiness")) return text_answer(call, "OK");
  if (is_removed_in_3(call)) return removed(call);
  if (path.ends_with("/server/state") || path == "/v3/admin/core/state") return server_state(call);
  if (const auto refused = logins_.check(call, request)) return *refused;
  if (!is_open(call)) return not_up(state_);
  return naming(call);
}

bool Model::is_open(const Call& call) const {
  const bool is_naming = behind_version(call).find("/ns/") != std::string_view::npos;
  if (state_.empty() || !is_naming) return true;
  return state_ == "READ_ONLY" && call.method == "GET";
}

HttpResponse Model::naming(const Call& call) {
  std::string_view path = behind_version(call);
  if (path.starts_with("/client")) path.remove_prefix(7);
  if (path.starts_with("/admin")) path.remove_prefix(6);
  const std::string& method = call.method;
  if (path == "/ns/instance") {
    if (method == "POST") return register_instance(call);
    if (method == "DELETE") return remove_instance(call);
    if (method == "GET" && call.path.starts_with("/v3/client")) return not_allowed(call, "DELETE, POST");
    if (method == "GET") return show_instance(call);
    if (method == "PUT") return update_instance(call);
  }
  if (path == "/ns/instance/beat" && method == "PUT") return beat_instance(call);
  if (path == "/ns/health/instance" && method == "PUT") return set_health(call);
  if (path == "/ns/operator/switches" && method == "PUT") return set_switch(call);
  if (path.starts_with("/ns/service")) return service_call(call);
  if (method != "GET") return no_such_api(call);
  if (path == "/ns/instance/list") return list_instances(call);
  if (path == "/ns/catalog/services") return listed(call, catalog_services);
  if (path == "/ns/catalog/instances") return catalog_instances(call);
  if (path == "/ns/catalog/service") return catalog_service(call);
  return operator_call(call);
}

/// Everybody who reads asks for it again and again: it is rendered when something changed.
HttpResponse Model::listed(const Call& call, HttpResponse (*render)(const Call&)) {
  if (!call.fault.is_none()) return render(call);
  const auto known = rendered_.find(call.target);
  if (known != rendered_.end() && known->second.changes == registry_.changes()) return known->second.answer;
  if (rendered_.size() >= kMostRendered) rendered_.clear();
  HttpResponse answer = render(call);
  rendered_.insert_or_assign(std::string(call.target), Rendered{registry_.changes(), answer});
  return answer;
}

HttpResponse Model::service_call(const Call& call) {
  const std::string& method = call.method;
  if (call.path == "/v3/admin/ns/service/list" && method == "GET") return listed(call, admin_services);
  if (call.path.ends_with("/ns/service/list") && method == "GET") return list_services(call);
  if (call.path.ends_with("/ns/service/subscribers") && method == "GET")
    return success(call, {{"subscribers", Json::array()}, {"count", 0}});
  if (!call.path.ends_with("/ns/service")) return no_such_api(call);
  if (method == "POST") return create_service(call);
  if (method == "PUT") return update_service(call);
  if (method == "DELETE") return remove_service(call);
  return method == "GET" ? show_service(call) : no_such_api(call);
}

HttpResponse Model::operator_call(const Call& call) {
  const std::string& path = call.path;
  if (path == "/v1/ns/operator/metrics") return metrics(call);
  if (path == "/v1/ns/operator/switches") return switches(call, state_);
  if (path == "/v1/console/namespaces") return namespaces(call);
  if (path == "/v1/core/cluster/nodes") return cluster_nodes(call);
  if (path == "/v1/core/cluster/self") return cluster_self(call);
  if (path == "/v1/ns/operator/servers" && call.is_first()) return servers(call);
  if (path == "/v1/ns/raft/leader" && call.is_first()) return text_error(call, 500, "old raft protocol already stop");
  return no_such_api(call);
}

HttpResponse Model::set_switch(const Call& call) {
  // The only switch that changes what the naming API answers; it locks the call that would take it back.
  if (call.parameters.text("entry") == "overriddenServerStatus") set_state(call.parameters.text("value"));
  return ok(call);
}

void Model::restart(syncer::Instant now) {
  registry_.advance(now);
  registry_.restart(now);
  state_.clear();
}

}  // namespace mocksc::nacos
