// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/credentials.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <vector>

#include "syncer/base/assert.h"
#include "syncer/store/file.h"
#include "syncer/tls/certificate.h"
#include "syncer/tls/deny_list.h"
#include "syncer/tls/words.h"

namespace syncer::tls {
namespace {

/// What the other end may send of certificates before it is known.
constexpr long kLargestChain = 16L << 10;

/// Names of what a link is for, as ALPN has them: a length and the name.
constexpr std::string_view kSyncProtocolName = "\x0dsyncer-sync/1";
constexpr std::string_view kRaftProtocolName = "\x0dsyncer-raft/1";

std::string_view protocol_of(Channel channel) {
  return channel == Channel::Raft ? kRaftProtocolName : kSyncProtocolName;
}

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// Where a session keeps the name of its protocol; what Asio calls app data is Asio's.
int protocol_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

/// The protocol of this end if the other one offers it.
int choose_protocol(SSL* session, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned length, void*) {
  const auto* wanted = static_cast<const unsigned char*>(SSL_get_ex_data(session, protocol_index()));
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, size, wanted, wanted[0] + 1U, offered, length);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// Empty without a path.
Result<DenyList> read_deny_list(const std::string& path) {
  if (path.empty()) return DenyList();
  const auto text = store::read_file(path, kLargestPemFile);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return failure(ErrorCode::NotFound, path, "there is no such deny-list; an empty file denies nobody");
  auto deny = DenyList::parse(**text);
  if (!deny) return failure(deny.error().code, path + ":" + deny.error().where, deny.error().detail);
  return deny;
}

using StoreContext = std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)>;

}  // namespace

struct Credentials::Native {
  std::shared_ptr<SSL_CTX> context;
  std::vector<Certificate> chain;  ///< our own first
  DenyList deny;
  std::vector<Certificate> path;  ///< from our own to the CA of the file

  /// TLS 1.3 and nothing that could be played again.
  void begin();
  /// Judges one certificate of a chain that is good so far, as a callback of OpenSSL.
  int judge(X509_STORE_CTX* walk) const;
  /// Why a certificate is not believed; X509_V_OK when it is. Gives the way to a CA that was found.
  long verify(X509* leaf, STACK_OF(X509) * others, const char* purpose, std::vector<Certificate>* path) const;
  /// The same for a certificate and the intermediates above it, at both ends of a link.
  long verify(const std::vector<Certificate>& all, std::vector<Certificate>* found) const;
};

