// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/crypto/expand.h"
#include "syncer/crypto/mac.h"
#include "syncer/ports/signer.h"

namespace syncer::test {

/// Signs with a MAC whose key follows from the identity; its certificate is the identity.
class MacSigner final : public Signer {
 public:
  explicit MacSigner(const PeerIdentity& identity) : uri_(identity_uri(identity)) {}

  Bytes certificate() const override { return uri_; }
  Bytes sign(ByteView text) const override {
    ++signed_;
    return mac(uri_, text);
  }
  Result<PeerIdentity> verify(ByteView certificate, ByteView text, ByteView signature) override {
    ++verified_;
    if (mac(certificate, text) != signature) return failure(ErrorCode::Refused, "", "the signature is of another key");
    return parse_identity_uri(certificate);
  }
  void expand(std::span<const ByteView> parts, std::span<std::uint8_t> out) const override {
    crypto::shake128(parts, out);
  }
  int signatures() const { return signed_; }
  int verifications() const { return verified_; }

 private:
  static Bytes mac(ByteView uri, ByteView text) { return crypto::hmac_sha256("key of " + Bytes(uri), text); }

  Bytes uri_;
  mutable int signed_ = 0;
  int verified_ = 0;
};

}  // namespace syncer::test
