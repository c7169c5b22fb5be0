// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "mocksc/nacos/store/instance.h"
#include "mocksc/nacos/store/java_order.h"
#include "mocksc/nacos/store/options.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc::nacos {

/// Names an instance in its service: address and holder, in a 1.x server the cluster too.
using InstanceKey = std::tuple<std::string, std::int64_t, Holder, std::string>;

struct Service {
  std::optional<bool> ephemeral;  ///< from 2.x on a service is one of the two for good
  Metadata metadata;
  double protect_threshold = 0.0;
  std::set<std::string> clusters;
  std::map<InstanceKey, Instance> instances;
  /// What readers see until `merge_at`; after that, and where it is empty, what is there.
  std::optional<std::vector<Instance>> shown;
  syncer::Instant merge_at = syncer::kNever;
  syncer::Instant clean_at = syncer::kNever;  ///< when it goes, being empty
  std::uint64_t age = 0;                      ///< order of creation
};

/// What a write did.
enum class ChangeKind : std::uint8_t { Registered, Changed, Unregistered, Expired, Lost, Restored };
struct Change {
  ChangeKind kind;
  syncer::Instant at;
  const ServiceName& service;
  const Instance& instance;  ///< as it is now, or was when it ended
  std::string_view client;
};
using Listener = std::function<void(const Change&)>;

/// The memory of one server, or of a cluster of servers that agree. A value: copies go on by themselves, without
/// listener. Time is an argument that never goes back.
class Registry {
 public:
  explicit Registry(Options options) : options_(std::move(options)) {}
  Registry(const Registry& other);
  Registry& operator=(const Registry& other);
  Registry(Registry&&) = default;
  Registry& operator=(Registry&&) = default;
  ~Registry() = default;

  const Options& options() const { return options_; }
  bool is_first() const { return options_.release == Release::V1_4_8; }
  void set_listener(Listener listener) { listener_ = std::move(listener); }

  const Service* find(const ServiceName& name) const;
  /// Services of a space in the order in which this release's list of names, or its catalog, tells them.
  enum class Order { Names, Catalog };
  std::vector<ServiceName> services(const std::string& space, Order order) const;
  const std::map<ServiceName, Service>& all() const { return services_; }
  /// What readers see of a service, with the operator's data on top.
  std::vector<Instance> shown(const ServiceName& name) const;
  /// What is there, with the operator's data on top.
  std::vector<Instance> present(const ServiceName& name) const;

  /// Conflict when a service of that name is there, for create_service.
  syncer::Result<void> create_service(const ServiceName& name, Service service);
  /// Its instances go with it.
  void erase_service(syncer::Instant now, const ServiceName& name, std::string_view client);
  /// To change it.
  Service* service(const ServiceName& name);

  /// Registers or replaces; Conflict when the service is of the other kind (2.x on).
  syncer::Result<void> put(syncer::Instant now, const ServiceName& name, Instance instance, std::string_view client);
  /// False when nothing was there.
  bool remove(syncer::Instant now, const ServiceName& name, const Instance& which, std::string_view client);
  /// Renews a lease; how often the caller is to come, in ms, or nothing when the instance is unknown.
  std::optional<std::int64_t> beat(syncer::Instant now, const ServiceName& name, const Instance& which,
                                   std::string_view client);
  /// What an operator sets (2.x on).
  void put_operator_data(syncer::Instant now, const ServiceName& name, const Instance& which, OperatorData data,
                         std::string_view client);

  /// Ends a lease as if its time were over; how many had that address.
  std::size_t expire(syncer::Instant now, const ServiceName& name, const std::string& ip, std::int64_t port);
  /// The server starts anew: ephemeral instances are gone, persistent ones and the operator's data are not.
  void restart(syncer::Instant now);
  /// While frozen no lease runs out.
  void freeze(bool frozen) { frozen_ = frozen; }
  /// All data of another one; time goes on.
  void restore(syncer::Instant now, const Registry& saved);

  syncer::Instant next_deadline() const;
  void advance(syncer::Instant now);
  /// Another number when readers may see something else than before: what is rendered for all of them stays good until
  /// then. When a lease was renewed last is no part of it.
  std::uint64_t changes() const { return changes_; }

 private:
  using OperatorKey = std::tuple<ServiceName, std::string, std::int64_t, std::string>;
  struct Due {
    syncer::Instant at;
    ServiceName service;
    InstanceKey instance;
    auto operator<=>(const Due&) const = default;
  };

  Service* mine(const ServiceName& name);
  InstanceKey key_of(const Instance& instance) const;
  static OperatorKey operator_key(const ServiceName& name, const Instance& instance) {
    return {name, instance.ip, instance.port, instance.cluster};
  }
  Instance effective(const ServiceName& name, Instance instance) const;
  void hold_view(syncer::Instant now, const ServiceName& name, Service& service);
  void report(ChangeKind kind, syncer::Instant now, const ServiceName& name, const Instance& instance,
              std::string_view client) const;
  void watch(const ServiceName& name, const InstanceKey& key, Instance& instance);
  syncer::Instant first_check_after(const Instance& instance, std::int64_t limit_ms) const;
  void check(syncer::Instant now, const Due& due);
  void drop(syncer::Instant now, const ServiceName& name, Service& service, const InstanceKey& key, ChangeKind kind,
            std::string_view client);
  void replace_data(syncer::Instant now, const Registry& saved);
  void sweep(syncer::Instant now);

  Options options_;
  Listener listener_;
  std::map<ServiceName, Service> services_;
  std::map<OperatorKey, OperatorData> operator_data_;
  std::map<std::string, JavaOrder> orders_;
  std::set<Due> due_;
  syncer::Instant sweep_at_ = syncer::kNever;
  std::uint64_t created_ = 0;
  std::uint64_t changes_ = 0;
  bool frozen_ = false;
};

}  // namespace mocksc::nacos