int Credentials::Native::judge(X509_STORE_CTX* walk) const {
  const X509* certificate = X509_STORE_CTX_get_current_cert(walk);
  if (certificate == nullptr) return 1;
  if (deny.contains(*certificate)) {
    X509_STORE_CTX_set_error(walk, X509_V_ERR_CERT_REVOKED);
    return 0;
  }
  if (X509_STORE_CTX_get_error_depth(walk) == 0 && !identity_of(*certificate)) {
    X509_STORE_CTX_set_error(walk, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }
  return 1;
}

long Credentials::Native::verify(X509* leaf, STACK_OF(X509) * others, const char* purpose,
                                 std::vector<Certificate>* found) const {
  const StoreContext walk(X509_STORE_CTX_new(), X509_STORE_CTX_free);
  X509_STORE_CTX_init(walk.get(), SSL_CTX_get_cert_store(context.get()), leaf, others);
  X509_STORE_CTX_set_default(walk.get(), purpose);
  const bool good = X509_verify_cert(walk.get()) == 1;
  ERR_clear_error();
  if (!good) return X509_STORE_CTX_get_error(walk.get());
  const STACK_OF(X509)* way = X509_STORE_CTX_get0_chain(walk.get());
  for (int i = 0; i < sk_X509_num(way); ++i) {
    X509* one = sk_X509_value(way, i);
    if (deny.contains(*one)) return X509_V_ERR_CERT_REVOKED;
    if (found == nullptr) continue;
    X509_up_ref(one);
    found->emplace_back(one, X509_free);
  }
  return X509_V_OK;
}

long Credentials::Native::verify(const std::vector<Certificate>& all, std::vector<Certificate>* found) const {
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> others(sk_X509_new_null(),
                                                                          [](STACK_OF(X509) * s) { sk_X509_free(s); });
  for (const Certificate& one : all) sk_X509_push(others.get(), one.get());
  long code = X509_V_OK;
  for (const char* purpose : {"ssl_server", "ssl_client"}) {
    if (found != nullptr) found->clear();
    if (code == X509_V_OK) code = verify(all.front().get(), others.get(), purpose, found);
  }
  return code;
}

Credentials::Credentials() : native_(std::make_unique<Native>()) {}
Credentials::~Credentials() = default;

Result<std::shared_ptr<const Credentials>> Credentials::load(const CredentialFiles& files) {
  std::shared_ptr<Credentials> credentials(new Credentials);
  if (auto trust = credentials->load_trust(files); !trust) return tl::unexpected(trust.error());
  if (auto own = credentials->load_own(files); !own) return tl::unexpected(own.error());
  if (auto good = credentials->check_own(files); !good) return tl::unexpected(good.error());
  return credentials;
}

Result<std::shared_ptr<const Credentials>> Credentials::load_trust_alone(const CredentialFiles& files) {
  std::shared_ptr<Credentials> credentials(new Credentials);
  if (auto trust = credentials->load_trust(files); !trust) return tl::unexpected(trust.error());
  return credentials;
}

void Credentials::Native::begin() {
  context.reset(SSL_CTX_new(TLS_method()), SSL_CTX_free);
  SSL_CTX_set_app_data(context.get(), this);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_max_cert_list(context.get(), kLargestChain);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  constexpr int kMutual = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(context.get(), kMutual, [](int good, X509_STORE_CTX* walk) {
    if (good != 1) return 0;
    void* session = X509_STORE_CTX_get_ex_data(walk, SSL_get_ex_data_X509_STORE_CTX_idx());
    void* native = SSL_CTX_get_app_data(SSL_get_SSL_CTX(static_cast<SSL*>(session)));
    return static_cast<const Native*>(native)->judge(walk);
  });
}

Result<void> Credentials::load_trust(const CredentialFiles& files) {
  native_->begin();
  auto anchors = read_certificates(files.ca);
  if (!anchors) return tl::unexpected(anchors.error());
  X509_STORE* store = SSL_CTX_get_cert_store(native_->context.get());
  for (const Certificate& anchor : *anchors) X509_STORE_add_cert(store, anchor.get());
  auto deny = read_deny_list(files.deny);
  if (!deny) return tl::unexpected(deny.error());
  native_->deny = std::move(*deny);
  return {};
}

Result<void> Credentials::load_own(const CredentialFiles& files) {
  auto chain = read_certificates(files.certificate);
  if (!chain) return tl::unexpected(chain.error());
  native_->chain = std::move(*chain);
  const auto key = read_key(files.key);
  if (!key) return tl::unexpected(key.error());
  auto identity = identity_of(*native_->chain.front());
  if (!identity) return failure(identity.error().code, files.certificate, identity.error().detail);
  own_ = std::move(*identity);
  SSL_CTX* context = native_->context.get();
  const bool usable = SSL_CTX_use_certificate(context, native_->chain.front().get()) == 1;
  const std::string reason = take_openssl_error();
  if (!usable) return failure(ErrorCode::Invalid, files.certificate, "the certificate cannot be used: " + reason);
  for (std::size_t i = 1; i < native_->chain.size(); ++i) SSL_CTX_add1_chain_cert(context, native_->chain[i].get());
  const bool fits = SSL_CTX_use_PrivateKey(context, key->get()) == 1 && SSL_CTX_check_private_key(context) == 1;
  ERR_clear_error();
  if (fits) return {};
  return failure(ErrorCode::Invalid, files.key, "is not the key of the certificate in " + files.certificate);
}

/// Others judge us by the same CAs: what they would refuse is said here and at once.
Result<void> Credentials::check_own(const CredentialFiles& files) {
  const long code = native_->verify(native_->chain, &native_->path);
  if (code == X509_V_OK) return {};
  const bool expired = code == X509_V_ERR_CERT_HAS_EXPIRED;
  const std::string when = expired ? " (its own time ends " + end_of(*native_->chain.front()) + ")" : "";
  return failure(ErrorCode::Invalid, files.certificate,
                 "nobody will believe this certificate: " + verdict_in_words(code) + when);
}

Duration Credentials::time_left() const {
  Duration left = Duration::max();
  for (const Certificate& one : native_->path) left = std::min(left, tls::time_left(*one));
  return left;
}

ssl_st* Credentials::session(Channel channel) const {
  SSL* session = SSL_new(native_->context.get());
  SYNCER_ASSERT(session != nullptr);
  // ALPN's callback finds there what this end wants.
  SSL_set_ex_data(session, protocol_index(), const_cast<char*>(protocol_of(channel).data()));
  return session;
}

ssl_st* Credentials::dial(Channel channel) const {
  SSL* made = session(channel);
  const std::string_view protocol = protocol_of(channel);
  SSL_set_alpn_protos(made, octets(protocol), static_cast<unsigned>(protocol.size()));
  return made;
}

ssl_st* Credentials::answer(Channel channel) const { return session(channel); }

Result<PeerIdentity> Credentials::peer_of(ssl_st* session) const {
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session, &protocol, &size);
  if (size == 0) return failure(ErrorCode::Refused, "", "the other end does not say what the link is for (ALPN)");
  const X509* certificate = SSL_get0_peer_certificate(session);
  if (certificate == nullptr) return failure(ErrorCode::Refused, "", "the other end shows no certificate");
  return identity_of(*certificate);
}

