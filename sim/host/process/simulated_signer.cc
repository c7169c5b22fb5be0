// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/simulated_signer.h"

#include "syncer/crypto/mac.h"

namespace sim::host {
namespace {

constexpr syncer::ByteView kBelieved = "believed ";
constexpr syncer::ByteView kNotBelieved = "not believed ";

syncer::Bytes mac(syncer::ByteView uri, syncer::ByteView text) {
  return syncer::crypto::hmac_sha256("simulated key of " + syncer::Bytes(uri), text);
}

}  // namespace

syncer::Bytes simulated_certificate(const Certificate& certificate) {
  return syncer::Bytes(certificate.believed ? kBelieved : kNotBelieved) + identity_uri(certificate.identity);
}

syncer::Bytes simulated_signature(const Certificate& certificate, syncer::ByteView text) {
  return mac(identity_uri(certificate.identity), text);
}

syncer::Result<syncer::PeerIdentity> simulated_verification(syncer::ByteView certificate, syncer::ByteView text,
                                                            syncer::ByteView signature) {
  if (!certificate.starts_with(kBelieved)) {
    return syncer::failure(syncer::ErrorCode::Refused, "", "the certificate is not believed");
  }
  const syncer::ByteView uri = certificate.substr(kBelieved.size());
  if (!syncer::crypto::same_mac(mac(uri, text), signature)) {
    return syncer::failure(syncer::ErrorCode::Refused, "", "the signature is not of the key of the certificate");
  }
  return syncer::parse_identity_uri(uri);
}

}  // namespace sim::host
