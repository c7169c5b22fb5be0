// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/time.h"
#include "syncer/registry/json_text.h"
#include "syncer/registry/record.h"

namespace syncer::registry {

/// Where a copy comes from, as written into its properties.
struct CopyMark {
  std::string region;
  std::string instance;
  std::string epoch;  ///< of its region, when the copy was written; later ones that brought no change leave it
  bool operator==(const CopyMark&) const = default;
};

/// Which syncer registered a canary, as written into its properties.
struct CanaryMark {
  std::string region;
  std::string node;
  std::string run;
  bool operator==(const CanaryMark&) const = default;
};

/// A microservice as one service center holds it.
struct ServiceDocument {
  std::string id;  ///< this service center's id, never empty
  ServiceKey key;
  std::string alias;
  std::string modified;              ///< modTimestamp as it came
  std::vector<std::string> schemas;  ///< sorted
  Bytes payload;                     ///< canonical; what is replicated
};

/// An instance as one service center holds it.
struct InstanceDocument {
  std::string id;  ///< never empty
  std::string service_id;
  std::string status;
  Properties properties;  ///< of copies and canaries; those of others are in the payload alone
  Duration lease{};
  std::optional<CopyMark> copy;      ///< set on copies
  std::optional<CanaryMark> canary;  ///< set on canaries
  Bytes payload;                     ///< canonical; what is replicated; empty for copies and canaries
};

/// A contract. `has_content` is false for an id that is only listed.
struct SchemaDocument {
  std::string id;
  bool has_content = false;
  Bytes payload;  ///< canonical {"schema","summary"}; also the body that writes it
};

/// Reads one element of a service list. Nothing when the id or the name is missing or a member has the wrong type.
std::optional<ServiceDocument> read_service(const json::Value& document, const std::string& domain,
                                            const std::string& project);
/// Reads one element of an instance list; nothing as above.
std::optional<InstanceDocument> read_instance(const json::Value& document);
/// Reads one element of a schema list; nothing as above.
std::optional<SchemaDocument> read_schema(const json::Value& document);

/// Lease of a health check as the service center counts it: interval x (times + 1), 120 s when there is none.
Duration lease_of(const json::Value& instance);
/// The registry's own service (SERVICECENTER) and the syncers': never replicated.
bool is_infrastructure(const ServiceKey& key, const std::string& alias);

/// Natural key of the service that canaries live under.
ServiceKey canary_service(const std::string& domain, const std::string& project);

}  // namespace syncer::registry
