// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "syncer/base/result.h"

namespace syncer::cli {

/// The words of `syncer tls`.
struct TlsArguments {
  std::string name = "syncer CA";  ///< of a new CA
  std::string region;              ///< of a certificate, or the only one of a CA
  std::vector<std::string> roles;  ///< "sync", "voter"; both when empty
  std::string node;                ///< the only one that may use the certificate; empty: any of the region
  int days = 0;                    ///< 0: the command's own default
  std::string directory = ".";     ///< where files are written
  std::string ca;                  ///< the issuing CA's certificate; empty: syncer-ca.pem in the directory
  std::string ca_key;              ///< likewise
  std::string ca_file;             ///< of `verify`: as tls.ca-file and so on
  std::string cert_file;
  std::string key_file;
  std::string deny_file;
  std::string peer_ca_file;  ///< the other end's; empty: the same as ours
  std::string peer_cert_file;
  std::string port = "rpc";  ///< which port of a running syncer is dialled
  std::string address;       ///< HOST:PORT of a running syncer
};

// Each writes what it did to `out`; an error is the command's.

/// Files of a new CA, for all regions or, issued by another one, for a region alone.
Result<void> create_ca_files(const TlsArguments& arguments, std::ostream& out);
/// Files of a new certificate.
Result<void> create_certificate_files(const TlsArguments& arguments, std::ostream& out);
/// Whether two ends would talk, and in words why not: then an error.
Result<void> verify_files(const TlsArguments& arguments, std::ostream& out);

}  // namespace syncer::cli
