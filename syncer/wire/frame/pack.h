// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"

namespace syncer::wire {

/// Frame type of a packed frame, in every protocol that has them.
inline constexpr std::uint8_t kPackedType = 128;

/// The whole frame in a packed one (Zstandard); the frame as it is where that is not smaller, or so much smaller that
/// unpack_frame() would refuse it.
Bytes pack_frame(ByteView frame);

/// What was packed.
struct Unpacked {
  std::uint8_t type = 0;
  Bytes body;
};
/// Takes the body of a packed frame apart. Errors: Corrupt, TooLarge (beyond kMaxFrame, or more out of less than any
/// honest text gives). Nothing is allocated before that is known.
Result<Unpacked> unpack_frame(ByteView body);

}  // namespace syncer::wire
