// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"

namespace syncer {

/// Unreliable packets from the gossip address. A packet may be lost, doubled, delayed or reordered; what arrives comes
/// back through Node::on_datagram.
class Datagrams {
 public:
  virtual ~Datagrams() = default;
  /// Never blocks; a packet that cannot be sent is lost.
  virtual void send(const Endpoint& to, ByteView packet) = 0;
};

}  // namespace syncer
