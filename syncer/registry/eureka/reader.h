// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "syncer/json/document.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/eureka/documents.h"
#include "syncer/registry/eureka/requests.h"
#include "syncer/registry/poll_cycle.h"

namespace syncer::registry::eureka {

/// Reads a Eureka server: all of it at first, each few minutes and whenever something does not add up; between that
/// only what changed lately. A list proves itself by the counts of states in its hash code: one that was cut, edited or
/// made up by something in front of the server does not add up.
class Reader {
 public:
  Reader(const DriverContext& context, const Requests& requests) : context_(context), requests_(requests) {}

  void poll(Instant now);
  /// The next reading is of everything.
  void distrust() { last_full_.reset(); }
  /// The service may have no entries left.
  void forget_if_gone(const ServiceRef& service);

  /// Timestamp of an instance as it was last seen; 0 for one that was not.
  std::uint64_t dirty_of(const EntryId& entry) const;
  /// Another spelling of the name under which this application holds copies; empty when there is none.
  std::string other_spelling(const ServiceKey& service) const;

 private:
  using Name = std::pair<std::string, std::string>;  ///< application as the server calls it, id
  struct Known {
    ServiceKey service;
    ServiceRef ref;
    SharedEntry entry;
    std::string status;
    std::uint64_t dirty = 0;
  };
  /// The elements of a list, as far as they could be read.
  struct Listed {
    std::string hash;
    std::map<Name, SeenInstance> instances;
    bool whole = true;  ///< every element could be read
  };

  void ask_for_all(Instant now);
  void ask_for_changes(Instant now);
  void on_all(Instant now, const RawAnswer& raw);
  void on_changes(Instant now, const RawAnswer& raw);
  static Result<Listed> read(const RawAnswer& raw);
  void put(const Name& name, SeenInstance seen, std::set<ServiceRef>& touched);
  void remove(std::map<Name, Known>::iterator known, std::set<ServiceRef>& touched);
  void show(const std::set<ServiceRef>& touched);
  std::string hash() const;
  bool wants_all(Instant now) const;

  const DriverContext& context_;
  const Requests& requests_;
  std::map<Name, Known> known_;
  std::map<ServiceRef, std::map<Name, SharedEntry>> by_service_;
  std::map<std::string, std::uint64_t> counts_;  ///< of states
  std::optional<Instant> last_full_;
  Instant no_changes_until_{};  ///< the server refuses to tell them alone
  std::string last_delta_;  ///< as it came; equal text brings nothing new
};

}  // namespace syncer::registry::eureka
