// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace e2e {

/// An application's view of a registry of any kind, the same service in all of them: without application or group, one
/// HTTP endpoint at port 8080 for each instance, which its IP names.
class Shop {
 public:
  virtual ~Shop() = default;
  /// False when the registry refuses.
  virtual bool add(const std::string& ip) = 0;
  virtual bool renew(const std::string& ip) = 0;
  virtual bool remove(const std::string& ip) = 0;
  /// The IPs of all instances that callers find, a doubled one twice; nothing when nobody answers.
  virtual std::multiset<std::string> shown() const = 0;
  bool shows(const std::string& ip) const { return shown().count(ip) > 0; }
  /// As `--sc-addr` and `--bridge` take it.
  virtual std::string address() const = 0;
};

/// "servicecenter", "eureka" or "nacos" at "http://HOST:PORT"; the service's name is in lower case.
std::unique_ptr<Shop> make_shop(const std::string& kind, const std::string& origin,
                                const std::string& service = "orders");

/// Flags of a mock of that kind that shows at once what it can show at once.
std::vector<std::string> prompt_mock(const std::string& kind);

}  // namespace e2e
