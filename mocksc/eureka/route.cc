// SPDX-License-Identifier: Apache-2.0
#include "mocksc/eureka/route.h"

#include <algorithm>
#include <array>
#include <vector>

#include "mocksc/eureka/instance.h"
#include "syncer/base/nearest.h"

namespace mocksc::eureka {
namespace {

constexpr std::array<std::string_view, 15> kNames = {
    "list",  "delta",  "app",    "instance",    "instance_by_id", "vip",           "svip",   "register",
    "renew", "cancel", "status", "drop_status", "metadata",       "server_status", "unknown"};

std::vector<std::string> segments_of(std::string_view path, bool& bad) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view raw = path.substr(0, end);
    bad = bad || raw.find("%2F") != std::string_view::npos || raw.find("%2f") != std::string_view::npos;
    if (!raw.empty()) segments.push_back(syncer::percent_decode(raw, false));
    path.remove_prefix(end);
  }
  return segments;
}

std::map<std::string, std::string> query_of(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    query.try_emplace(syncer::percent_decode(pair.substr(0, equals), true), syncer::percent_decode(value, true));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return query;
}

/// One path and what each method does there.
struct Methods {
  std::map<std::string_view, Call> calls;
  std::string_view allowed;
};

void choose(Route& route, const std::string& method, const Methods& methods) {
  const auto found = methods.calls.find(method == "HEAD" ? "GET" : method);
  if (found == methods.calls.end())
    route.allowed = methods.allowed;
  else
    route.call = found->second;
}

void route_apps(Route& route, const std::string& method, const std::vector<std::string>& rest) {
  if (rest.empty()) return choose(route, method, {{{"GET", Call::List}}, "GET,OPTIONS"});
  if (rest.size() == 1 && rest[0] == "delta") return choose(route, method, {{{"GET", Call::Delta}}, "GET,OPTIONS"});
  route.app = upper(rest[0]);
  if (rest.size() == 1) {
    return choose(route, method, {{{"GET", Call::App}, {"POST", Call::Register}}, "POST,GET,OPTIONS"});
  }
  route.id = rest[1];
  if (rest.size() == 2) {
    return choose(
        route, method,
        {{{"GET", Call::Instance}, {"PUT", Call::Renew}, {"DELETE", Call::Cancel}}, "DELETE,GET,OPTIONS,PUT"});
  }
  if (rest.size() == 3 && rest[2] == "status") {
    return choose(route, method, {{{"PUT", Call::SetStatus}, {"DELETE", Call::DropStatus}}, "DELETE,OPTIONS,PUT"});
  }
  if (rest.size() == 3 && rest[2] == "metadata") choose(route, method, {{{"PUT", Call::AddMetadata}}, "OPTIONS,PUT"});
}

}  // namespace

std::string_view name(Call call) { return kNames[static_cast<std::size_t>(call)]; }

syncer::Result<void> check_call(std::string_view name) {
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return {};
  return syncer::failure(syncer::ErrorCode::Invalid, "",
                         "unknown operation \"" + std::string(name) + "\"" + syncer::did_you_mean(name, kNames));
}

Route route_of(const syncer::HttpRequest& request, const std::string& base) {
  Route route;
  const std::size_t question = std::min(request.target.find('?'), request.target.size());
  route.path = request.target.substr(0, question);
  if (question < request.target.size()) route.query = query_of(std::string_view(request.target).substr(question + 1));
  if (!route.path.starts_with(base + "/")) return route;
  std::vector<std::string> segments = segments_of(std::string_view(route.path).substr(base.size()), route.bad);
  if (!segments.empty() && segments.front() == "v2") segments.erase(segments.begin());
  if (segments.empty()) return route;
  const std::string first = segments.front();
  const std::vector<std::string> rest(segments.begin() + 1, segments.end());
  if (first == "apps") {
    route_apps(route, request.method, rest);
  } else if (first == "status" && rest.empty()) {
    choose(route, request.method, {{{"GET", Call::ServerStatus}}, "GET,OPTIONS"});
  } else if (rest.size() == 1 && first == "instances") {
    route.id = rest[0];
    choose(route, request.method, {{{"GET", Call::InstanceById}}, "GET,OPTIONS"});
  } else if (rest.size() == 1 && (first == "vips" || first == "svips")) {
    route.app = rest[0];
    choose(route, request.method, {{{"GET", first == "vips" ? Call::Vip : Call::SecureVip}}, "GET,OPTIONS"});
  }
  return route;
}

}  // namespace mocksc::eureka
