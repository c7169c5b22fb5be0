// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/signer.h"

#include <algorithm>
#include <utility>

#include "syncer/crypto/expand.h"

namespace syncer::tls {
namespace {

constexpr std::size_t kMostBelieved = 256;

bool is_over(const Credentials::Believed& believed) {
  return std::any_of(believed.path.begin(), believed.path.end(),
                     [](const Certificate& one) { return time_left(*one) < Duration::zero(); });
}

}  // namespace

void CredentialSigner::use(std::shared_ptr<const Credentials> credentials) {
  credentials_ = std::move(credentials);
  own_ = credentials_->shown();
  believed_.clear();
}

Result<const Credentials::Believed*> CredentialSigner::believed(ByteView certificate) {
  if (const auto known = believed_.find(certificate); known != believed_.end()) {
    if (!is_over(known->second)) return &known->second;
    believed_.erase(known);
  }
  auto fresh = credentials_->believe(certificate);
  if (!fresh) return tl::unexpected(fresh.error());
  if (believed_.size() >= kMostBelieved) believed_.clear();
  return &believed_.insert_or_assign(Bytes(certificate), std::move(*fresh)).first->second;
}

Result<PeerIdentity> CredentialSigner::verify(ByteView certificate, ByteView text, ByteView signature) {
  const auto by = believed(certificate);
  if (!by) return tl::unexpected(by.error());
  if (tls::verify((*by)->key.get(), text, signature)) return (*by)->identity;
  return failure(ErrorCode::Refused, "", "the signature is not of the key of the certificate");
}

void CredentialSigner::expand(std::span<const ByteView> parts, std::span<std::uint8_t> out) const {
  crypto::shake128(parts, out);
}

}  // namespace syncer::tls
