// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/crypto/keyring.h"
#include "syncer/wire/raft/cluster_message.h"

namespace syncer::wire {

/// Whether the dialer or the acceptor of a link wrote a frame.
enum class Writer : std::uint8_t { Dialer, Acceptor };

/// Frames of the cluster port under the keys of the gossip pool: without one of them no frame can be read or
/// written.
/// Region, writer and the frame's number in its stream are authenticated, so that nothing can be taken out, doubled,
/// moved or sent back. A whole stream can be played again; Raft tolerates repeated messages.
class ClusterSeal {
 public:
  /// Without keys everything goes in plain. `nonce` is required with keys.
  ClusterSeal(std::string region, crypto::Keyring keys, crypto::NonceSource nonce)
      : region_(std::move(region)), keys_(std::move(keys)), nonce_(std::move(nonce)) {}

  void set_keys(crypto::Keyring keys) { keys_ = std::move(keys); }
  /// The whole frame as it is sent; `number` counts the frames of this writer on this link.
  Bytes seal(const ClusterFrame& frame, Writer writer, std::uint64_t number) const;
  /// ErrorCode::Refused when it is not sealed as we seal, or no key of ours opens it.
  Result<ClusterFrame> open(std::uint8_t type, ByteView body, Writer writer, std::uint64_t number) const;

 private:
  Bytes authenticated(Writer writer, std::uint64_t number) const;

  std::string region_;
  crypto::Keyring keys_;
  crypto::NonceSource nonce_;
};

}  // namespace syncer::wire
