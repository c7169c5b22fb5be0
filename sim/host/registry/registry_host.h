// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "sim/host/kernel.h"
#include "sim/host/registry/registry.h"

namespace sim::host {

struct Fabric;

/// A registry's place in the world: its time, its wake-ups and those who watch it.
class RegistryHost final : public HttpService {
 public:
  RegistryHost(Fabric& fabric, RegistryIndex index, RegistrySpec spec);

  const RegistrySpec& spec() const { return spec_; }
  Registry& registry() { return *registry_; }
  const Registry& registry() const { return *registry_; }
  HttpReply handle(std::uint32_t front_end, const syncer::HttpRequest& request, std::string_view client) override;
  bool writes(const syncer::HttpRequest& request) const override { return registry_->writes(request); }
  /// Lets the registry do what is due. False when the wake-up was out of date.
  bool wake();
  /// Sees to it that wake() comes in time; to be called after anything that may have changed the deadline.
  void arm();

 private:
  Fabric& fabric_;
  RegistryIndex index_;
  RegistrySpec spec_;
  std::unique_ptr<Registry> registry_;
  std::optional<syncer::Instant> armed_;
};

}  // namespace sim::host
