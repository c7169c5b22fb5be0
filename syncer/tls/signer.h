// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "syncer/ports/signer.h"
#include "syncer/tls/credentials.h"

namespace syncer::tls {

/// Signs with the key of our certificate, and judges others as a link of theirs would be judged. Certificates that were
/// believed are remembered, bounded, until their end or until ours are read anew.
class CredentialSigner final : public Signer {
 public:
  /// From now on; required before anything else.
  void use(std::shared_ptr<const Credentials> credentials);

  Bytes certificate() const override { return own_; }
  Bytes sign(ByteView text) const override { return credentials_->sign(text); }
  Result<PeerIdentity> verify(ByteView certificate, ByteView text, ByteView signature) override;
  void expand(std::span<const ByteView> parts, std::span<std::uint8_t> out) const override;

 private:
  Result<const Credentials::Believed*> believed(ByteView certificate);

  std::shared_ptr<const Credentials> credentials_;
  Bytes own_;
  std::map<Bytes, Credentials::Believed, std::less<>> believed_;  // by what was shown
};

}  // namespace syncer::tls
