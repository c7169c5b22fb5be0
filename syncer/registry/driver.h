// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/random.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/ports/observer.h"
#include "syncer/registry/calls.h"
#include "syncer/registry/mark_seal.h"
#include "syncer/registry/record.h"
#include "syncer/registry/sizes.h"
#include "syncer/registry/snapshot.h"

namespace syncer::registry {

class PollCycle;

/// What a kind of registry can do and how fast it is. The same for the whole life of a driver.
struct Traits {
  /// How long lists may show what was before a write; within it an own write is believed, not the list.
  Duration read_lag{};
  /// How long a list may go on showing what the registry's store has lost.
  Duration ghost_time{};
  /// How long a read by id may show what was before a write.
  Duration write_lag{};
  /// A change in place that follows another write of the same entry sooner may undo it.
  Duration change_gap{};
  Duration canary_lease{};
  /// The canary's mark is written again this long after it was written last, where only a change makes a list anew.
  /// Zero: it is not.
  Duration canary_pace{};
  std::size_t renew_batch = 1;      ///< leases renewed by one request
  bool chooses_id = false;          ///< who registers chooses the id; otherwise the registry does
  bool endpoints_in_place = false;  ///< endpoints of a registration can be changed; otherwise a new one replaces it
  bool changes_whole = false;       ///< a change writes status and properties alike, whichever it is made for
};

/// How a record of another region is to appear in this registry. Depends on the record alone, so that every syncer,
/// after any crash, plans the same.
struct CopyPlan {
  std::string id;  ///< of the registration; empty when the registry chooses it
  std::string status;
  std::vector<std::string> endpoints;  ///< only for kinds that change them in place
  Metadata metadata;                   ///< of the origin, with the marks (marks.h), without that of the epoch
  Duration lease{};
  bool foreign = false;  ///< the record is of another kind: what is attached to its service cannot be read here
  bool properties_in_place = true;  ///< otherwise the registration has to be replaced for other properties
};
using SharedPlan = std::shared_ptr<const CopyPlan>;

/// A copy that is to be registered or changed. Borrowed for the time of the call.
struct CopyWrite {
  const ServiceKey& service;
  const CopyPlan& plan;
  ByteView payload;          ///< of the record the plan was made from
  const std::string& epoch;  ///< of its region, for the mark
};

/// What of a registration is changed in place.
enum class Aspect : std::uint8_t { Status, Properties, Endpoints };
/// "status", "properties" or "endpoints", as events name it.
std::string_view name(Aspect aspect);

/// What a read by id, past all caches, says of an entry.
enum class Presence : std::uint8_t { Present, Absent, Unknown };
struct Confirmation {
  Presence presence = Presence::Unknown;
  SharedEntry entry = {};  ///< as the store holds it; only of a present one
};
/// What a renewal says of a lease.
enum class Beat : std::uint8_t { Renewed, Lost, Unknown };

/// What a driver asks of its owner and reports to it.
class DriverOwner {
 public:
  virtual ~DriverOwner() = default;
  /// The service has exported instances: its attachments are to be read.
  virtual bool exports(const ServiceKey& service) const = 0;
  /// All attachments of a service, as the registry holds them.
  virtual void attachments_read(Instant now, const ServiceKey& service, const Attachments& attachments) = 0;
  /// What other regions attach to a service, of every kind.
  virtual Attachments desired_attachments(const ServiceKey& service) const = 0;
  /// What prepare() says of this service may be another now.
  virtual void preparation_changed(Instant now, const ServiceKey& service) = 0;
};

/// Everything a driver works with; the references outlive it.
struct DriverContext {
  const RegistrySettings& settings;
  Calls& calls;
  PollCycle& cycle;
  Snapshot& snapshot;
  DriverOwner& owner;
  Observer& observer;
  Random random;
  const MarkSeal& marks = kOpenMarks;  ///< signs what the driver writes beside copies and canaries
};

/// One kind of registry. A driver turns intentions into requests and answers into facts; it decides nothing about
/// regions, copies or guards. It has no clock and no sockets: requests leave through `Calls`, answers come back to the
/// function given with them, and time is an argument.
///
/// Errors of every operation, by code: NotFound (the entry, or what it belongs to, is not there), Refused or TooLarge
/// (asking again will not help soon), Unreachable, Timeout or Corrupt (nobody knows whether it took effect). Each
/// operation may be repeated: put() of what is there already is a renewal, remove() of what is gone is NotFound.
/// A `Done` is called exactly once, possibly before the operation returns, unless the calls are forgotten.
class Driver {
 public:
  template <class T>
  using Answered = std::function<void(Instant now, T answer)>;
  using Done = Answered<const Result<void>&>;
  using DoneWithId = Answered<const Result<EntryId>&>;
  using BeatSink = std::function<void(Instant now, const EntryId& entry, Beat beat)>;

  virtual ~Driver() = default;
  virtual const Traits& traits() const = 0;

  // Reading
  /// Reads everything once, past all caches if the cycle says so; what it finds goes into the snapshot, how it went
  /// into the cycle.
  virtual void poll(Instant now) = 0;
  /// Asks for one entry by its id.
  virtual void confirm(Instant now, const EntryId& entry, Answered<const Confirmation&> done) = 0;
  /// A list that left out an entry of this service was proven wrong: nothing remembered of it counts.
  virtual void distrust(const ServiceRef& service) = 0;
  /// The entry's absence was confirmed and it left the snapshot; its service may be gone with it.
  virtual void dropped(const EntryId& entry) = 0;
  /// Asks what lies behind one address, whichever is in use.
  virtual void probe(Instant now, const std::string& address, Answered<bool> healthy) = 0;

