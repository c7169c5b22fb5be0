// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/tls_problem.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

#include "syncer/store/file.h"

namespace syncer::httpio {
namespace {

constexpr std::size_t kLongestKey = 64U << 10U;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freed<Free>>;

std::string last_error() {
  const unsigned long code = ERR_get_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "it is no PEM" : reason;
}

/// The alerts by which a server says that it does not like what it was shown.
bool is_about_us(int alert) {
  switch (alert) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<void> use_own_certificate(ssl_ctx_st& context, const TlsOptions& options) {
  if (options.cert_file.empty() && options.key_file.empty()) return {};
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(&context, options.cert_file.c_str()) != 1) {
    return failure(ErrorCode::Invalid, options.cert_file, "cannot be read as a certificate: " + last_error());
  }
  auto text = store::read_secret_file(options.key_file, kLongestKey);
  if (!text) return tl::unexpected(text.error());
  const Owned<BIO, BIO_free> memory(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  // An encrypted key would ask for its password on the terminal.
  const auto no_password = [](char*, int, int, void*) { return 0; };
  const Owned<EVP_PKEY, EVP_PKEY_free> key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr));
  OPENSSL_cleanse(text->data(), text->size());
  if (!key) return failure(ErrorCode::Invalid, options.key_file, "cannot be read as a private key: " + last_error());
  if (SSL_CTX_use_PrivateKey(&context, key.get()) != 1) {
    return failure(ErrorCode::Invalid, options.key_file, "is not the key of " + options.cert_file);
  }
  return {};
}

bool expect_host(ssl_st& tls, const std::string& host, bool is_address) {
  if (is_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&tls), host.c_str()) == 1;
  SSL_set_hostflags(&tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  void* const name = const_cast<char*>(host.c_str());  // OpenSSL only reads it
  return SSL_set1_host(&tls, host.c_str()) == 1 &&
         SSL_ctrl(&tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name) == 1;
}

std::optional<std::string> certificate_problem(const ssl_st& tls, const std::string& host, int alert,
                                               bool shows_certificate) {
  const long verdict = SSL_get_verify_result(&tls);
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return "host name: the server's certificate is not for " + host;
  }
  if (verdict != X509_V_OK) {
    return std::string("CA: the server's certificate is not trusted: ") + X509_verify_cert_error_string(verdict) +
           "; registry.ca-file names what is trusted";
  }
  if (!is_about_us(alert)) return std::nullopt;
  if (shows_certificate) return "client certificate: the server refuses that of registry.cert-file";
  return "client certificate: the server wants one; give registry.cert-file and registry.key-file";
}

}  // namespace syncer::httpio
