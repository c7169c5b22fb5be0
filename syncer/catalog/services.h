// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "syncer/base/random.h"
#include "syncer/catalog/calls.h"
#include "syncer/catalog/regions.h"
#include "syncer/catalog/registry_snapshot.h"

namespace syncer::catalog {

/// Sees to it that the services of copies exist here with their contracts. Creates what is missing; changes only what
/// no native instance uses; deletes nothing.
class Services {
 public:
  /// What all regions together want of a service.
  using Lookup = std::function<DesiredService(const registry::ServiceKey&)>;
  /// Told when a service became usable or may have become so.
  using Changed = std::function<void(Instant now, const registry::ServiceKey&)>;

  Services(const registry::V4Requests& requests, Calls& calls, const RegistrySnapshot& view, Observer& observer,
           Random random, Lookup lookup, Changed changed);

  /// Id of the service here once it can take instances; nothing yet otherwise, and problem() says why.
  const std::string* ensure(Instant now, const registry::ServiceKey& key);
  std::string problem(const registry::ServiceKey& key) const;
  /// The wanted state or the registry's own record changed.
  void reconsider(Instant now, const registry::ServiceKey& key);
  /// The registry says that the service is not there after all.
  void forget(const registry::ServiceKey& key);

  /// Nothing is written while not enabled; enabling looks at everything again.
  void set_enabled(Instant now, bool enabled);
  void advance(Instant now);
  Instant next_deadline() const { return timers_.empty() || !enabled_ ? kNever : timers_.begin()->first; }
  /// Services and contracts that the registry refuses, in words.
  std::vector<std::string> problems() const;

 private:
  struct Entry {
    std::string id;
    bool busy = false;
    bool settled = false;          ///< nothing more to do
    bool contracts_tried = false;  ///< once: instances may be registered
    bool contracts_done = false;
    bool properties_done = false;
    DesiredService wanted;
    std::map<std::string, Bytes> missing;        ///< contracts still to be written
    std::map<std::string, std::string> refused;  ///< contracts and why
    std::uint32_t failures = 0;
    Instant retry_at{};
    std::string problem;
  };
  using Key = registry::ServiceKey;

  bool usable(const Entry& entry) const { return !entry.id.empty() && entry.contracts_tried; }
  void step(Instant now, const Key& key, Entry& entry);
  void find_or_create(Instant now, const Key& key, Entry& entry);
  void verify(Instant now, const Key& key, const std::string& id);
  void compare_contracts(Instant now, const Key& key, Entry& entry);
  void plan_contracts(const Key& key, Entry& entry, const std::vector<registry::SchemaDocument>& present);
  void write_contract(Instant now, const Key& key, Entry& entry);
  void compare_properties(Instant now, const Key& key, Entry& entry);
  void call(Instant now, const Key& key, Entry& entry, HttpRequest request,
            std::function<Result<void>(Instant, Entry&, const registry::RawAnswer&)> handle);
  void fail(Instant now, const Key& key, Entry& entry, const Error& error);
  void report(Instant now, const Key& key, const Entry& entry);
  bool has_natives(const Key& key) const;

  const registry::V4Requests& requests_;
  Calls& calls_;
  const RegistrySnapshot& view_;
  Observer& observer_;
  Random random_;
  Lookup lookup_;
  Changed changed_;
  bool enabled_ = false;
  std::map<Key, Entry> entries_;
  std::set<std::pair<Instant, Key>> timers_;
};

}  // namespace syncer::catalog
