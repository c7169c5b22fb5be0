// SPDX-License-Identifier: Apache-2.0
#include "syncer/crypto/expand.h"

#include <openssl/evp.h>

#include <memory>

#include "syncer/base/assert.h"

namespace syncer::crypto {

void shake128(std::span<const ByteView> parts, std::span<std::uint8_t> out) {
  // Finding an algorithm by its name takes longer than the hash of a record.
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> kAlgorithm(EVP_MD_fetch(nullptr, "SHAKE128", nullptr),
                                                                          EVP_MD_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  bool good = kAlgorithm && EVP_DigestInit_ex2(context.get(), kAlgorithm.get(), nullptr) == 1;
  for (const ByteView part : parts) good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  good = good && EVP_DigestFinalXOF(context.get(), out.data(), out.size()) == 1;
  SYNCER_ASSERT(good);
}

}  // namespace syncer::crypto
