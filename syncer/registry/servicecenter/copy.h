// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/servicecenter/documents.h"

namespace syncer::registry::servicecenter {

/// The service center refuses larger bodies (since its first version).
inline constexpr std::size_t kMaxRegistration = 5 * 1024;
inline constexpr std::size_t kMaxProperties = 3 * 1024;

/// Reads a replicated instance payload of any kind. Invalid when it is not one.
///
/// The id of a copy is copy_id_of() over the length-prefixed origin region, origin instance id and everything that a
/// service center cannot change in place (endpoints, host name, health check, …; properties of more than
/// kMaxProperties). The same origin state gets the same id from every syncer, after any crash: registering it twice is
/// a heartbeat.
Result<CopyPlan> plan_copy(const std::string& region, const std::string& instance, ByteView payload);

/// TooLarge when a registration of the copy would be refused, whatever its epoch.
Result<void> check_copy(const std::string& region, const std::string& instance, ByteView payload);
/// Body that registers the copy, with a mark of that epoch and its signature (empty for none); TooLarge when the
/// service center would refuse it. It has the members that the service center knows and no other, in its own spelling:
/// its decoder takes "InstanceID" for "instanceId".
Result<Bytes> registration_body(const CopyPlan& plan, ByteView payload, const std::string& epoch,
                                const std::string& seal);
/// Body that replaces the properties of a registered copy; TooLarge as above.
Result<Bytes> properties_body(const CopyPlan& plan, const std::string& epoch, const std::string& seal);

/// Body that creates a service from its key and its document. Invalid when that is no JSON object.
Result<Bytes> service_body(const ServiceKey& key, ByteView payload);
/// A service's document says that no application made it: a syncer did.
bool is_made_by_syncer(ByteView document);
/// Body that replaces a service's properties by those of the document.
Result<Bytes> service_properties_body(ByteView payload);
/// Two documents of a service have the same properties.
bool same_service_properties(ByteView a, ByteView b);

/// As canary_body asks for.
inline constexpr Duration kCanaryLease = std::chrono::seconds(20);

/// Body that registers a canary with the given lease parts. Marks come with their signature, if any.
Bytes canary_body(const std::string& id, const CanaryMark& mark);
/// Body that makes a canary ours.
Bytes canary_properties_body(const CanaryMark& mark);

/// plan_copy() with a memory: a copy is compared with its origin several times while it is being written. A plan
/// depends on nothing but what is asked with, so a remembered one is never outdated; there is room for a fixed number.
class PlanMemo {
 public:
  /// As plan_copy().
  Result<SharedPlan> plan(const std::string& region, const std::string& instance, ByteView payload);
  std::size_t size() const { return slots_.size(); }
  static constexpr std::size_t kSlots = 1024;

 private:
  struct Slot {
    Hash128 print;  ///< of all that was asked with
    SharedPlan plan;
  };
  std::map<std::uint64_t, Slot> slots_;  // by hash of the name, modulo kSlots
};

}  // namespace syncer::registry::servicecenter
