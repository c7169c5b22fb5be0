// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/host/outside.h"
#include "sim/real/poller.h"
#include "sim/real/processes/machine.h"
#include "sim/real/registries/gateway.h"
#include "sim/real/router/router.h"
#include "sim/scenario/values/scenario.h"

namespace sim::real {

/// The outside of a world whose syncers are processes: each node's machine and each registry is a network namespace,
/// the router stands between them, and time is the real one. Everything else of the world is as in a simulation: the
/// same schedule, workloads, faults, mocks and judge.
class Deployment final : public host::Outside {
 public:
  /// `syncer` is the program to run; all files of the run lie below `folder`.
  Deployment(const scenario::Scenario& scenario, std::string syncer, std::string folder);
  ~Deployment() override;

  void begin(host::World& world) override;
  bool wait(syncer::Instant until) override;
  void reset_streams(fault::Site a, fault::Site b) override;
  void half_open(fault::Site a, fault::Site b, syncer::Duration duration) override;

  /// How far behind its time the world was at most: what this machine was too busy for.
  syncer::Duration latest() const { return latest_; }

 private:
  void add_registry(fault::RegistryIndex registry);
  void add_node(fault::NodeIndex node);
  void watch(fault::Site site, const NetworkNamespace& network);
  std::optional<fault::NodeIndex> node_at(const std::string& host) const;
  const NetworkNamespace& network(fault::Site site) const;
  syncer::Instant now() const { return syncer::Instant(real_now() - start_); }

  const scenario::Scenario& scenario_;
  Workplace site_;
  host::World* world_ = nullptr;
  Poller poller_;
  syncer::Instant start_{};
  syncer::Duration latest_{};
  std::vector<std::unique_ptr<NetworkNamespace>> registries_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace sim::real
