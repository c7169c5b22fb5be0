// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc {
class Model;
class FaultyFrontend;
}  // namespace mocksc

namespace sim::host {

/// An instance as an application registers it. The service is created when it is absent. Empty texts take the
/// registry's own defaults.
struct AppInstance {
  std::string name;  ///< instance id in the registry, and the handle for every later word about it
  std::string domain = "default";
  std::string project = "default";
  std::string environment;
  std::string app = "default";
  std::string service;
  std::string version = "1.0.0";
  std::vector<std::string> endpoints;
  std::map<std::string, std::string> properties;
  std::string status = "UP";
  syncer::Duration heartbeat = std::chrono::seconds(30);  ///< interval; the lease is interval × (misses + 1)
  std::uint32_t misses = 3;
};

/// One service center of the world, seen by the applications beside it: what they do is handed to the model as HTTP
/// messages of client "app:<name>", without a network between. Not for checkers: they read model().
class Registry {
 public:
  virtual ~Registry() = default;

  virtual syncer::Result<void> register_instance(const AppInstance& instance) = 0;
  virtual syncer::Result<void> deregister(std::string_view name) = 0;
  /// The application dies silently: its lease runs out.
  virtual syncer::Result<void> stop_heartbeat(std::string_view name) = 0;
  /// Starts to beat again; fails when the instance has expired by now.
  virtual syncer::Result<void> start_heartbeat(std::string_view name) = 0;
  /// The lease runs out at once.
  virtual syncer::Result<void> expire(std::string_view name) = 0;
  virtual syncer::Result<void> set_status(std::string_view name, std::string_view status) = 0;
  virtual syncer::Result<void> set_properties(std::string_view name, const std::map<std::string, std::string>& p) = 0;
  /// The application instance of that name is registered now.
  virtual bool has(std::string_view name) const = 0;
  /// Names of the application instances that are registered now, sorted.
  virtual std::vector<std::string> names() const = 0;

  /// Content, for checkers and for data faults (loss, restore).
  virtual const mocksc::Model& model() const = 0;
  virtual mocksc::Model& model() = 0;
  /// No fault of it is on.
  virtual bool well() const = 0;
  /// Faults of what the nodes see: outage, slow, fail, empty and partial lists, stale reads, limits.
  virtual mocksc::FaultyFrontend& front() = 0;
};

}  // namespace sim::host
