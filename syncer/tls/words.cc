// SPDX-License-Identifier: Apache-2.0
#include "syncer/tls/words.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace syncer::tls {
namespace {

/// Empty for one that has no words of its own.
std::string special_words(int reason) {
  switch (reason) {
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      return "the other end does not know the CA that issued our certificate";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
      return "the other end says that our certificate has expired or is not valid yet";
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
      return "our certificate is on the deny-list of the other end";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return "the other end demands a certificate and got none";
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      return "the other end does not believe our certificate; its log says why";
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
      return "the other end's port is for another kind of link: compare RPC and cluster port";
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_WRONG_VERSION_NUMBER:
      return "the other end does not speak TLS 1.3";
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return "the other end shows no certificate";
    case SSL_R_NO_APPLICATION_PROTOCOL:
      return "the other end wants another kind of link on this port: compare RPC and cluster port";
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return "the certificate of the other end is not believed";
    default:
      return "";
  }
}

}  // namespace

std::string verdict_in_words(long code) {
  switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "it is not issued by a CA of tls.ca-file";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "it, or a CA above it, has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "it is not valid yet: compare the clocks of both machines";
    case X509_V_ERR_CERT_REVOKED:
      return "it is on the deny-list (tls.deny-file)";
    case X509_V_ERR_APPLICATION_VERIFICATION:
      return "it names no region: there is not exactly one URI syncer://REGION/ROLES among its names";
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
      return "the CA that issued it may not do so for this region";
    case X509_V_ERR_INVALID_PURPOSE:
      return "it is not made for both ends of a link (extended key usage)";
    default:
      return X509_verify_cert_error_string(code);
  }
}

std::string error_in_words(unsigned long code) {
  std::string words = special_words(ERR_GET_REASON(code));
  if (!words.empty()) return words;
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "TLS error " + std::to_string(code) : reason;
}

}  // namespace syncer::tls
