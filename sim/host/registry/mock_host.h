// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mocksc/fault/fault_layer.h"
#include "sim/host/options.h"
#include "sim/host/registry/registry.h"
#include "syncer/base/random.h"

namespace sim::host {

/// A registry of any kind whose mock speaks plain HTTP, with the applications that live beside it: each renews its own
/// lease, and registers again when it finds itself forgotten. A kind says in which requests.
class MockHost : public Registry {
 public:
  HttpReply handle(syncer::Instant now, std::uint32_t front_end, const syncer::HttpRequest& request,
                   std::string_view client) override;
  bool writes(const syncer::HttpRequest& request) const override;
  syncer::Instant next_deadline() const override;
  void advance(syncer::Instant now) override;

  syncer::Result<void> register_instance(syncer::Instant now, const AppInstance& instance) override;
  syncer::Result<void> deregister(syncer::Instant now, std::string_view name) override;
  syncer::Result<void> stop_heartbeat(syncer::Instant now, std::string_view name) override;
  syncer::Result<void> start_heartbeat(syncer::Instant now, std::string_view name) override;
  syncer::Result<void> expire(syncer::Instant now, std::string_view name) override;
  syncer::Result<void> set_status(syncer::Instant now, std::string_view name, std::string_view status) override;
  syncer::Result<void> set_properties(syncer::Instant now, std::string_view name,
                                      const std::map<std::string, std::string>& properties) override;
  bool has(std::string_view name) const override;
  bool runs(std::string_view name) const override;
  std::vector<std::string> names() const override;

  RegistryFaultId start_fault(syncer::Instant now, const fault::RegistryFault& fault) override;
  void stop_fault(syncer::Instant now, RegistryFaultId id) override { front_.stop(now, id); }
  bool healthy() const override { return front_.faults().empty(); }
  void remember_past(syncer::Instant now, syncer::Duration how_long) override { front_.remember_past(now, how_long); }
  void save(syncer::Instant now, const std::string& label) override { front_.save(now, label); }
  syncer::Result<void> restore(syncer::Instant now, const std::string& label) override {
    return front_.restore(now, label);
  }
  void lose_data(syncer::Instant now) override { front_.lose_data(now); }

 protected:
  /// An application.
  struct App {
    AppInstance instance;
    std::string id;           ///< in the registry
    std::uint32_t lives = 0;  ///< ids it had, where each life has its own
    bool beats = false;
    bool returns = false;  ///< found itself forgotten, and registers again in a while
    syncer::Instant next_beat{};
  };
  using Requests = std::vector<syncer::HttpRequest>;

  MockHost(const RegistrySpec& spec, std::unique_ptr<mocksc::Store> store, const syncer::Random& random);
  mocksc::FaultLayer& front() { return front_; }
  const mocksc::FaultLayer& front() const { return front_; }

  /// How the application appears in the registry in this life.
  virtual std::string id_of(const App& app) const = 0;
  /// What registers it as it is now, be it that it is there already.
  virtual Requests registration(const App& app) const = 0;
  virtual syncer::HttpRequest renewal(const App& app) const = 0;
  virtual syncer::HttpRequest removal(const App& app) const = 0;
  /// What tells its changed state.
  virtual Requests status_change(const App& app) const { return registration(app); }
  /// A renewal was answered so: the registry does not know it.
  virtual bool is_forgotten(const syncer::HttpResponse& answer) const { return answer.status == 404; }
  virtual syncer::Duration beat_interval(const App& app) const = 0;
  /// The registry holds it and its lease lives.
  virtual bool is_alive(const App& app) const = 0;

 private:
  syncer::Result<App*> find(std::string_view name);
  syncer::Result<void> tell(syncer::Instant now, const App& app, const Requests& requests);
  syncer::Result<void> enrol(syncer::Instant now, App& app);
  void set_beating(syncer::Instant now, App& app, bool beats);
  void beat(syncer::Instant now, App& app);
  void come_back(syncer::Instant now, const std::string& name);

  std::string name_;
  Returning returning_;
  syncer::Random returns_;
  mocksc::FaultLayer front_;
  std::map<std::string, App, std::less<>> apps_;
  std::set<std::pair<syncer::Instant, std::string>> beats_;      // who renews, by the time of the next renewal
  std::set<std::pair<syncer::Instant, std::string>> forgotten_;  // who knows it, by the time it comes back
};

}  // namespace sim::host
