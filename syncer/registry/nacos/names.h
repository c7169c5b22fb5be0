// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "syncer/base/result.h"
#include "syncer/registry/record.h"
#include "syncer/registry/snapshot.h"

namespace syncer::registry::nacos {

inline constexpr const char* kDefaultGroup = "DEFAULT_GROUP";
inline constexpr const char* kDefaultCluster = "DEFAULT";
inline constexpr const char* kCanaryGroup = "syncer";
inline constexpr const char* kCanaryName = "SYNCER";

/// A service as a server names it. An empty space is "public".
struct Service {
  std::string space;
  std::string group = kDefaultGroup;
  std::string name;
  auto operator<=>(const Service&) const = default;
  /// "group@@name", which every call of v1 takes.
  std::string full() const { return group + "@@" + name; }
};

/// What makes an instance one in its service. From 2.x on the cluster is no part of it: whoever registers the same ip
/// and port in another cluster moves it.
struct Address {
  std::string cluster = kDefaultCluster;
  std::string ip;
  std::uint16_t port = 0;
  auto operator<=>(const Address&) const = default;
};

/// The id of the space that a configured project names: "default" and "public" are the one that is always there.
std::string space_of(const std::string& project);

/// "DEFAULT#10.0.0.1#80", and back; nothing for what is no such id.
std::string entry_id(const Address& address);
std::optional<Address> address_of(const std::string& entry_id);

/// Where a service of that neutral name is in a server.
Service service_of(const ServiceKey& key);
/// The neutral name of a server's service, of which an instance has that version.
ServiceKey key_of(const Service& service, const std::string& version);
/// The entries of one service of a server that belong to one neutral name: `key` tells which, in short where the
/// server's name and the version say everything.
ServiceRef ref_of(const Service& service, const ServiceKey& key);
/// The server's service behind a reference; nothing for what ref_of did not make.
std::optional<Service> service_behind(const ServiceRef& ref);

/// Servers of every release take these names. Refused with the reason otherwise.
Result<void> check_names(const Service& service);

/// The service in which syncers register themselves.
inline bool is_canary_service(const Service& service) {
  return service.group == kCanaryGroup && service.name == kCanaryName;
}

}  // namespace syncer::registry::nacos
