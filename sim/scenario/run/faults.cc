// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/faults.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace sim::scenario {

void Faults::begin(std::string label, Kind kind, Sites touched, std::function<void(host::World&)> end,
                   std::optional<Duration> lasting) {
  const std::uint64_t id = next_++;
  changed_at_ = world_.now();
  running_.emplace(id, Fault{std::move(label), kind, std::move(touched), std::move(end)});
  if (lasting) world_.at(world_.now() + *lasting, [this, id](host::World&) { this->end(id); });
}

void Faults::heal(std::string_view label, bool clogs_only) {
  std::vector<std::uint64_t> meant;
  for (const auto& [id, fault] : running_) {
    const bool kind = fault.kind == Kind::Clog || (fault.kind == Kind::Network && !clogs_only);
    if (kind && (label == "all" || fault.label == label)) meant.push_back(id);
  }
  for (const std::uint64_t id : meant) end(id);
}

void Faults::settle(const Sites& core) {
  std::vector<std::uint64_t> meant;
  for (const auto& [id, fault] : running_) {
    const bool inside = std::any_of(fault.touched.begin(), fault.touched.end(), [&](const fault::Site& s) {
      return std::find(core.begin(), core.end(), s) != core.end();
    });
    if (inside) meant.push_back(id);
  }
  for (const std::uint64_t id : meant) end(id);
}

void Faults::end(std::uint64_t id) {
  const auto found = running_.find(id);
  if (found == running_.end()) return;
  const auto action = std::move(found->second.end);
  running_.erase(found);
  changed_at_ = world_.now();
  action(world_);
}

}  // namespace sim::scenario
