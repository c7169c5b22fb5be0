// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/mark_seal.h"

namespace syncer::registry::eureka {

/// A server takes instances of any size and then sends them along with every list: larger registrations are refused
/// here.
inline constexpr std::size_t kMaxRegistration = 16 * 1024;
/// Of copies and canaries: a server counts on renewals each 30 s, and on leases of three of them.
inline constexpr Duration kLease = std::chrono::seconds(90);

/// The native part answers where the changed neutral part does; see Kinds::Adapt.
Result<void> adapt_native(InstanceRecord& record, const Instance& former);
/// How a record of any kind is to appear here. Invalid when it is none, or has no endpoint that this kind has a place
/// for: one of HTTP that can be reached from elsewhere.
///
/// The id of a copy follows from its origin's region, instance id and endpoints, so that other endpoints are another
/// registration beside the former one.
Result<CopyPlan> plan_copy(const std::string& region, const std::string& instance, ByteView payload);

/// Body that registers the copy, or replaces what is there with a timestamp of at least `dirty`; 0: the server's own
/// clock. Its marks are signed. TooLarge over kMaxRegistration.
Result<Bytes> registration_body(const ServiceKey& service, const CopyPlan& plan, ByteView payload,
                                const std::string& epoch, std::uint64_t dirty, const MarkSeal& seal);
/// The same for a canary.
Bytes canary_body(const std::string& id, CanaryMark mark, std::uint64_t dirty, const MarkSeal& seal);

}  // namespace syncer::registry::eureka
