// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "syncer/replication/messages.h"

namespace syncer::replication {

/// Fills `out` with a hash of the parts, one after the other, of as many bytes as wanted (an extendable output
/// function). Nobody can find two inputs with the same output.
using Expand = std::function<void(std::span<const ByteView> parts, std::span<std::uint8_t> out)>;

/// Digest of a set of records to which nobody can find another set, which SetHash is not: LtHash16 of "Securing update
/// propagation with homomorphic hashing" (Lewi, Kim, Maykov, Weis; 2019), a sum of 1024 lanes modulo 2^16. Like SetHash
/// it depends on the set alone and costs O(1) for each change. The same record 2^16 times is as good as none: who adds
/// what others say looks first that each key is there once.
class SetDigest {
 public:
  explicit SetDigest(Expand expand) : expand_(std::move(expand)) {}

  void add(ByteView key, ByteView payload);
  /// Undoes an add of the same pair.
  void remove(ByteView key, ByteView payload);
  /// kDigestBytes of it.
  Bytes value() const;

 private:
  static constexpr std::size_t kLanes = 1024;
  using Lanes = std::array<std::uint16_t, kLanes>;
  Lanes lanes_of(ByteView key, ByteView payload) const;

  Expand expand_;
  Lanes lanes_{};
};

}  // namespace syncer::replication
