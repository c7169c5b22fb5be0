// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "syncer/base/http_message.h"

namespace test {

/// One blocking request, which takes answers of the type `accept` (empty: any); nothing when nobody answers.
/// Connections are kept alive, one an origin and thread.
std::optional<syncer::HttpResponse> request(const std::string& method, const std::string& origin,
                                            const std::string& target, const std::string& body = "",
                                            const std::string& accept = "");

/// An application's view of a service center: what its v4 API promises, without a syncer's tricks.
class ServiceCenter {
 public:
  explicit ServiceCenter(std::string origin) : origin_(std::move(origin)) {}

  /// Id of the service of that name (application "shop", version 1.0.0), registered if it is not.
  std::string register_service(const std::string& name) const;
  /// Id of a new instance with one endpoint.
  std::string register_instance(const std::string& service_id, const std::string& endpoint) const;
  bool remove_instance(const std::string& service_id, const std::string& instance_id) const;
  /// Endpoints of all instances of the service of that name; empty when the service is unknown or nobody answers.
  std::set<std::string> endpoints(const std::string& name) const;
  /// The same of each instance by itself: equal ones show a doubled instance.
  std::multiset<std::string> all_endpoints(const std::string& name) const;
  const std::string& origin() const { return origin_; }

 private:
  std::string origin_;
};

}  // namespace test
