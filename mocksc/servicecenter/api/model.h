// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/api/watches.h"
#include "mocksc/servicecenter/store/change.h"
#include "mocksc/servicecenter/store/options.h"
#include "syncer/base/hash.h"
#include "syncer/base/http_message.h"
#include "syncer/base/random.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc {

/// The service of a watcher's websocket, or the instance of a heartbeat's.
struct SocketTarget {
  std::string domain;
  std::string project;
  std::string service_id;
  std::string instance_id;  ///< empty for a watcher
};

/// One service center (any number of front-ends over one store) as a state machine on HTTP messages of its v4 API.
/// Pure: time and randomness are arguments, so the same calls give the same bytes. Not thread-safe.
class Model {
 public:
  Model(ModelOptions options, syncer::Random random);
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  const ModelOptions& options() const;

  /// The answer of front-end number `frontend`, with status 0 when it never comes. `client` names who asks, for the
  /// change listener only.
  syncer::HttpResponse handle(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                              std::string_view client = {});
  /// The same, with list-like reads showing less than there is.
  syncer::HttpResponse handle(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                              std::string_view client, const ReadFault& fault);

  /// The same for a caller whose writes take effect as they are answered, whatever Lags would make of them.
  syncer::HttpResponse handle_surely(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                                     std::string_view client = {});

  /// When a lease runs out or a removed instance disappears from the readers' sight; may be early, never late.
  syncer::Instant next_deadline() const;
  void advance(syncer::Instant now);

  /// Called at every write, after it took effect.
  void set_listener(ChangeListener listener);
  /// All stored instances in order of tenant, service id and instance id.
  void for_each_instance(const std::function<void(const InstanceView&)>& use) const;
  /// All stored services with their domain and project.
  void for_each_service(
      const std::function<void(std::string_view domain, std::string_view project, const Service&)>& use) const;
  /// One instance; nothing when it is not stored.
  std::optional<InstanceView> find_instance(std::string_view domain, std::string_view project,
                                            std::string_view service_id, std::string_view instance_id) const;
  /// What a websocket would be about that a request asks for; nothing when the path is of another call.
  std::optional<SocketTarget> socket_target(const syncer::HttpRequest& request) const;
  bool has_service(const SocketTarget& target) const;
  /// Begins to collect what becomes visible of the instances that the target's service found before, or will find.
  WatchId open_watch(const SocketTarget& target);
  /// The events since the last call, as JSON and in order.
  std::vector<std::string> take_events(WatchId id);
  void close_watch(WatchId id);

  /// A token for an account that ends then, without a login.
  std::string token(std::string_view account, syncer::Instant end) const;

  /// Writes since the start (lease renewals not counted); never set back.
  std::uint64_t writes() const;
  /// Changes whenever a reader could see something new.
  std::uint64_t visible_changes() const;

  /// Ends the lease of every live instance with that instance id, as if it ran out now; how many there were.
  std::size_t expire(syncer::Instant now, std::string_view instance_id);
  /// Loses everything but the service center's own registration.
  void lose_data(syncer::Instant now);
  /// While frozen no lease runs out; afterwards the overdue ones do within a second.
  void freeze_leases(bool frozen);
  /// Every lease begins anew.
  void restart_leases(syncer::Instant now);
  /// Whether a front-end runs: one that does not loses its own registration with its lease.
  void set_frontend_up(syncer::Instant now, std::size_t frontend, bool is_up);

  /// All data as text, for restore(). Corrupt text is refused and changes nothing.
  std::string save() const;
  /// Leases start anew, as they do when etcd is restored from a backup.
  syncer::Result<void> restore(syncer::Instant now, std::string_view saved);
  /// An independent model in the same state that goes on with the same random draws; without listener.
  Model copy() const;

  void hash(syncer::StateHasher& hasher) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mocksc
