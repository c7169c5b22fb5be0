// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/bridge.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "syncer/base/endpoint.h"

namespace syncer::config {
namespace {

/// A key of the far side, and the one that says it to the operator.
using Own = std::pair<std::string_view, std::string_view>;
constexpr std::array<Own, 10> kOwn = {{
    {"sc-addr", "bridge"},
    {"registry.projects", "bridge.projects"},
    {"registry.user", "bridge.user"},
    {"registry.password-file", "bridge.password-file"},
    {"registry.token-file", "bridge.token-file"},
    {"registry.ca-file", "bridge.ca-file"},
    {"registry.cert-file", "bridge.cert-file"},
    {"registry.key-file", "bridge.key-file"},
    {"tls.cert-file", "bridge.tls.cert-file"},
    {"tls.key-file", "bridge.tls.key-file"},
}};
/// What follows from others on each side, or is there once in a process.
constexpr std::array<std::string_view, 7> kDerived = {"registry.kind",   "gossip.address", "rpc.address",
                                                      "join-addr",       "admin.socket",   "admin.socket-group",
                                                      "admin.token-file"};
/// Where nobody chose them, the ports of the far side are those of the near one and this.
constexpr std::uint16_t kPortsApart = 5;

const std::string& default_of(std::string_view name) {
  const auto& all = keys();
  return std::find_if(all.begin(), all.end(), [&](const Key& key) { return key.name == name; })->default_value;
}

bool is_given(const Value& value) { return value.origin != "default" && !value.text.empty(); }

tl::unexpected<Error> wrong(const Values& values, const std::string& key, std::string detail) {
  const std::string& origin = values.at(key).origin;
  return failure(ErrorCode::Invalid, origin == "default" || origin == "derived" ? key : origin, std::move(detail));
}

/// The address of the far side's listener: as given, else beside that of the near side.
Result<Value> beside(const Values& values, const std::string& key) {
  const Value& own = values.at("bridge." + key);
  if (is_given(own)) {
    if (own.text != values.at(key).text || own.text.ends_with(":0")) return own;
    return wrong(values, "bridge." + key, "is the address of --" + key);
  }
  auto address = parse_endpoint(values.at(key).text);
  if (!address) return tl::unexpected(address.error());
  const std::string origin = "--bridge." + key;
  if (address->port == 0) return Value{values.at(key).text, origin};
  if (address->port > 65535 - kPortsApart)
    return wrong(values, key, "leaves no port for the bridge; give --bridge." + key);
  address->port = static_cast<std::uint16_t>(address->port + kPortsApart);
  return Value{to_string(*address), origin};
}

Result<void> check(const Values& values) {
  if (values.at("mode").text == "cluster") {
    return wrong(values, "bridge",
                 "needs --mode single: a bridge is one syncer for two registries; in cluster mode start a cluster at "
                 "each of them");
  }
  if (values.at("bridge").text == values.at("sc-addr").text)
    return wrong(values, "bridge", "is the registry of --sc-addr itself");
  if (values.at("tls.ca-file").text.empty() || is_given(values.at("bridge.tls.cert-file"))) return {};
  return wrong(values, "bridge",
               "needs --bridge.tls.cert-file and --bridge.tls.key-file: its region has a certificate of its own");
}

}  // namespace

Result<Values> bridge_values(const Values& values) {
  if (const auto valid = check(values); !valid) return tl::unexpected(valid.error());
  Values far = values;
  for (const auto& [key, own] : kOwn) {
    const Value& value = values.at(std::string(own));
    far[std::string(key)] = is_given(value) ? value : Value{default_of(key), "default"};
  }
  for (const std::string_view key : kDerived) far[std::string(key)] = {default_of(key), "default"};
  for (const char* key : {"admin-addr", "metrics-addr", "bridge"}) far[key] = {"", "default"};
  for (const char* key : {"bind-addr", "rpc-addr"}) {
    auto address = beside(values, key);
    if (!address) return tl::unexpected(address.error());
    far[key] = std::move(*address);
  }
  far["node"] = {values.at("node").text + "-bridge", "derived"};
  const Value& region = values.at("bridge.region");
  far["cluster-name"] = is_given(region) ? region : Value{values.at("cluster-name").text + "-bridge", "derived"};
  if (far["cluster-name"].text == values.at("cluster-name").text)
    return wrong(values, "bridge.region", "is the name of the region that the bridge begins in");
  far["data-dir"] = {values.at("data-dir").text + "/BRIDGE", "derived"};
  return far;
}

}  // namespace syncer::config
