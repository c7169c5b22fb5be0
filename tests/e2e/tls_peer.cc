// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/tls_peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "syncer/base/endpoint.h"

namespace e2e {
namespace {

constexpr timeval kPatience{4, 0};

int connected(const std::string& address) {
  const auto to = syncer::parse_endpoint(address).value();
  sockaddr_in target{};
  target.sin_family = AF_INET;
  target.sin_port = htons(to.port);
  std::copy(to.address.begin() + 12, to.address.end(), reinterpret_cast<unsigned char*>(&target.sin_addr));
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  const int now = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
    throw std::runtime_error("cannot connect to " + address);
  }
  return descriptor;
}

}  // namespace

struct TlsPeer::State {
  int descriptor = -1;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> session{nullptr, SSL_free};
  std::string wire;
  std::string received;
  bool closed = false;
  bool failed = false;  ///< TLS is over

  void begin(const Shows& shows) {
    context.reset(SSL_CTX_new(TLS_client_method()));
    if (shows.files) {
      SSL_CTX_use_certificate_chain_file(context.get(), shows.files->certificate.c_str());
      SSL_CTX_use_PrivateKey_file(context.get(), shows.files->key.c_str(), SSL_FILETYPE_PEM);
    }
    session.reset(SSL_new(context.get()));
    SSL_set_bio(session.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    if (!shows.protocol.empty()) {
      const std::string offered = std::string(1, static_cast<char>(shows.protocol.size())) + shows.protocol;
      SSL_set_alpn_protos(session.get(), reinterpret_cast<const unsigned char*>(offered.data()),
                          static_cast<unsigned>(offered.size()));
    }
    SSL_set_connect_state(session.get());
    while (!SSL_is_init_finished(session.get()) && step(SSL_do_handshake(session.get()))) {
    }
    flush();
  }

  /// What an operation of TLS wants next: false when there is nothing more to do or to be had.
  bool step(int outcome) {
    flush();
    if (outcome > 0) return true;
    const int want = SSL_get_error(session.get(), outcome);
    ERR_clear_error();
    failed = want != SSL_ERROR_WANT_READ;
    return !failed && fill();
  }

  void flush() {
    std::array<char, 4096> buffer{};
    for (int n = 0; (n = BIO_read(SSL_get_wbio(session.get()), buffer.data(), buffer.size())) > 0;) {
      write(std::string(buffer.data(), static_cast<std::size_t>(n)));
    }
  }

  void write(const std::string& bytes) {
    wire += bytes;
    // Who was refused meanwhile sees it when he reads.
    static_cast<void>(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  /// More of what the other end sends; false at its end, or when nothing comes.
  bool fill() {
    std::array<char, 16384> buffer{};
    const ssize_t n = ::recv(descriptor, buffer.data(), buffer.size(), 0);
    closed = n == 0 || (n < 0 && errno != EAGAIN);
    if (n <= 0) return false;
    if (session)
      BIO_write(SSL_get_rbio(session.get()), buffer.data(), static_cast<int>(n));
    else
      received.append(buffer.data(), static_cast<std::size_t>(n));
    return true;
  }

  bool read_more() {
    if (!session) return fill();
    std::array<char, 16384> buffer{};
    const int n = SSL_read(session.get(), buffer.data(), buffer.size());
    if (n > 0) received.append(buffer.data(), static_cast<std::size_t>(n));
    return step(n);
  }

  /// After an alert the connection is closed, too.
  void drain() {
    while (failed && !closed && fill()) {
    }
  }
};

TlsPeer::TlsPeer(const std::string& address, const Shows& shows) : state_(std::make_unique<State>()) {
  state_->descriptor = connected(address);
  if (shows.tls) state_->begin(shows);
}

TlsPeer::~TlsPeer() { ::close(state_->descriptor); }

void TlsPeer::send(const std::string& bytes) {
  if (!state_->session) return state_->write(bytes);
  if (state_->failed) return;
  SSL_write(state_->session.get(), bytes.data(), static_cast<int>(bytes.size()));
  state_->flush();
}

bool TlsPeer::read(const std::function<bool(const std::string& all)>& done) {
  while (!done(state_->received)) {
    if (state_->failed || !state_->read_more()) {
      state_->drain();
      return false;
    }
  }
  return true;
}

bool TlsPeer::is_closed() const { return state_->closed; }
const std::string& TlsPeer::sent_on_the_wire() const { return state_->wire; }

}  // namespace e2e
