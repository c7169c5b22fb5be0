// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>

#include "syncer/base/time.h"
#include "syncer/config/daemon_config.h"
#include "syncer/net/tcp_streams.h"
#include "syncer/node/certificate.h"
#include "syncer/ports/observer.h"
#include "syncer/tls/credentials.h"
#include "syncer/tls/signer.h"

namespace syncer::daemon {

/// The certificate of the running syncer: read at the start, watched, put in force anew when its files change, and
/// looked after until it ends. Files that cannot be used change nothing.
class Certificates {
 public:
  /// Borrows both.
  Certificates(const config::DaemonConfig& config, Observer& observer) : config_(config), observer_(observer) {}

  /// Reads the files, if the configuration names any. The error ends the process.
  Result<void> open();
  /// Whether these files could be used instead: what open() would say of them.
  Result<void> check(const tls::CredentialFiles& files) const;
  /// Puts what was read in force, and looks at the end of the certificate for the first time. Borrows `streams`.
  void begin(Instant now, net::TcpStreams& streams);
  /// Looks at the files and at the clock, when it is time to.
  void advance(Instant now);
  /// Signs by the certificate in force; nullptr when there is none.
  Signer* signer() { return current_ ? &signer_ : nullptr; }
  /// Whether they are wanted of others: "no", "optional" or "required".
  const char* rule() const;
  /// Nothing when there is no certificate.
  std::optional<node::CertificateStatus> status() const;

 private:
  /// What tells that a file is another one.
  using Look = std::array<std::int64_t, 5>;
  using Looks = std::array<Look, 4>;

  Looks look() const;
  Result<std::shared_ptr<const tls::Credentials>> read(const tls::CredentialFiles& files) const;
  void reload(Instant now);
  void watch_end(Instant now);

  const config::DaemonConfig& config_;
  Observer& observer_;
  net::TcpStreams* streams_ = nullptr;
  std::shared_ptr<const tls::Credentials> current_;
  tls::CredentialSigner signer_;
  Looks seen_{};
  Instant next_look_{};
  Instant next_judgement_{};
  node::CertificateAge age_ = node::CertificateAge::Fresh;
  std::string refused_;  ///< why the files as they are now are not in force
};

}  // namespace syncer::daemon
