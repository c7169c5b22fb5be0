// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/base/identity.h"

using namespace syncer;

/// The name in a certificate: there is one spelling of each identity, and nothing else is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(is_identity_uri(text));
  const auto identity = parse_identity_uri(text);
  if (!identity) return 0;
  if (!identity->present() || identity_uri(*identity) != text || !is_identity_uri(text)) std::abort();
  return 0;
}
