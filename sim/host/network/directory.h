// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/fault/site.h"
#include "syncer/base/endpoint.h"
#include "syncer/ports/network.h"

namespace sim::host {

/// Who listens at an address.
struct Socket {
  fault::NodeIndex node = 0;
  syncer::Listener listener = syncer::Listener::Gossip;
};

/// Addresses of all nodes: a hash table with open addressing, looked up for each packet.
class Directory {
 public:
  /// The last one to bind an address has it.
  void bind(const syncer::Endpoint& address, Socket socket);
  /// Nobody listens there any more, if it was this node.
  void unbind(const syncer::Endpoint& address, fault::NodeIndex node);
  /// nullptr when nobody is there. Valid until the next bind.
  const Socket* find(const syncer::Endpoint& address) const;

 private:
  struct Entry {
    syncer::Endpoint address;
    std::optional<Socket> socket;  ///< nothing when the address was given up
    bool used = false;
  };
  std::size_t slot(const syncer::Endpoint& address) const;
  void grow();

  std::vector<Entry> entries_ = std::vector<Entry>(64);
  std::size_t size_ = 0;
};

}  // namespace sim::host
