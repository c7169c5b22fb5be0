// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/identity.h"
#include "syncer/tls/credentials.h"

namespace test {

/// Somebody of a region, for both roles unless told otherwise.
syncer::PeerIdentity identity(const std::string& region, const std::string& node = "", bool sync = true,
                              bool voter = true);

/// CAs and certificates as files in a directory of its own, gone with its owner. A CA "pool" is there.
class Pki {
 public:
  Pki();
  ~Pki();
  Pki(const Pki&) = delete;
  Pki& operator=(const Pki&) = delete;

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  void add_ca(const std::string& name);
  /// Issued by `ca` for that many days, negative for one that is over; believes the CA "pool". Each call makes another.
  syncer::tls::CredentialFiles make(const syncer::PeerIdentity& identity, int days = 100,
                                    const std::string& ca = "pool");
  void write(const std::string& path, const std::string& text, unsigned mode = 0600) const;

 private:
  std::string directory_;
  int made_ = 0;
};

}  // namespace test
