// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "syncer/base/bytes.h"
#include "syncer/base/identity.h"
#include "syncer/base/result.h"

namespace syncer {

/// The certificate of a node as something to sign with, and what it believes of others' signatures.
class Signer {
 public:
  virtual ~Signer() = default;
  /// Our own certificate and what shows that it is believed, as verify() takes it. It changes when it is renewed.
  virtual Bytes certificate() const = 0;
  /// By the key of certificate().
  virtual Bytes sign(ByteView text) const = 0;
  /// Whom the certificate names, if it is believed now and its key signed the text; else why not.
  virtual Result<PeerIdentity> verify(ByteView certificate, ByteView text, ByteView signature) = 0;
  /// Fills `out` with a hash of the parts, one after the other: SHAKE128.
  virtual void expand(std::span<const ByteView> parts, std::span<std::uint8_t> out) const = 0;
};

}  // namespace syncer
