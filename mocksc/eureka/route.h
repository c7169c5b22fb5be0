// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"

namespace mocksc::eureka {

/// The calls of the API.
enum class Call : std::uint8_t {
  List,
  Delta,
  App,
  Instance,
  InstanceById,
  Vip,
  SecureVip,
  Register,
  Renew,
  Cancel,
  SetStatus,
  DropStatus,
  AddMetadata,
  ServerStatus,
  Unknown,
};
/// As fault files say it: "list", "register"; "unknown" for Unknown.
std::string_view name(Call call);
syncer::Result<void> check_call(std::string_view name);

/// Where a request goes.
struct Route {
  Call call = Call::Unknown;
  std::string app;   ///< in upper case; a virtual address for those calls
  std::string id;    ///< of the instance
  std::string path;  ///< without the query, as it came
  std::map<std::string, std::string> query;
  std::string allowed;  ///< the methods of the path, when that of the request is not among them
  bool bad = false;     ///< a path that the server in front refuses (an encoded slash)
};
/// `base` is where the API begins; "v2" may follow it.
Route route_of(const syncer::HttpRequest& request, const std::string& base);

}  // namespace mocksc::eureka
