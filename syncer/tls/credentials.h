// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "syncer/base/identity.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/ports/network.h"
#include "syncer/tls/certificate.h"

struct ssl_st;

namespace syncer::tls {

/// Where the certificates of a syncer are.
struct CredentialFiles {
  std::string ca;           ///< PEM: who may issue certificates of this pool
  std::string certificate;  ///< PEM: our own, then the intermediate CAs that lead to one of `ca`
  std::string key;          ///< PEM, mode 0600
  std::string deny;         ///< see DenyList; empty: none
};

/// Our certificate and what we believe, as read at one time. TLS 1.3 alone, both ends show certificates, nothing is
/// resumed and nothing is sent early, so that no handshake can be played again.
class Credentials {
 public:
  /// Reads and checks the files: the key fits, the certificate names an identity, is of our own CA, valid now, and
  /// good for both ends of a link. Errors name the path and say what to do.
  static Result<std::shared_ptr<const Credentials>> load(const CredentialFiles& files);
  /// The CAs and the deny-list alone, to judge others by; there is no own certificate then.
  static Result<std::shared_ptr<const Credentials>> load_trust_alone(const CredentialFiles& files);
  ~Credentials();
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;

  const PeerIdentity& own() const { return own_; }
  /// From now until others stop to believe our certificate: its end, or that of a CA above it. Negative when over.
  Duration time_left() const;

  /// A TLS session that is about to begin; the caller owns it, and keeps this object for as long. What it is for is
  /// said in the handshake (ALPN): an end that wants something else refuses.
  ssl_st* dial(Channel channel) const;
  ssl_st* answer(Channel channel) const;
  /// Who is at the other end of a session, after its handshake.
  Result<PeerIdentity> peer_of(ssl_st* session) const;
  /// Why the certificate at the other end of a finished session would not be believed now; empty when it would.
  std::string objection_to(ssl_st* session) const;
  /// The same for a certificate, followed by the intermediates above it, at either end of a link.
  std::string objection_to(const std::vector<Certificate>& chain) const;

  /// Our certificate and the intermediates above it, as believe() takes them.
  Bytes shown() const;
  /// By the key of our certificate.
  Bytes sign(ByteView text) const;
  /// Somebody's certificate that is believed, with its key and the way to the CA.
  struct Believed {
    PeerIdentity identity;
    PrivateKey key;  ///< its public half
    std::vector<Certificate> path;
  };
  Result<Believed> believe(ByteView shown) const;

 private:
  struct Native;
  Credentials();
  Result<void> load_trust(const CredentialFiles& files);
  Result<void> load_own(const CredentialFiles& files);
  Result<void> check_own(const CredentialFiles& files);
  ssl_st* session(Channel channel) const;

  std::unique_ptr<Native> native_;
  PeerIdentity own_;
};

/// Why a handshake ended, for people; `failed` is what the stream says, `session` knows more.
std::string handshake_failure(ssl_st* session, const std::error_code& failed);
/// The same for a session that had come about.
std::string session_failure(const std::error_code& failed);
/// A handshake of ours ended before anything came back that is TLS.
bool speaks_no_tls(ssl_st* session, const std::error_code& failed);

}  // namespace syncer::tls
