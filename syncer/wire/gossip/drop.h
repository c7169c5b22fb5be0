// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace syncer::wire::gossip {

/// Why bytes from the network were refused; None means they were not. Each has a stable name for logs and metrics.
// clang-format off
#define SYNCER_GOSSIP_DROPS(X)                                                                                    \
  X(None,                    "none")                                                                              \
  X(Empty,                   "empty")                     /* no message byte */                                  \
  X(Truncated,               "truncated")                 /* ends inside a value */                               \
  X(BadType,                 "bad_type")                  /* unknown type, or not allowed at this place */        \
  X(BadMsgpack,              "bad_msgpack")               /* wrong kind of value, number out of range */          \
  X(NestingLimit,            "nesting_limit")             /* values or layers nested too deep */                  \
  X(PacketTooLarge,          "packet_too_large")                                                                  \
  X(BadCrc,                  "bad_crc")                                                                           \
  X(CompoundLengthsCut,      "compound_truncated_lengths")                                                        \
  X(CompoundPartsCut,        "compound_truncated_parts")                                                          \
  X(UnknownCompression,      "unknown_compression")                                                               \
  X(BadLzw,                  "bad_lzw")                                                                           \
  X(DecompressLimit,         "decompress_limit")                                                                  \
  X(DecompressRatio,         "decompress_ratio")          /* grows more than honest text does */                  \
  X(DecryptVersion,          "decrypt_version")                                                                   \
  X(DecryptShort,            "decrypt_short")                                                                     \
  X(DecryptFailed,           "decrypt_failed")            /* no key on the ring opens it */                       \
  X(BadPadding,              "bad_padding")                                                                       \
  X(EncryptionUnexpected,    "encryption_unexpected")     /* encrypted, and we have no key */                     \
  X(NotEncrypted,            "not_encrypted")             /* plain, and we have a key */                          \
  X(FrameLimit,              "frame_limit")                                                                       \
  X(LabelTruncated,          "label_truncated")                                                                   \
  X(LabelEmpty,              "label_empty")                                                                       \
  X(LabelMismatch,           "label_mismatch")                                                                    \
  X(NodeCountLimit,          "node_count_limit")                                                                  \
  X(UserStateLimit,          "user_state_limit")                                                                  \
  X(UserMessageLimit,        "user_msg_limit")                                                                    \
  X(BadAddress,              "bad_address")               /* not 4 or 16 bytes */                                \
  X(BadName,                 "bad_name")                  /* empty, too long, or not printable UTF-8 */           \
  X(MetaTooLarge,            "meta_too_large")                                                                    \
  X(BadVersions,             "vsn_invalid")               /* a minimum of 0, or above the maximum */
// clang-format on

enum class Drop : std::uint8_t {
#define SYNCER_GOSSIP_DROP_ENUM(drop, text) drop,
  SYNCER_GOSSIP_DROPS(SYNCER_GOSSIP_DROP_ENUM)
#undef SYNCER_GOSSIP_DROP_ENUM
};

/// Stable name, e.g. "bad_crc".
constexpr std::string_view name(Drop drop) {
  switch (drop) {
#define SYNCER_GOSSIP_DROP_NAME(kind, text) \
  case Drop::kind:                          \
    return text;
    SYNCER_GOSSIP_DROPS(SYNCER_GOSSIP_DROP_NAME)
#undef SYNCER_GOSSIP_DROP_NAME
  }
  return "unknown";
}

}  // namespace syncer::wire::gossip
