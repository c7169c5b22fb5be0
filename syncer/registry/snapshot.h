// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "syncer/base/boxed.h"
#include "syncer/base/shared_text.h"
#include "syncer/base/time.h"
#include "syncer/registry/record.h"
#include "syncer/registry/sizes.h"

namespace syncer::registry {

/// Where a service is in one registry; the texts mean something to its kind alone.
struct ServiceRef {
  SharedText space;
  SharedText id;
  auto operator<=>(const ServiceRef&) const = default;
};

/// One entry of one registry; the texts mean something to its kind alone.
struct EntryId {
  SharedText space;
  SharedText service;
  SharedText id;
  auto operator<=>(const EntryId&) const = default;
  ServiceRef owner() const { return {space, service}; }
};

/// Text by name, as applications and syncers attach it to an entry.
using Metadata = std::map<std::string, std::string>;
/// What belongs to a service and only its own kind of registry can read, by name: "" is the service's own record.
using Attachments = std::map<std::string, Bytes>;

/// Where a copy comes from, as its entry is marked.
struct CopyMark {
  std::string region;
  std::string instance;
  std::string epoch;      ///< of its region, when the copy was written; later ones that brought no change leave it
  std::string seal = {};  ///< signature, where there is a key; see MarkSeal
  bool operator==(const CopyMark&) const = default;
};

/// Which syncer registered a canary, as its entry is marked.
struct CanaryMark {
  std::string region;
  std::string node;
  std::string run;
  std::uint64_t count = 0;  ///< grows with what the syncer sees registered: less than before is an older state
  std::string seal = {};    ///< signature, where there is a key; see MarkSeal
  bool operator==(const CanaryMark&) const = default;
};

/// A service as a reading shows it.
struct ServiceState {
  ServiceKey name;
  Bytes record;           ///< what is replicated of it; empty when the kind has none
  std::string revision;   ///< another one when anything of it may have changed
  bool internal = false;  ///< the syncers' own: never replicated
  bool has_attachments = false;
};

/// What of an entry a copy is compared with its origin by.
struct Shape {
  std::string status;
  Metadata metadata;                   ///< only of copies, without the epoch's mark
  std::vector<std::string> endpoints;  ///< only of copies
};

using SharedShape = std::shared_ptr<const Shape>;
inline const SharedShape& no_shape() {
  static const SharedShape kNone = std::make_shared<const Shape>();
  return kNone;
}

inline SharedShape share(Shape shape) { return std::make_shared<const Shape>(std::move(shape)); }

/// An entry as a reading shows it.
struct Entry : Shape {
  SharedText id;       ///< never empty
  SharedText service;  ///< id of its service
  Duration lease{};
  /// Another one when the entry was registered anew, be it under the same id; empty where a kind knows none.
  std::string registration;
  /// When that was, and of a canary when its mark was written, in seconds of the registry's own clock: only differences
  /// between entries mean something.
  std::optional<std::int64_t> registered_at;
  Boxed<CopyMark> copy;      ///< set on copies
  Boxed<CanaryMark> canary;  ///< set on canaries
  Bytes payload;             ///< what is replicated of it; empty for copies and canaries
};
/// An entry as it was read; shared by all who keep it.
using SharedEntry = std::shared_ptr<const Entry>;

/// Registered by an application, not by a syncer.
inline bool is_native(const Entry& entry) { return !entry.copy && !entry.canary; }

/// An entry as the last reading showed it.
struct SeenEntry {
  SharedEntry entry;
  std::uint64_t reading = 0;  ///< number of the last list that named it
  bool missing = false;       ///< a native one that a later reading left out; kept until its absence is confirmed
};

using SeenEntries = std::map<SharedText, SeenEntry, std::less<>>;

/// A service as the last reading showed it.
struct SeenService {
  ServiceState state;
  bool listed = true;
  SeenEntries entries;  ///< by id
  std::size_t natives = 0;
};

/// Something a reading showed to be new, changed or absent.
struct Change {
  enum class Kind : std::uint8_t {
    ServiceChanged,
    NativeSeen,
    NativeMissing,  ///< not in a list it was in: a hint, not a fact
    CopySeen,
    CopyMissing,
    CanarySeen,
    CanaryMissing,
  };
  Kind kind = Kind::ServiceChanged;
  EntryId entry;       ///< its id is empty for a service
  ServiceKey service;  ///< only for a service
};

/// What the own registry holds, by its last readings. Drivers write it; only differences leave it, as changes.
class Snapshot {
 public:
  const SeenService* service(const ServiceRef& ref) const;
  /// The service of that natural key; nullptr when it was never listed.
  const ServiceRef* find(const ServiceKey& name) const;
  const SeenEntry* entry(const EntryId& id) const;
  /// The entry that is known, where `fresh` says nothing else: what is read again and again need not be kept twice.
  SharedEntry known(const ServiceRef& owner, SharedEntry fresh) const;
  const std::map<ServiceRef, SeenService>& services() const { return services_; }

  /// Notes one element of a service list.
  void put_service(const ServiceRef& ref, ServiceState state);
  /// Notes all that an answer says about one known service's entries; with `complete` those not named are missing.
  void put_entries(const ServiceRef& ref, const std::vector<SharedEntry>& entries, bool complete);
  void set_listed(const ServiceRef& ref, bool listed);
  /// Drops an entry whose absence is confirmed.
  void erase(const EntryId& id);
  /// Drops a service that is neither listed nor has entries; false when it stays.
  bool erase_if_gone(const ServiceRef& ref);

  /// What changed since the last call.
  /// Adds what is known.
  void fill(Sizes& sizes) const;

  std::vector<Change> take_changes() { return std::exchange(changes_, {}); }

 private:
  void put_entry(const ServiceRef& ref, SeenService& service, const SharedEntry& entry);
  void forget_name(const ServiceKey& name, const ServiceRef& ref);
  void miss(const ServiceRef& ref, SeenService& service, const SharedText& id);

  std::map<ServiceRef, SeenService> services_;
  std::map<ServiceKey, ServiceRef> by_name_;
  std::vector<Change> changes_;
  std::uint64_t readings_ = 0;
};

}  // namespace syncer::registry
