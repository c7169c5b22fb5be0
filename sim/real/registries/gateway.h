// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sim/host/world.h"
#include "sim/real/namespaces/network_namespace.h"
#include "sim/real/poller.h"
#include "syncer/base/http_message.h"

namespace sim::real {

/// The registries of a world on real sockets: one listening socket a front-end, in the namespace of the registry's
/// host. Requests of daemons go to the mock as those of simulated nodes do, and its answers go back over the
/// connection: late, cut, reset or never, as the mock's faults say.
class Gateway {
 public:
  /// Who has that address; nothing for nobody of the scenario.
  using Who = std::function<std::optional<fault::NodeIndex>(const std::string& host)>;

  Gateway(host::World& world, Poller& poller, Who who);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Listens for a front-end at an address that the host has.
  syncer::Result<void> listen(const NetworkNamespace& network, const syncer::Endpoint& address,
                              fault::RegistryIndex registry, std::uint32_t front_end);

 private:
  class Connection;
  struct FrontEnd {
    fault::RegistryIndex registry;
    std::uint32_t number;
    std::string origin;
  };
  void accept(int listener);
  void close(int descriptor);

  host::World& world_;
  Poller& poller_;
  Who who_;
  std::map<int, FrontEnd> listeners_;
  std::map<int, std::shared_ptr<Connection>> connections_;
};

}  // namespace sim::real