  // Attachments of own services
  /// The service is exported and new, or its own record changed: its attachments are read, now and again.
  virtual void follow(Instant now, const ServiceRef& service) = 0;
  /// Every followed service was read once.
  virtual bool caught_up() const = 0;

  // Copies
  /// Records of this service are held in this registry.
  virtual bool is_mirrored(const ServiceKey& service) const = 0;
  /// What has room for one entry alone: the same for all entries that exclude each other, where an id is an address.
  virtual EntryId place_of(const EntryId& entry) const { return entry; }
  /// Invalid when the payload is no record of an instance.
  virtual Result<SharedPlan> plan(const std::string& region, const std::string& instance, ByteView payload) = 0;
  /// Whether registries of this kind would take a copy of this own instance, which needs room for its marks.
  virtual Result<void> check_room(const std::string& region, const std::string& instance, ByteView payload) const {
    (void)region, (void)instance, (void)payload;
    return {};
  }
  /// Creates what must be there before what is planned is put. Where that is once it is there; until then
  /// nullptr, and problem() has the reason. Nothing is begun while writes are not allowed.
  virtual const ServiceRef* prepare(Instant now, const ServiceKey& service, const CopyPlan& plan) = 0;
  virtual std::string problem(const ServiceKey& service) const = 0;
  /// What other regions attach to the service, or its own record here, is new, changed or gone.
  virtual void reconsider(Instant now, const ServiceKey& service) = 0;
  /// A registration showed that the service is not there after all.
  virtual void unprepare(const ServiceKey& service) = 0;
  /// No copy of the service is left or wanted: what was prepared for them, or could not be, is nobody's any more.
  virtual void abandon(const ServiceKey& service) { (void)service; }
  virtual void allow_writes(Instant now, bool allowed) = 0;
  /// What the registry refuses of what copies need, for people.
  virtual std::vector<std::string> problems() const = 0;

  virtual void put(Instant now, const ServiceRef& where, const CopyWrite& copy, DoneWithId done) = 0;
  virtual void change(Instant now, const EntryId& entry, const CopyWrite& copy, Aspect aspect, Done done) = 0;
  /// `mark` says whose copy is meant; it is empty for a canary. Where an id is an address, what another has there by
  /// now stays, and the answer is NotFound.
  virtual void remove(Instant now, const EntryId& entry, const CopyMark& mark, Urgency urgency, Done done) = 0;

  // Leases
  /// Renews at most traits().renew_batch leases of one space; `sink` hears of each.
  virtual void renew(Instant now, std::span<const EntryId> entries, BeatSink sink) = 0;

  // Canary
  /// Registers this syncer's own entry with its mark and a lease of traits().canary_lease.
  virtual void put_canary(Instant now, const CanaryMark& mark, DoneWithId done) = 0;
  /// Replaces the mark of an own entry that an earlier run registered.
  virtual void change_canary(Instant now, const EntryId& entry, const CanaryMark& mark, Done done) = 0;

  // Time, for what a driver repeats by itself
  virtual void advance(Instant now) = 0;
  virtual Instant next_deadline() const = 0;
  /// What it keeps; all zero of a kind that keeps nothing.
  virtual DriverSizes sizes() const { return {}; }
};

/// The registered metadata is the planned one. Some registries add their own to each entry: that counts as equal only
/// with `extras_allowed`.
bool same_metadata(const Metadata& planned, const Metadata& registered, bool extras_allowed);
/// The error leaves open whether the request took effect.
bool is_outcome_unknown(const Error& error);
/// The error was one of the authorization: a new token may help.
bool is_unauthorized(const Error& error);

/// What a kind of registry is known by, for who was pointed at one of another kind.
struct KindSign {
  std::string title;               ///< for people: "a Eureka server"
  std::vector<std::string> paths;  ///< where its API usually begins on its host, the likeliest first
  HttpRequest question;            ///< the target counts from the path
  std::function<bool(const HttpResponse&)> recognises;
};

/// The kinds of registry that a program knows, by name.
class Kinds {
 public:
  using Factory = std::function<std::unique_ptr<Driver>(const DriverContext&)>;
  /// Makes the native part of a record agree with its neutral part, which was `former` before it was changed. Invalid
  /// when the native part cannot be read.
  using Adapt = std::function<Result<void>(InstanceRecord& record, const Instance& former)>;

  /// Adds or replaces a kind. One without a sign is recognised by nothing.
  Kinds& add(std::string name, Factory make, KindSign sign = {}, Adapt adapt = {}) {
    kinds_.insert_or_assign(std::move(name), Kind{std::move(make), std::move(sign), std::move(adapt)});
    return *this;
  }
  bool contains(std::string_view name) const { return kinds_.find(name) != kinds_.end(); }
  std::vector<std::string_view> names() const {
    std::vector<std::string_view> all;
    for (const auto& [name, kind] : kinds_) all.push_back(name);
    return all;
  }
  /// Of a kind that is known.
  const KindSign& sign(std::string_view name) const { return kinds_.find(name)->second.sign; }
  /// See Adapt; of kinds that are not known here, and of those whose native part says nothing of the kind, nothing.
  Result<void> adapt(InstanceRecord& record, const Instance& former) const {
    const auto found = kinds_.find(record.native.kind);
    if (found == kinds_.end() || !found->second.adapt) return {};
    return found->second.adapt(record, former);
  }
  /// A driver of the kind that the settings name, which has to be known.
  std::unique_ptr<Driver> make(const DriverContext& context) const {
    return kinds_.at(context.settings.kind).make(context);
  }

 private:
  struct Kind {
    Factory make;
    KindSign sign;
    Adapt adapt;
  };
  std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace syncer::registry
