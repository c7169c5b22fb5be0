// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "sim/host/network/call_net.h"
#include "sim/host/network/datagram_net.h"
#include "sim/host/network/directory.h"
#include "sim/host/kernel.h"
#include "sim/host/network/network.h"
#include "sim/host/network/stream_net.h"

namespace sim::host {

class NodeHost;
class RegistryHost;

/// Everything a world consists of; the parts know each other through it.
struct Fabric {
  Kernel kernel;
  Directory directory;
  Network network{kernel};
  DatagramNet datagrams{*this};
  StreamNet streams{*this};
  CallNet calls{*this};
  std::vector<std::unique_ptr<NodeHost>> nodes;
  std::vector<std::unique_ptr<RegistryHost>> registries;
  /// Somebody got hold of a registry from outside: its deadline may have changed.
  bool registries_touched = false;

  Fabric();
  ~Fabric();
};

}  // namespace sim::host
