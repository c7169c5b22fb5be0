// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/registry/documents.h"

namespace syncer::registry {

/// The service center refuses larger bodies (since its first version).
inline constexpr std::size_t kMaxRegistration = 5 * 1024;
inline constexpr std::size_t kMaxProperties = 3 * 1024;

/// How an origin instance is to appear in another service center.
struct CopyPlan {
  std::string id;  ///< copy_id of what it was made from
  std::string status;
  Properties properties;  ///< of the origin, with the marks of region and instance
  Duration lease{};
};

/// Id of a copy: the first 32 hexadecimal digits of SHA-256 over the length-prefixed origin region, origin instance id
/// and everything that a service center cannot change in place (endpoints, host name, health check, …). The same
/// origin state gets the same id from every syncer, after any crash: registering it twice is a heartbeat.
std::string copy_id(const std::string& region, const std::string& instance, ByteView payload);

/// Reads a replicated instance payload. Invalid when it is not one.
Result<CopyPlan> plan_copy(const std::string& region, const std::string& instance, ByteView payload);

/// Body that registers the copy; TooLarge when the service center would refuse it.
Result<Bytes> registration_body(const CopyPlan& plan, ByteView payload, const std::string& epoch);
/// Body that replaces the properties of a registered copy; TooLarge as above.
Result<Bytes> properties_body(const CopyPlan& plan, const std::string& epoch);

/// The registered properties are the planned ones (the epoch aside). Some service centers add their own to each
/// instance: those count as equal only with `extras_allowed`.
bool same_properties(const Properties& planned, const Properties& registered, bool extras_allowed);

/// Body that creates a service from its key and payload. Invalid when the payload is not one.
Result<Bytes> service_body(const ServiceKey& key, ByteView payload);
/// Body that replaces a service's properties by those of the payload.
Result<Bytes> service_properties_body(ByteView payload);
/// Properties of a service payload are the same.
bool same_service_properties(ByteView a, ByteView b);

/// Id of the canary of a node: one per (region, node), so that a restart finds its own.
std::string canary_id(const std::string& region, const std::string& node);
/// Body that registers a canary with the given lease parts.
Bytes canary_body(const std::string& id, const CanaryMark& mark);
/// Body that makes a canary ours.
Bytes canary_properties_body(const CanaryMark& mark);

}  // namespace syncer::registry
