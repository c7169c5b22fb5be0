// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "syncer/base/random.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/servicecenter/documents.h"
#include "syncer/registry/servicecenter/requests.h"
#include "syncer/registry/settings.h"

namespace syncer::registry::servicecenter {

/// Reads the contracts of exported services: once, whenever the service's record changes, and every 20 s, because a
/// changed content alone leaves no trace in the record; less often where they are so many that this would cost more
/// than ten requests a second.
class Schemas {
 public:
  Schemas(const DriverContext& context, const Requests& requests) : context_(context), requests_(requests) {}

  /// The service is exported and new, or its record changed.
  void read_soon(Instant now, const ServiceRef& ref) { schedule(now, ref); }
  void advance(Instant now);
  Instant next_deadline() const { return due_.empty() ? kNever : due_.begin()->first; }
  /// Every exported service was asked once.
  bool caught_up() const { return first_.empty(); }
  /// Adds what is followed.
  void fill(DriverSizes& sizes) const {
    sizes.followed = known_.size();
    sizes.follow_timers = due_.size();
  }

 private:
  void schedule(Instant due, const ServiceRef& ref);
  void read(Instant now, const ServiceRef& ref);
  Duration repeat_after(const ServiceRef& ref) const;
  void on_answer(Instant now, const ServiceRef& ref, const RawAnswer& raw);

  const DriverContext& context_;
  const Requests& requests_;
  std::map<ServiceRef, Instant> when_;  // kNever while its call is under way
  std::set<std::pair<Instant, ServiceRef>> due_;
  std::set<ServiceRef> first_;  // never answered yet
  std::set<ServiceRef> known_;
  std::set<ServiceRef> again_;  // changed while its call was under way
};

/// Sees to it that the services of copies exist here with their contracts. Creates what is missing; changes only what
/// it created and no native instance uses; deletes nothing.
class Services {
 public:
  Services(const DriverContext& context, const Requests& requests)
      : context_(context), requests_(requests), random_(context.random.stream("services")) {}

  /// Where the service is once it can take instances; nothing yet otherwise, and problem() says why. A service of a
  /// `foreign` kind of registry has no record and is created from its name.
  const ServiceRef* ensure(Instant now, const ServiceKey& key, bool foreign);
  std::string problem(const ServiceKey& key) const;
  /// The desired state or the registry's own record changed.
  void reconsider(Instant now, const ServiceKey& key);
  /// The registry says that the service is not there after all.
  void forget(const ServiceKey& key);

  /// No copy wants it any more: it is prepared no further, and what the registry refuses of it troubles nobody.
  void abandon(const ServiceKey& key);

  /// Nothing is written while not enabled; enabling looks at everything again.
  void set_enabled(Instant now, bool enabled);
  void advance(Instant now);
  Instant next_deadline() const { return timers_.empty() || !enabled_ ? kNever : timers_.begin()->first; }
  /// Services and contracts that the registry refuses, in words.
  std::vector<std::string> problems() const;
  /// Adds what is prepared.
  void fill(DriverSizes& sizes) const {
    sizes.preparations = services_.size();
    sizes.preparation_timers = timers_.size();
  }

 private:
  struct Preparation {
    ServiceRef ref;  ///< its id is empty until the service is known to be there
    bool busy = false;
    bool abandoned = false;        ///< to be forgotten when its call is answered
    bool foreign = false;          ///< copies of another kind want it
    bool settled = false;          ///< nothing more to do
    bool contracts_tried = false;  ///< once: instances may be registered
    bool contracts_done = false;
    bool properties_done = false;
    Attachments desired;                         ///< native content of those that are of this kind
    std::map<std::string, Bytes> missing;        ///< contracts still to be written
    std::map<std::string, std::string> refused;  ///< contracts and why
    Instant timer = kNever;                      ///< when it is looked at again
    std::uint32_t failures = 0;
    bool outage = false;  ///< the last failure was the registry's, not the service's
    Instant retry_at{};
    std::string problem;
    std::string dead_id;  ///< an id that the registry does not know any more, whatever its lists say
  };
  using Key = ServiceKey;
  using Handle = std::function<Result<void>(Instant, Preparation&, const RawAnswer&)>;

  bool usable(const Preparation& service) const { return !service.ref.id.empty() && service.contracts_tried; }
  Attachments desired(const Key& key) const;
  void step(Instant now, const Key& key, Preparation& service);
  void find_or_create(Instant now, const Key& key, Preparation& service);
  void verify(Instant now, const Key& key, const std::string& id);
  void compare_contracts(Instant now, const Key& key, Preparation& service);
  void plan_contracts(const Key& key, Preparation& service, const std::vector<SchemaDocument>& present);
  void write_contract(Instant now, const Key& key, Preparation& service);
  void compare_properties(Instant now, const Key& key, Preparation& service);
  void call(Instant now, const Key& key, Preparation& service, HttpRequest request, Handle handle);
  void erase(const Key& key, const Preparation& service);
  void fail(Instant now, const Key& key, Preparation& service, const Error& error);
  void report(Instant now, const Key& key, const Preparation& service);
  void note_trouble(const Key& key, const Preparation& service);
  void look_again_at(Instant at, const Key& key, Preparation& service);
  bool belongs_to_applications(const Key& key) const;

  const DriverContext& context_;
  const Requests& requests_;
  Random random_;
  bool enabled_ = false;
  std::map<Key, Preparation> services_;
  std::set<Key> troubled_;  ///< those with a problem or a refused contract; some may have recovered
  std::set<std::pair<Instant, Key>> timers_;
};

}  // namespace syncer::registry::servicecenter
