// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "syncer/base/epoch.h"
#include "syncer/catalog/types.h"
#include "syncer/registry/copy.h"
#include "syncer/registry/record.h"
#include "syncer/replication/removal_guard.h"

namespace syncer::catalog {

/// One registration of a copy in the own registry, as far as we know.
struct CopyState {
  registry::InstanceRef ref;
  bool present = false;
  bool doubtful = false;  ///< its registration was not answered: it may be there
  std::string status;
  registry::Properties properties;
  Instant quiet_until{};  ///< until then our own last write is believed, not the list
};

/// One instance of another region: what it should be and what is there.
struct Origin {
  Bytes payload;  ///< last wanted state; kept while a removal is held back
  bool wanted = false;
  bool removed = false;  ///< its region said that it is gone (unlike: never heard of it)
  bool held = false;     ///< its removal waits for the guard
  bool granted = false;  ///< its removal was let go
  bool busy = false;     ///< a call for it is under way
  bool queued = false;
  bool extras_settled = false;  ///< properties were replaced as wanted; what is more, the registry adds by itself
  std::map<std::string, CopyState> copies;  ///< by copy id
  std::uint32_t failures = 0;
  Instant retry_at{};
  std::string parked;   ///< why the registry refuses it; empty when it does not
  std::string waiting;  ///< why it is not done yet; for people

  bool any_present() const;
  /// Nothing is under way, waits or failed.
  bool at_rest() const;
};

/// A service as other regions describe it.
struct WantedService {
  std::optional<Bytes> payload;
  std::map<std::string, Bytes> schemas;
};

/// Everything known of one other region on the local side.
struct RemoteCopies {
  explicit RemoteCopies(const GuardSettings& settings, Instant now);

  std::map<Bytes, Origin> origins;  ///< by encoded instance key
  std::map<registry::ServiceKey, WantedService> services;
  Epoch epoch;              ///< in which it said last what it holds; new copies are marked with it
  std::size_t present = 0;  ///< origins with at least one copy in the registry
  bool connected = false;
  bool complete = false;
  bool sane = false;
  Instant away_since;      ///< only meaningful while not connected
  bool announced = false;  ///< HoldStarted was reported
  bool expired = false;    ///< away for longer than hold: its copies go
  replication::RemovalGuard guard;
  std::set<Bytes> leaving;  ///< removals that are to be put before the guard
};

/// Reads a record as other regions name it: the reference of a copy in our registry to the origin it belongs to.
Bytes origin_key(const registry::ServiceKey& service, const std::string& instance);

}  // namespace syncer::catalog
