// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "sim/host/registry/http_service.h"
#include "sim/host/kernel.h"
#include "sim/host/registry/registry.h"

namespace sim::host {

struct Fabric;

/// One service center of the world: the model with its faults, and the applications that registered there natively.
/// Applications beat in batches, one for each tenant and interval, and register again when they find themselves
/// forgotten, as the SDKs do; an outage hits them as it hits the syncers.
class RegistryHost final : public Registry, public HttpService {
 public:
  RegistryHost(Fabric& fabric, RegistryIndex index, RegistrySpec spec);

  const RegistrySpec& spec() const { return spec_; }
  HttpReply handle(std::uint32_t front_end, const syncer::HttpRequest& request, std::string_view client) override;
  /// Leases run out, faults end, applications beat. False when the wake-up was out of date.
  bool wake();
  /// Sees to it that wake() comes in time; to be called after anything that may have changed the deadline.
  void arm();

  syncer::Result<void> register_instance(const AppInstance& instance) override;
  syncer::Result<void> deregister(std::string_view name) override;
  syncer::Result<void> stop_heartbeat(std::string_view name) override;
  syncer::Result<void> start_heartbeat(std::string_view name) override;
  syncer::Result<void> expire(std::string_view name) override;
  syncer::Result<void> set_status(std::string_view name, std::string_view status) override;
  syncer::Result<void> set_properties(std::string_view name, const std::map<std::string, std::string>& p) override;
  bool has(std::string_view name) const override;
  std::vector<std::string> names() const override;
  const mocksc::Model& model() const override { return front_->model(); }
  mocksc::Model& model() override;
  bool well() const override { return front_->faults().empty(); }
  mocksc::FaultyFrontend& front() override;

 private:
  struct App {
    AppInstance instance;
    std::string service_id;
    bool beats = true;
  };
  using GroupKey = std::tuple<std::string, std::string, syncer::Duration>;  ///< domain, project, interval
  struct Group {
    std::set<std::string> names;
    syncer::Instant next;
    std::vector<syncer::HttpRequest> requests;  ///< rendered anew when empty
  };

  static GroupKey key(const App& app);
  syncer::Result<App*> find(std::string_view name);
  bool alive(const App& app) const;
  /// What an application says, past the faults: scripted changes always happen.
  syncer::Result<syncer::HttpResponse> tell(const App& app, std::string method, const std::string& path,
                                            std::string body);
  syncer::Result<void> enrol(App& app);
  void set_beating(App& app, bool beats);
  void render(const GroupKey& key, Group& group) const;
  void beat(const GroupKey& key, Group& group);
  syncer::Instant next_deadline() const;

  Fabric& fabric_;
  RegistryIndex index_;
  RegistrySpec spec_;
  std::unique_ptr<mocksc::FaultyFrontend> front_;
  std::map<std::string, App, std::less<>> apps_;
  std::map<GroupKey, Group> groups_;
  std::optional<syncer::Instant> armed_;
};

}  // namespace sim::host
