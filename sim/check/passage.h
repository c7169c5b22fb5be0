// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/rule.h"
#include "sim/host/registry/registry.h"

namespace sim::check {

/// The text of the policy that an event gives syncers, running or at their start; nothing for other events.
std::optional<std::string> policy_of(const scenario::Event& event);

/// What the policies of a scenario's regions let pass, told from the texts of the policies and from what registries
/// show: nothing of the product's own reading of them is used. A region's policy is that of its first syncer.
class Passage {
 public:
  void begin(const scenario::CheckContext& run);
  /// Of a scenario without any policy everything passes.
  bool has_policies() const { return has_policies_; }
  /// The regions that an event gives another policy have it; true when there is one.
  bool follow(const scenario::Event& event);

  /// How an origin instance of one registry is to be shown in another; nothing where it must not be.
  std::optional<host::RegistryInstance> show(const host::RegistryInstance& origin, RegistryIndex home,
                                             RegistryIndex target) const;
  /// The target's own region lets it in, whatever the origin's region gives away.
  bool takes(const host::RegistryInstance& origin, RegistryIndex home, RegistryIndex target) const;

 private:
  const scenario::CheckContext* run_ = nullptr;
  bool has_policies_ = false;
  std::map<std::string, std::string> policies_;  ///< by region
  std::vector<std::string> region_of_;           ///< by registry
};

}  // namespace sim::check
