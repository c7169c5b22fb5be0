// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <optional>

#include "syncer/base/hash.h"
#include "syncer/store/file.h"

namespace syncer::tls {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

Bio memory(ByteView bytes) { return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())), BIO_free_all); }

std::string one_line(const X509_NAME* name) {
  const Bio out(BIO_new(BIO_s_mem()), BIO_free_all);
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string date(const ASN1_TIME* time) {
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d %02d:%02d:%02d UTC", parts.tm_year + 1900, parts.tm_mon + 1,
                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text.data();
}

/// The URIs of a certificate that are meant to be an identity.
std::vector<std::string> identity_uris(const x509_st& certificate) {
  std::vector<std::string> uris;
  void* found = X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr);
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names(static_cast<GENERAL_NAMES*>(found),
                                                                            GENERAL_NAMES_free);
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* text = name->d.uniformResourceIdentifier;
    std::string uri(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                    static_cast<std::size_t>(ASN1_STRING_length(text)));
    if (is_identity_uri(uri)) uris.push_back(std::move(uri));
  }
  return uris;
}

}  // namespace

std::string take_openssl_error() {
  const unsigned long code = ERR_peek_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  std::string text = reason == nullptr ? "no reason given" : reason;
  ERR_clear_error();
  return text;
}

Result<std::vector<Certificate>> read_certificates(const std::string& path) {
  const auto text = store::read_file(path, kLargestPemFile);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return failure(ErrorCode::NotFound, path, "there is no such file");
  const Bio bio = memory(**text);
  std::vector<Certificate> all;
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) all.emplace_back(one, X509_free);
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = take_openssl_error();
  if (!at_end) return failure(ErrorCode::Invalid, path, "a certificate in it cannot be read: " + reason);
  if (all.empty()) return failure(ErrorCode::Invalid, path, "there is no PEM certificate in it");
  return all;
}

Result<PrivateKey> read_key(const std::string& path) {
  auto text = store::read_secret_file(path, kLargestPemFile);
  if (!text) return tl::unexpected(text.error());
  const Bio bio = memory(*text);
  // No password is asked for on a terminal that a daemon does not have.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr);
  OPENSSL_cleanse(text->data(), text->size());
  const std::string reason = take_openssl_error();
  if (key == nullptr)
    return failure(ErrorCode::Invalid, path, "there is no PEM private key without password: " + reason);
  return PrivateKey(key, EVP_PKEY_free);
}

Bytes encode_certificates(const std::vector<Certificate>& certificates) {
  Bytes all;
  for (const Certificate& one : certificates) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(one.get(), &der);
    if (size > 0) all.append(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
  }
  return all;
}

Result<std::vector<Certificate>> decode_certificates(ByteView bytes) {
  constexpr std::size_t kMost = 8;
  std::vector<Certificate> all;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* end = at + bytes.size();
  while (at < end && all.size() < kMost) {
    X509* one = d2i_X509(nullptr, &at, end - at);
    ERR_clear_error();
    if (one == nullptr) break;
    all.emplace_back(one, X509_free);
  }
  if (all.empty() || at != end) return failure(ErrorCode::Corrupt, "", "the certificate cannot be read");
  return all;
}

namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const EVP_MD* digest_for(const EVP_PKEY* key) {
  const int kind = EVP_PKEY_get_base_id(key);
  return kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448 ? nullptr : EVP_sha256();
}

const unsigned char* octets_of(ByteView text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::optional<Bytes> sign(EVP_PKEY* key, ByteView text) {
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::size_t size = 0;
  bool good = EVP_DigestSignInit(context.get(), nullptr, digest_for(key), nullptr, key) == 1 &&
              EVP_DigestSign(context.get(), nullptr, &size, octets_of(text), text.size()) == 1;
  Bytes signature(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  good = good && EVP_DigestSign(context.get(), out, &size, octets_of(text), text.size()) == 1;
  ERR_clear_error();
  signature.resize(good ? size : 0);
  return good ? std::optional(signature) : std::nullopt;
}

bool verify(EVP_PKEY* key, ByteView text, ByteView signature) {
  const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const bool good =
      EVP_DigestVerifyInit(context.get(), nullptr, digest_for(key), nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), octets_of(signature), signature.size(), octets_of(text), text.size()) == 1;
  ERR_clear_error();
  return good;
}

Result<PeerIdentity> identity_of(const x509_st& certificate) {
  const std::vector<std::string> uris = identity_uris(certificate);
  if (uris.empty()) {
    return failure(ErrorCode::Invalid, "", "it names no region: there is no URI syncer://REGION/ROLES among its names");
  }
  if (uris.size() > 1) return failure(ErrorCode::Invalid, "", "it names more than one syncer://REGION/ROLES");
  auto identity = parse_identity_uri(uris.front());
  if (identity) identity->fingerprint = fingerprint_of(certificate);
  return identity;
}

std::string fingerprint_of(const x509_st& certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(&certificate, &der);
  if (size < 0) return "";
  const std::string text = sha256_hex(ByteView(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  return text;
}

std::string serial_of(const x509_st& certificate) {
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(&certificate), nullptr);
  char* digits = BN_bn2hex(number);
  std::string text;
  for (const char* c = digits; *c != '\0'; ++c) text += static_cast<char>(*c >= 'A' && *c <= 'F' ? *c - 'A' + 'a' : *c);
  OPENSSL_free(digits);
  BN_free(number);
  const std::size_t first = text.find_first_not_of('0');
  return first == std::string::npos ? "0" : text.substr(first);
}

std::string subject_of(const x509_st& certificate) { return one_line(X509_get_subject_name(&certificate)); }
std::string issuer_of(const x509_st& certificate) { return one_line(X509_get_issuer_name(&certificate)); }

Duration time_left(const x509_st& certificate) {
  int days = 0;
  int seconds = 0;
  // Only an unreadable date fails; such a certificate is over.
  if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(&certificate)) != 1) return std::chrono::seconds(-1);
  return std::chrono::hours(24) * days + std::chrono::seconds(seconds);
}

std::string end_of(const x509_st& certificate) { return date(X509_get0_notAfter(&certificate)); }
std::string begin_of(const x509_st& certificate) { return date(X509_get0_notBefore(&certificate)); }

bool is_self_signed(const x509_st& certificate) {
  return X509_NAME_cmp(X509_get_subject_name(&certificate), X509_get_issuer_name(&certificate)) == 0;
}

}  // namespace syncer::tls
