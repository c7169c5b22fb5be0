// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/base/result.h"

struct ssl_st;
struct ssl_ctx_st;

namespace syncer::httpio {

/// What a client of TLS trusts and shows.
struct TlsOptions {
  std::string ca_file;    ///< certificates to trust (PEM); empty for the system's
  std::string cert_file;  ///< the client's own certificate and what follows it (PEM); empty for none
  std::string key_file;   ///< its private key (PEM); mode 0600

  bool operator==(const TlsOptions&) const = default;
};

/// Puts the client's own certificate into a context; nothing without one. The error names the file that cannot be used.
Result<void> use_own_certificate(ssl_ctx_st& context, const TlsOptions& options);

/// The certificate of the other end must be one for this host, which is a name or an address. False when that cannot be
/// asked for.
bool expect_host(ssl_st& tls, const std::string& host, bool is_address);

/// Why a connection failed, when it was for a certificate: that of the server is not trusted, or is for another host,
/// or that of the client is refused. `alert` is the reason code of OpenSSL's error, 0 for none.
std::optional<std::string> certificate_problem(const ssl_st& tls, const std::string& host, int alert,
                                               bool shows_certificate);

}  // namespace syncer::httpio
