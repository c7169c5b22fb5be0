// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "sim/host/kernel.h"
#include "sim/host/network/call_net.h"
#include "sim/host/network/datagram_net.h"
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

/// Hash of the bytes that an event carries, 0 when it carries none.
std::uint64_t payload_hash(Fabric& fabric, const engine::QueuedEvent& event);

/// Lets one event happen; all but Action, which the world keeps to itself. False when it was out of date and nothing
/// happened.
bool dispatch(Fabric& fabric, const engine::QueuedEvent& event);

}  // namespace sim::host
