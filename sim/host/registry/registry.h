// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fault/registry_fault.h"
#include "syncer/base/http_message.h"
#include "syncer/base/ids.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace sim::host {

/// What a caller gets, and after which time on the server's side.
struct HttpReply {
  bool hangs = false;  ///< never; the rest does not matter then
  syncer::Duration delay{};
  syncer::Result<syncer::HttpResponse> outcome;
  std::optional<syncer::HttpResponse> cut = {};  ///< of an answer that ends early: what it would have been
};

/// Something that answers HTTP requests: a registry, or a test.
class HttpService {
 public:
  virtual ~HttpService() = default;
  virtual HttpReply handle(std::uint32_t front_end, const syncer::HttpRequest& request, std::string_view client) = 0;
  /// Whether a request changes something here.
  virtual bool writes(const syncer::HttpRequest&) const { return false; }
};

/// An instance as an application registers it, whatever the kind of its registry. The service is created when it is
/// absent. Empty texts take the registry's own defaults.
struct AppInstance {
  std::string name;  ///< instance id in the registry, and the handle for every later call about it
  std::string environment;
  std::string app = "default";
  std::string service;
  std::string version = "1.0.0";
  std::vector<std::string> endpoints;
  std::map<std::string, std::string> properties;
  std::string status = "UP";                           ///< UP, DOWN, STARTING or OUTOFSERVICE
  syncer::Duration lease = std::chrono::seconds(120);  ///< whole seconds; the application renews it in time
};

/// What the mark of a copy says about its origin.
struct CopyMark {
  std::string region;
  std::string instance;
  syncer::Epoch epoch;  ///< in which the origin's region told of it; the first when the mark names none
};

/// One text for one service, equal in registries of every kind.
std::string service_text(std::string_view environment, std::string_view app, std::string_view service,
                         std::string_view version);

/// An instance as a registry holds it, in words that all kinds share.
struct RegistryInstance {
  std::string service;  ///< service_text
  std::string id;
  std::vector<std::string> endpoints;
  std::string status;                             ///< in the words of AppInstance
  std::map<std::string, std::string> properties;  ///< without the marks of syncers
  std::optional<std::string> host;                ///< name of its machine; nothing where the kind knows none
  syncer::Duration lease{};                       ///< it outlives its last renewal by so much
  std::optional<CopyMark> mark;                   ///< of a copy
  bool internal = false;  ///< the region's infrastructure, or the canary of a syncer: neither an application nor a copy
};

/// What a write did to a registry. Lease renewals are no change.
enum class RegistryChangeKind : std::uint8_t {
  InstanceRegistered,
  InstanceUnregistered,
  InstanceExpired,   ///< the lease ran out, or was ended by a fault
  InstanceChanged,   ///< status, properties or endpoints
  InstanceLost,      ///< gone by data loss or by restoring older data
  InstanceRestored,  ///< back by restoring older data
  Other,             ///< of something that is no instance
};

/// The instance is there no longer.
bool is_end(RegistryChangeKind kind);

/// One write. Borrowed: valid only while it is reported.
struct RegistryChange {
  RegistryChangeKind kind;
  syncer::Instant at;
  std::string_view what;             ///< the kind's own word for it, e.g. "instance_registered"
  const RegistryInstance* instance;  ///< as it is now, or was when it ended; nullptr for Other
  std::string_view client;           ///< name of the node that asked, "app:<name>", or empty: the registry acted itself
};
using RegistryListener = std::function<void(const RegistryChange&)>;

/// Names one fault that is on.
using RegistryFaultId = std::uint64_t;

/// One registry of a world, of one kind: what nodes reach over HTTP, the applications that live beside it, and its
/// faults. A pure object: time is an argument that never goes back, randomness came with the construction.
/// Applications renew their leases and register again when they find themselves forgotten, as SDKs do; what a scenario
/// makes them do takes effect past all faults.
class Registry {
 public:
  virtual ~Registry() = default;

  /// The answer to a request that reaches address number `front_end` at `now`. `client` names who asks.
  virtual HttpReply handle(syncer::Instant now, std::uint32_t front_end, const syncer::HttpRequest& request,
                           std::string_view client) = 0;
  /// Whether a request writes, be it only a lease.
  virtual bool writes(const syncer::HttpRequest& request) const = 0;
  /// What its kind calls a request, as in `registry.fail`.
  virtual std::string_view operation(const syncer::HttpRequest& request) const { return request.method; }
  /// The mark of the copy that a request would write; nothing when it writes none.
  virtual std::optional<CopyMark> mark_of(const syncer::HttpRequest& request) const = 0;
  /// When advance() has something to do next; may be early, never late.
  virtual syncer::Instant next_deadline() const = 0;
  /// Leases run out, faults end, applications renew.
  virtual void advance(syncer::Instant now) = 0;
  /// Called for every write, after it took effect.
  virtual void set_listener(RegistryListener listener) = 0;

  // Applications. An error says why nothing was done.
  virtual syncer::Result<void> register_instance(syncer::Instant now, const AppInstance& instance) = 0;
  virtual syncer::Result<void> deregister(syncer::Instant now, std::string_view name) = 0;
  /// The application dies silently: its lease runs out.
  virtual syncer::Result<void> stop_heartbeat(syncer::Instant now, std::string_view name) = 0;
  /// It renews its lease again; fails when the instance has expired by now.
  virtual syncer::Result<void> start_heartbeat(syncer::Instant now, std::string_view name) = 0;
  /// The lease runs out at once.
  virtual syncer::Result<void> expire(syncer::Instant now, std::string_view name) = 0;
  virtual syncer::Result<void> set_status(syncer::Instant now, std::string_view name, std::string_view status) = 0;
  virtual syncer::Result<void> set_properties(syncer::Instant now, std::string_view name,
                                              const std::map<std::string, std::string>& properties) = 0;
  /// The application instance of that name is registered now.
  virtual bool has(std::string_view name) const = 0;
  /// The application of that name runs, be it that its registry has forgotten it.
  virtual bool runs(std::string_view name) const { return has(name); }
  /// Names of the application instances that are registered now, sorted.
  virtual std::vector<std::string> names() const = 0;
  /// Every instance whose lease lives, in an order that is always the same.
  virtual void for_each(const std::function<void(const RegistryInstance&)>& use) const = 0;

  // Faults.
  virtual RegistryFaultId start_fault(syncer::Instant now, const fault::RegistryFault& fault) = 0;
  virtual void stop_fault(syncer::Instant now, RegistryFaultId id) = 0;
  /// No fault is on.
  virtual bool healthy() const = 0;
  /// Keeps the past from now on, so that a later stale read is as old as it says from its first answer.
  virtual void remember_past(syncer::Instant now, syncer::Duration how_long) = 0;
  /// Keeps the present content under a label.
  virtual void save(syncer::Instant now, const std::string& label) = 0;
  /// Goes back to the content of a label; NotFound when it was never saved.
  virtual syncer::Result<void> restore(syncer::Instant now, const std::string& label) = 0;
  virtual void lose_data(syncer::Instant now) = 0;
  /// Somebody does that to each copy that is meant. NotFound when none is; Refused where the kind knows no such thing.
  virtual syncer::Result<void> meddle(syncer::Instant now, fault::Meddling how,
                                      const std::function<bool(const RegistryInstance& copy)>& is_meant) {
    (void)now, (void)how, (void)is_meant;
    return syncer::failure(syncer::ErrorCode::Refused, "registry", "nobody can do that to a registry of this kind");
  }
};

}  // namespace sim::host
