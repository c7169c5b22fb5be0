// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "syncer/base/time.h"

namespace mocksc::nacos {

inline constexpr const char* kDefaultGroup = "DEFAULT_GROUP";
inline constexpr const char* kDefaultCluster = "DEFAULT";

/// What names a service in a server. An empty space is "public".
struct ServiceName {
  std::string space;
  std::string group = kDefaultGroup;
  std::string name;
  auto operator<=>(const ServiceName&) const = default;
  /// "group@@name".
  std::string full() const { return group + "@@" + name; }
};

/// Texts by name; nothing stands for a JSON null.
using Metadata = std::map<std::string, std::optional<std::string>>;

/// Who holds an instance: a caller of the HTTP API, the store of persistent ones, or a connection of a 2.x SDK.
enum class Holder : std::uint8_t { Beats, Store, Connection };

struct Instance {
  std::string ip;
  std::int64_t port = 0;
  std::string cluster = kDefaultCluster;
  double weight = 1.0;
  bool enabled = true;
  bool healthy = true;
  Holder holder = Holder::Beats;
  Metadata metadata;
  std::string id;  ///< as shown; empty where the call that registered it leaves it out
  syncer::Instant last_beat{};
  syncer::Instant created{};
  syncer::Instant check_at = syncer::kNever;  ///< when its lease is looked at next

  bool is_ephemeral() const { return holder != Holder::Store; }
};

/// Times of an instance's lease, which its metadata may set.
struct BeatTimes {
  std::int64_t interval_ms = 5000;
  std::int64_t timeout_ms = 15000;
  std::int64_t delete_ms = 30000;
};
BeatTimes beat_times(const Metadata& metadata);

/// "ip#port#cluster#group@@name".
std::string instance_id(const Instance& instance, const ServiceName& service);

/// What an operator set by PUT: lies over what the client said (2.x on).
struct OperatorData {
  Metadata metadata;
  bool enabled = true;
  double weight = 1.0;
  syncer::Instant forget = syncer::kNever;  ///< runs while the instance is not there
};

}  // namespace mocksc::nacos
