// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/host/registry/registry.h"
#include "sim/host/world.h"
#include "sim/scenario/run/checks.h"

namespace sim::scenario {

/// What an application registers.
struct Registration {
  ServiceKey service;
  std::string name;  ///< of the instance, as the scenario calls it
  std::vector<std::string> endpoints;
  Pairs properties;
  InstanceStatus status = InstanceStatus::Up;
  std::optional<Duration> lease;
};

/// The applications of a run: registers them, lets them go, and remembers what each one was. The checks hear
/// of each step before it. A step that makes no sense (nobody is called so) is noted as a problem of the scenario.
class Applications {
 public:
  Applications(const Scenario& scenario, host::World& world, Checks& checks);

  void enter(RegistryIndex registry, const Registration& who);
  void leave(RegistryIndex registry, std::string_view pattern);
  /// Ends the application of that name, be it that its registry has forgotten it. Nothing when it does not run.
  void end(RegistryIndex registry, const std::string& name);
  void stop_heartbeat(RegistryIndex registry, std::string_view pattern);
  void heartbeat(RegistryIndex registry, std::string_view pattern);
  void expire(RegistryIndex registry, std::string_view pattern);
  void set_status(RegistryIndex registry, std::string_view pattern, InstanceStatus status);
  void set_properties(RegistryIndex registry, std::string_view pattern, const Pairs& properties);
  /// As applications do it: it leaves and registers again.
  void set_endpoints(RegistryIndex registry, std::string_view pattern, const std::vector<std::string>& endpoints);

  /// Names of the live applications of a registry that fit a pattern, sorted.
  std::vector<std::string> matching(RegistryIndex registry, std::string_view pattern) const;
  /// Whether the application runs, be it that its registry has forgotten it.
  bool runs(RegistryIndex registry, std::string_view name) const;
  /// What a name was registered as last; nullptr when never.
  const Registration* known(RegistryIndex registry, const std::string& name) const;
  /// Sentences about steps that could not be made.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  template <class Step>
  void each(RegistryIndex registry, std::string_view pattern, std::string_view verb, Step step);
  void note(RegistryIndex registry, std::string_view verb, std::string_view who, std::string_view why);

  const Scenario& scenario_;
  host::World& world_;
  Checks& checks_;
  std::map<std::pair<RegistryIndex, std::string>, Registration> known_;
  std::vector<std::string> problems_;
};

}  // namespace sim::scenario
