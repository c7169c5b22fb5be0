// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/json/document.h"
#include "syncer/registry/record.h"
#include "syncer/registry/snapshot.h"

namespace syncer::registry::eureka {

/// Tags native parts of this kind on the wire.
inline constexpr std::string_view kNativeKind = "eureka";
/// Application of the syncers' own entries, and of the servers themselves: never replicated.
inline constexpr std::string_view kCanaryApp = "SYNCER";
inline constexpr std::string_view kServerApp = "EUREKA";

/// Where a service's instances are: the neutral names of the service as one text. A Eureka application holds those of
/// several services when these differ in version, group or environment alone.
ServiceRef ref_of(const ServiceKey& key);
/// Undoes ref_of; nothing for texts it did not write.
std::optional<ServiceKey> key_of(const ServiceRef& ref);

/// Ids of copies are recognised, even where somebody replaced the marks: "syncer:", the origin's region, 24 hexadecimal
/// digits of a hash and 8 that follow from all before. An application that takes its host and port as its id, as all
/// clients do, never has such an id.
std::string copy_id_of(const std::string& region, ByteView identity);
bool is_copy_id(std::string_view id);
/// Id of the canary of a node: one per (region, node), so that a restart finds its own.
std::string canary_id(const std::string& region, const std::string& node);

/// An instance as a list or a read by id shows it.
struct SeenInstance {
  ServiceKey service;
  Entry entry;
  std::string app;     ///< as the server calls it
  std::string status;  ///< as the server counts it
  std::uint64_t dirty = 0;
  bool deleted = false;  ///< a delta says that it went
};

/// Reads one instance; nothing when a member that is always there is missing or of another type.
std::optional<SeenInstance> read_instance(const json::Value& document);

/// The native part of a record as whoever read the instance wrote it, with the members that such a part has and no
/// others: a record comes from any region, and says what it likes. Nothing when it is broken.
std::optional<nlohmann::json> read_native_part(ByteView content);

/// How Eureka spells the state of a copy: callers reach it only when it is "UP". A registration cannot turn UP into
/// OUT_OF_SERVICE nor back, so a copy is DOWN instead.
std::string written_status(Status status);

}  // namespace syncer::registry::eureka
