// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/registry/calls.h"

namespace syncer::registry::eureka {

/// Builds the requests of Eureka's API; targets count from where it begins. None carries the header that marks a peer's
/// word: with it a write would stay at one server. A renewal carries no timestamp: a newer one would be refused.
class Requests {
 public:
  /// With a user, every request carries basic authentication.
  Requests(const std::string& user, const std::string& password);

  HttpRequest list() const { return request("GET", "/apps"); }
  HttpRequest delta() const { return request("GET", "/apps/delta"); }
  HttpRequest instance(const std::string& app, const std::string& id) const { return request("GET", path(app, id)); }
  HttpRequest renew(const std::string& app, const std::string& id) const { return request("PUT", path(app, id)); }
  HttpRequest remove(const std::string& app, const std::string& id) const { return request("DELETE", path(app, id)); }
  HttpRequest add(const std::string& app, Bytes body) const;

 private:
  static std::string path(const std::string& app, const std::string& id) {
    return "/apps/" + percent_encode(app) + "/" + percent_encode(id);
  }
  HttpRequest request(const char* method, std::string target) const;

  std::string authorization_;
};

/// What an answer means, by the errors of registry/driver.h.
Result<void> success_of(const RawAnswer& raw);
/// The answer of a server that knows no such instance, and not of something in front of it.
bool says_absent(const HttpResponse& answer);

}  // namespace syncer::registry::eureka
