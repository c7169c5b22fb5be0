// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/issue.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>

namespace syncer::tls {
namespace {

/// Clocks of machines differ by less.
constexpr long kClockSlack = 300;
constexpr int kSerialBits = 127;

Result<Issued> openssl_failed() { return failure(ErrorCode::Io, "", "OpenSSL: " + take_openssl_error()); }

template <class Write>
std::string written(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> out(BIO_new(BIO_s_mem()), BIO_free_all);
  write(out.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
  return written([&](BIO* out) { PEM_write_bio_X509(out, certificate); });
}

std::string pem(EVP_PKEY* key) {
  return written([&](BIO* out) { PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
}

PrivateKey fresh_key() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  return key == nullptr ? nullptr : PrivateKey(key, EVP_PKEY_free);
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_new(), BN_free);
  return BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

/// Everything but issuer, extensions and signature.
Certificate draft(const std::string& name, int days, EVP_PKEY* key) {
  Certificate certificate(X509_new(), X509_free);
  X509* raw = certificate.get();
  X509_set_version(raw, X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(raw), -kClockSlack);
  X509_time_adj_ex(X509_getm_notAfter(raw), days, 0, nullptr);
  X509_set_pubkey(raw, key);
  const auto* text = reinterpret_cast<const unsigned char*>(name.data());
  // A common name has at most 64 characters; who is meant stands among the other names.
  const int size = static_cast<int>(std::min<std::size_t>(name.size(), 64));
  const bool named = X509_NAME_add_entry_by_NID(X509_get_subject_name(raw), NID_commonName, MBSTRING_UTF8,
                                                const_cast<unsigned char*>(text), size, -1, 0) == 1;
  return named && set_serial(raw) ? certificate : nullptr;
}

bool add_ca_extensions(X509* certificate, X509* issuer, const std::string& depth) {
  return add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE,pathlen:" + depth) &&
         add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign") &&
         add_extension(certificate, issuer, NID_subject_key_identifier, "hash");
}

/// Where a URI has its host.
std::string region_part(const std::string& region) {
  PeerIdentity identity;
  identity.region = region;
  identity.sync = true;
  const std::string uri = identity_uri(identity);
  const std::size_t begin = uri.find("//") + 2;
  return uri.substr(begin, uri.find('/', begin) - begin);
}

/// Whether the name constraints of the issuer, if it has any, allow the certificate.
bool may_issue(const std::string& certificate_pem, const X509& issuer) {
  const std::unique_ptr<NAME_CONSTRAINTS, decltype(&NAME_CONSTRAINTS_free)> constraints(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(&issuer, NID_name_constraints, nullptr, nullptr)),
      NAME_CONSTRAINTS_free);
  if (!constraints) return true;
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> in(BIO_new_mem_buf(certificate_pem.data(), -1), BIO_free_all);
  const Certificate made(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
  // Only a certificate that was looked at has its names at hand.
  return made && X509_check_purpose(made.get(), -1, 0) == 1 &&
         NAME_CONSTRAINTS_check(made.get(), constraints.get()) == X509_V_OK;
}

}  // namespace

Result<Issued> create_ca(const std::string& name, int days) {
  const PrivateKey key = fresh_key();
  const Certificate certificate = key ? draft(name, days, key.get()) : nullptr;
  if (!certificate) return openssl_failed();
  X509* raw = certificate.get();
  X509_set_issuer_name(raw, X509_get_subject_name(raw));
  // One intermediate below it, that of a region, and certificates of syncers below that.
  const bool made = add_ca_extensions(raw, raw, "1") && X509_sign(raw, key.get(), EVP_sha256()) > 0;
  if (!made) return openssl_failed();
  return Issued{pem(raw), pem(key.get())};
}

Result<Issuer> Issuer::read(const std::string& certificate_path, const std::string& key_path) {
  auto chain = read_certificates(certificate_path);
  if (!chain) return tl::unexpected(chain.error());
  X509* own = chain->front().get();
  if (X509_check_ca(own) == 0) return failure(ErrorCode::Invalid, certificate_path, "is not the certificate of a CA");
  if (tls::time_left(*own) <= Duration::zero()) {
    return failure(ErrorCode::Invalid, certificate_path, "this CA has ended at " + end_of(*own));
  }
  auto key = read_key(key_path);
  if (!key) return tl::unexpected(key.error());
  const bool fits = X509_check_private_key(own, key->get()) == 1;
  ERR_clear_error();
  if (!fits) return failure(ErrorCode::Invalid, key_path, "is not the key of the CA in " + certificate_path);
  return Issuer(std::move(*chain), std::move(*key));
}

Result<Issued> Issuer::region_ca(const std::string& region, int days) const {
  const PrivateKey key = fresh_key();
  const Certificate certificate = key ? draft("syncer CA of region " + region, days, key.get()) : nullptr;
  if (!certificate) return openssl_failed();
  const std::string bound = "critical,permitted;URI:" + region_part(region);
  const bool made = add_ca_extensions(certificate.get(), chain_.front().get(), "0") &&
                    add_extension(certificate.get(), chain_.front().get(), NID_name_constraints, bound);
  return made ? sign(certificate.get(), key.get()) : openssl_failed();
}

Result<Issued> Issuer::certificate(const PeerIdentity& identity, int days) const {
  const PrivateKey key = fresh_key();
  const std::string name = identity.node.empty() ? identity.region : identity.region + " " + identity.node;
  const Certificate certificate = key ? draft(name, days, key.get()) : nullptr;
  if (!certificate) return openssl_failed();
  X509* raw = certificate.get();
  X509* issuer = chain_.front().get();
  const bool made = add_extension(raw, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(raw, issuer, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(raw, issuer, NID_ext_key_usage, "serverAuth,clientAuth") &&
                    add_extension(raw, issuer, NID_subject_key_identifier, "hash") &&
                    add_extension(raw, issuer, NID_subject_alt_name, "URI:" + identity_uri(identity));
  if (!made) return openssl_failed();
  auto issued = sign(raw, key.get());
  if (!issued || may_issue(issued->certificate_pem, *issuer)) return issued;
  return failure(ErrorCode::Refused, "",
                 "this CA may not issue for region \"" + identity.region + "\": " + subject_of(*issuer));
}

/// Nothing outlives the CA that vouches for it.
Result<Issued> Issuer::sign(x509_st* certificate, evp_pkey_st* key) const {
  X509* issuer = chain_.front().get();
  if (ASN1_TIME_compare(X509_get0_notAfter(certificate), X509_get0_notAfter(issuer)) > 0) {
    X509_set1_notAfter(certificate, X509_get0_notAfter(issuer));
  }
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  const bool made = add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") &&
                    X509_sign(certificate, key_.get(), EVP_sha256()) > 0;
  if (!made) return openssl_failed();
  Issued issued{pem(certificate), pem(key)};
  for (const Certificate& above : chain_) {
    if (!is_self_signed(*above)) issued.certificate_pem += pem(above.get());
  }
  return issued;
}

}  // namespace syncer::tls
