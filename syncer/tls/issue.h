// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "syncer/base/identity.h"
#include "syncer/base/result.h"
#include "syncer/tls/certificate.h"

namespace syncer::tls {

/// A certificate and its key as their files hold them. The certificate is followed by the intermediate CAs above it.
struct Issued {
  std::string certificate_pem;
  std::string key_pem;  ///< secret
};

/// A CA that can issue: its certificate, the intermediates above it, its key.
class Issuer {
 public:
  /// Reads a CA's certificate and key. Errors name the path, and say when it is no CA or the key is another's.
  static Result<Issuer> read(const std::string& certificate_path, const std::string& key_path);

  /// A CA that may issue for that region alone (a name constraint).
  Result<Issued> region_ca(const std::string& region, int days) const;
  /// The certificate of a syncer, for both ends of a link. Not valid for longer than the CA itself. Refused when this
  /// CA may not issue for the region.
  Result<Issued> certificate(const PeerIdentity& identity, int days) const;

 private:
  Issuer(std::vector<Certificate> chain, PrivateKey key) : chain_(std::move(chain)), key_(std::move(key)) {}
  Result<Issued> sign(x509_st* certificate, evp_pkey_st* key) const;

  std::vector<Certificate> chain_;  ///< its own first
  PrivateKey key_;
};

/// A new root CA for a pool.
Result<Issued> create_ca(const std::string& name, int days);

}  // namespace syncer::tls
