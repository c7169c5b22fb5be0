// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/lzw.h"

#include <array>
#include <cstdint>

namespace syncer::wire::gossip {

namespace {

constexpr std::uint32_t kClear = 256;
constexpr std::uint32_t kEnd = 257;
constexpr std::uint32_t kMaxWidth = 12;
constexpr std::uint32_t kNoCode = 0xffff;

/// Codes of a growing width from a bit stream.
class BitReader {
 public:
  explicit BitReader(ByteView in) : in_(in) {}
  bool read(std::uint32_t width, std::uint32_t& code) {
    while (count_ < width) {
      if (in_.empty()) return false;
      bits_ |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(in_[0])) << count_;
      count_ += 8;
      in_.remove_prefix(1);
    }
    code = bits_ & ((1U << width) - 1U);
    bits_ >>= width;
    count_ -= width;
    return true;
  }

 private:
  ByteView in_;
  std::uint32_t bits_ = 0;
  std::uint32_t count_ = 0;
};

/// The table of strings: each is a shorter one and one byte. A prefix is always an older entry, so that walking back
/// ends.
class Decoder {
 public:
  Decoder(ByteView in, std::size_t limit, Bytes& out) : bits_(in), limit_(limit), out_(out) {}

  Drop run() {
    for (;;) {
      std::uint32_t code = 0;
      if (!bits_.read(width_, code)) return Drop::BadLzw;
      if (code == kEnd) return Drop::None;
      if (code == kClear) {
        clear();
        continue;
      }
      if (code > high_) return Drop::BadLzw;
      const std::uint8_t first = expand(code);
      if (out_.size() + pending_ > limit_) return Drop::DecompressLimit;
      for (; pending_ > 0; --pending_) out_.push_back(static_cast<char>(reversed_[pending_ - 1]));
      remember(first);
      last_ = code;
      grow();
    }
  }

 private:
  void clear() {
    width_ = 9;
    high_ = kEnd;
    last_ = kNoCode;
  }

  /// Puts the string of `code` into reversed_, last byte first, and gives back its first byte.
  std::uint8_t expand(std::uint32_t code) {
    std::uint32_t c = code;
    if (code == high_ && last_ != kNoCode) {
      // The entry that is only being made: the last string and its own first byte once more.
      c = last_;
      while (c >= kClear) c = prefix_[c];
      reversed_[pending_++] = static_cast<std::uint8_t>(c);
      c = last_;
    }
    for (; c >= kClear; c = prefix_[c]) reversed_[pending_++] = suffix_[c];
    reversed_[pending_++] = static_cast<std::uint8_t>(c);
    return static_cast<std::uint8_t>(c);
  }

  void remember(std::uint8_t first) {
    if (last_ == kNoCode) return;
    suffix_[high_] = first;
    prefix_[high_] = static_cast<std::uint16_t>(last_);
  }

  void grow() {
    if (++high_ < (1U << width_)) return;
    if (width_ == kMaxWidth) {
      last_ = kNoCode;
      --high_;
    } else {
      ++width_;
    }
  }

  BitReader bits_;
  std::size_t limit_;
  Bytes& out_;
  std::uint32_t width_ = 9;
  std::uint32_t high_ = kEnd;
  std::uint32_t last_ = kNoCode;
  std::size_t pending_ = 0;
  std::array<std::uint8_t, 1U << kMaxWidth> suffix_{};
  std::array<std::uint16_t, 1U << kMaxWidth> prefix_{};
  std::array<std::uint8_t, (1U << kMaxWidth) + 2> reversed_{};
};

}  // namespace

Drop lzw_decompress(ByteView in, std::size_t limit, Bytes& out) {
  Decoder decoder(in, limit, out);
  return decoder.run();
}

}  // namespace syncer::wire::gossip