std::string Credentials::objection_to(ssl_st* session) const {
  X509* certificate = SSL_get0_peer_certificate(session);
  if (certificate == nullptr) return "it shows no certificate";
  const char* purpose = SSL_is_server(session) == 1 ? "ssl_client" : "ssl_server";
  const long code = native_->verify(certificate, SSL_get_peer_cert_chain(session), purpose, nullptr);
  return code == X509_V_OK ? "" : verdict_in_words(code);
}

std::string Credentials::objection_to(const std::vector<Certificate>& chain) const {
  if (auto identity = identity_of(*chain.front()); !identity) return identity.error().detail;
  const long code = native_->verify(chain, nullptr);
  return code == X509_V_OK ? "" : verdict_in_words(code);
}

Bytes Credentials::shown() const { return encode_certificates(native_->chain); }

Bytes Credentials::sign(ByteView text) const {
  auto signature = tls::sign(SSL_CTX_get0_privatekey(native_->context.get()), text);
  SYNCER_ASSERT(signature.has_value());
  return *signature;
}

Result<Credentials::Believed> Credentials::believe(ByteView shown) const {
  auto chain = decode_certificates(shown);
  if (!chain) return tl::unexpected(chain.error());
  auto identity = identity_of(*chain->front());
  if (!identity) return tl::unexpected(identity.error());
  Believed believed{std::move(*identity), PrivateKey(X509_get_pubkey(chain->front().get()), EVP_PKEY_free), {}};
  const long code = native_->verify(*chain, &believed.path);
  if (code == X509_V_OK && believed.key) return believed;
  ERR_clear_error();
  return failure(ErrorCode::Refused, "", "its certificate is not believed: " + verdict_in_words(code));
}

std::string handshake_failure(ssl_st* session, const std::error_code& failed) {
  const long code = SSL_get_verify_result(session);
  if (code != X509_V_OK) return "the certificate of the other end is not believed: " + verdict_in_words(code);
  return session_failure(failed);
}

bool speaks_no_tls(ssl_st* session, const std::error_code& failed) {
  // A cipher is agreed with the first word of an end that speaks TLS, and an alert is TLS, too.
  const bool of_openssl = std::string_view(failed.category().name()) == "asio.ssl";
  const bool is_alert =
      of_openssl && ERR_GET_REASON(static_cast<unsigned long>(failed.value())) >= SSL_AD_REASON_OFFSET;
  return SSL_get_current_cipher(session) == nullptr && !is_alert;
}

std::string session_failure(const std::error_code& failed) {
  const bool of_openssl = std::string_view(failed.category().name()) == "asio.ssl";
  return of_openssl ? error_in_words(static_cast<unsigned long>(failed.value())) : failed.message();
}

}  // namespace syncer::tls
