// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace syncer::tls {

// What OpenSSL says, as an operator can use it.

/// Its verdict on a certificate (X509_V_ERR_…), as a sentence about that certificate.
std::string verdict_in_words(long code);
/// Its error code, that of an alert of the other end among them.
std::string error_in_words(unsigned long code);

}  // namespace syncer::tls
