// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "syncer/tls/credentials.h"

namespace e2e {

/// Somebody who dials a syncer with whatever certificate the test gave him, by a TLS of his own: the product would
/// not even load most of these files.
class TlsPeer {
 public:
  /// What he shows, and believes, in the handshake.
  struct Shows {
    bool tls = true;                                         ///< false: plain TCP
    std::optional<syncer::tls::CredentialFiles> files = {};  ///< nothing: TLS without a certificate
    std::string protocol = "syncer-sync/1";                  ///< ALPN; empty: none
  };
  /// Connects and shakes hands; what becomes of that, read() tells.
  TlsPeer(const std::string& address, const Shows& shows);
  ~TlsPeer();
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  void send(const std::string& bytes);
  /// Reads until `done` is content with all that came so far. False when the other end closed, refused, or said nothing
  /// for some seconds.
  bool read(const std::function<bool(const std::string& all)>& done);
  /// The other end closed the connection.
  bool is_closed() const;
  /// All bytes that went out, as they were on the wire.
  const std::string& sent_on_the_wire() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace e2e
