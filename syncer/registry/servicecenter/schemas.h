// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>

#include "syncer/registry/driver.h"
#include "syncer/registry/servicecenter/requests.h"

namespace syncer::registry::servicecenter {

/// Reads the contracts of exported services: once, whenever the service's record changes, and every few minutes,
/// because a changed content alone leaves no trace in the record.
class Schemas {
 public:
  Schemas(const DriverContext& context, const Requests& requests) : context_(context), requests_(requests) {}

  /// The service is exported and new, or its record changed.
  void read_soon(Instant now, const ServiceRef& ref) { schedule(now, ref); }
  void advance(Instant now);
  Instant next_deadline() const { return due_.empty() ? kNever : due_.begin()->first; }
  /// Every exported service was asked once.
  bool caught_up() const { return first_.empty(); }

 private:
  void schedule(Instant due, const ServiceRef& ref);
  void read(Instant now, const ServiceRef& ref);
  void on_answer(Instant now, const ServiceRef& ref, const RawAnswer& raw);

  const DriverContext& context_;
  const Requests& requests_;
  std::map<ServiceRef, Instant> when_;  // kNever while its call is under way
  std::set<std::pair<Instant, ServiceRef>> due_;
  std::set<ServiceRef> first_;  // never answered yet
  std::set<ServiceRef> known_;
  std::set<ServiceRef> again_;  // changed while its call was under way
};

}  // namespace syncer::registry::servicecenter
