// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/identity.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

struct x509_st;
struct evp_pkey_st;

namespace syncer::tls {

/// A parsed X.509 certificate and a private key. Never null.
using Certificate = std::shared_ptr<x509_st>;
using PrivateKey = std::shared_ptr<evp_pkey_st>;

/// Largest file of certificates or keys that is read.
inline constexpr std::size_t kLargestPemFile = std::size_t{256} << 10U;

/// All certificates of a PEM file, at least one, in the order of the file. Errors name the path.
Result<std::vector<Certificate>> read_certificates(const std::string& path);
/// The private key of a PEM file that only its owner may read (mode 0600 or 0400). Errors name the path.
Result<PrivateKey> read_key(const std::string& path);

/// Certificates as bytes, one after the other, and the way back: at least one, at most 8, nothing left over.
Bytes encode_certificates(const std::vector<Certificate>& certificates);
Result<std::vector<Certificate>> decode_certificates(ByteView bytes);

/// A signature of a text: Ed25519 and Ed448 as they are, other keys with SHA-256. Nothing when the key cannot sign.
std::optional<Bytes> sign(evp_pkey_st* key, ByteView text);
bool verify(evp_pkey_st* key, ByteView text, ByteView signature);

/// Whom it names: it must have exactly one URI of an identity. Invalid, with the reason.
Result<PeerIdentity> identity_of(const x509_st& certificate);
/// SHA-256 over the whole of it, lower-case hexadecimal.
std::string fingerprint_of(const x509_st& certificate);
/// Lower-case hexadecimal, no leading zero.
std::string serial_of(const x509_st& certificate);
/// Its subject and its issuer, for people.
std::string subject_of(const x509_st& certificate);
std::string issuer_of(const x509_st& certificate);
/// From now to its end; negative when that is over.
Duration time_left(const x509_st& certificate);
/// Its end, and its begin: "2027-01-31 12:00:00 UTC".
std::string end_of(const x509_st& certificate);
std::string begin_of(const x509_st& certificate);
/// Issued by itself: a root.
bool is_self_signed(const x509_st& certificate);

/// Takes the first error of OpenSSL's queue as words, and empties the queue.
std::string take_openssl_error();

}  // namespace syncer::tls
