// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "syncer/crypto/keyring.h"
#include "syncer/registry/mark_seal.h"

namespace syncer::node {

/// The keys of the pool as those that sign marks in the registry: each is derived from one of the ring, so that a
/// signature, which everybody can read, tells nothing about what seals the ports. The first signs, all of them verify.
class MarkKeys {
 public:
  explicit MarkKeys(const crypto::Keyring& ring) { set(ring); }
  ~MarkKeys() { wipe(); }
  MarkKeys(const MarkKeys&) = delete;
  MarkKeys& operator=(const MarkKeys&) = delete;

  /// Other keys from now on.
  void set(const crypto::Keyring& ring);
  /// Signs with what the keys are at the time; borrows this object.
  registry::MarkSeal seal() const;

 private:
  void wipe();
  registry::Proof check(ByteView text, std::string_view signature) const;

  std::vector<Bytes> keys_;
};

}  // namespace syncer::node
