// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/probe.h"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "syncer/store/file.h"
#include "syncer/tls/certificate.h"
#include "syncer/tls/deny_list.h"
#include "syncer/tls/words.h"

namespace syncer::tls {
namespace {

constexpr timeval kPatience{5, 0};
/// An end that does not believe our certificate says so after its own part of the handshake.
constexpr timeval kSecondThought{1, 500'000};

/// A connected socket that closes itself.
class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int descriptor() const { return descriptor_; }
  void set_patience(const timeval& time) const {
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  }

 private:
  int descriptor_;
};

Result<std::unique_ptr<Socket>> dial(const std::string& host, const std::string& port) {
  const std::string place = host + ":" + port;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int failed = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); failed != 0) {
    return failure(ErrorCode::Unreachable, place, std::string("cannot find the host: ") + ::gai_strerror(failed));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, ::freeaddrinfo);
  std::string reason = "it has no address";
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    auto socket = std::make_unique<Socket>(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, 0));
    socket->set_patience(kPatience);
    if (::connect(socket->descriptor(), one->ai_addr, one->ai_addrlen) == 0) return socket;
    reason = errno == EINPROGRESS ? "no answer" : std::strerror(errno);
  }
  return failure(ErrorCode::Unreachable, place, "cannot connect: " + reason);
}

std::string why_not(SSL* session, int outcome) {
  const long verdict = SSL_get_verify_result(session);
  if (verdict != X509_V_OK) return "its certificate is not believed: " + verdict_in_words(verdict);
  const unsigned long code = ERR_peek_error();
  if (SSL_get_error(session, outcome) == SSL_ERROR_SSL && ERR_GET_REASON(code) != SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    return error_in_words(code);
  }
  return "it ends the connection without a word of TLS: it has no certificate (tls.ca-file is not set there), or this "
         "is not the port of a syncer";
}

/// Waits for what the other end thinks of our certificate: silence is consent.
std::string second_thought(SSL* session, const Socket& socket) {
  socket.set_patience(kSecondThought);
  char byte = 0;
  errno = 0;
  const int size = SSL_read(session, &byte, 1);
  if (size > 0 || errno == EAGAIN || errno == EWOULDBLOCK) return "";
  const unsigned long code = ERR_peek_error();
  if (code != 0 && ERR_GET_REASON(code) != SSL_R_UNEXPECTED_EOF_WHILE_READING) return error_in_words(code);
  return "it closes the link after the handshake: on a cluster port the certificate has to be of its region, with the "
         "role \"voter\"; its log says why";
}

}  // namespace

Result<Probe> probe(const Credentials& credentials, const std::string& host, const std::string& port, Channel channel) {
  const auto socket = dial(host, port);
  if (!socket) return tl::unexpected(socket.error());
  const std::unique_ptr<SSL, decltype(&SSL_free)> session(credentials.dial(channel), SSL_free);
  SSL_set_fd(session.get(), (*socket)->descriptor());
  ERR_clear_error();
  Probe probe;
  if (const int outcome = SSL_connect(session.get()); outcome != 1) {
    probe.objection = why_not(session.get(), outcome);
    ERR_clear_error();
    return probe;
  }
  const auto peer = credentials.peer_of(session.get());
  if (!peer) {
    probe.objection = peer.error().detail;
    return probe;
  }
  probe.peer = *peer;
  probe.ends = end_of(*SSL_get0_peer_certificate(session.get()));
  probe.objection = second_thought(session.get(), **socket);
  ERR_clear_error();
  return probe;
}

Result<std::string> objection_between(const CredentialFiles& shows, const CredentialFiles& judges) {
  const auto chain = read_certificates(shows.certificate);
  if (!chain) return tl::unexpected(chain.error());
  const auto trust = Credentials::load_trust_alone(judges);
  if (!trust) return tl::unexpected(trust.error());
  return (*trust)->objection_to(*chain);
}

}  // namespace syncer::tls
