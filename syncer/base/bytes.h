// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncer {

/// Owned bytes. A std::string because it has small-buffer storage, moves cheaply and views for free.
using Bytes = std::string;
/// Borrowed bytes.
using ByteView = std::string_view;

/// Lower-case hexadecimal text of `bytes`.
std::string to_hex(ByteView bytes);
/// Bytes of hexadecimal text; nothing when a digit is wrong or one is missing.
std::optional<Bytes> from_hex(std::string_view text);

/// Appends integers and strings to a buffer; fixed-width numbers are little endian unless the name says otherwise.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}
  void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void u16(std::uint16_t v) { fixed(v, 2); }
  void u32(std::uint32_t v) { fixed(v, 4); }
  void u64(std::uint64_t v) { fixed(v, 8); }
  /// Base-128 variable length number, low group first (1 to 10 bytes).
  void varint(std::uint64_t v);
  /// Varint length, then the bytes.
  void string(ByteView v);
  void raw(ByteView v) { out_.append(v); }

 private:
  void fixed(std::uint64_t v, int width);
  Bytes& out_;
};

/// Reads what ByteWriter wrote. Never reads past the end: after the first failure every read gives zero or empty and
/// ok() stays false, so a decoder checks once at the end. Declared lengths are never allocated, only compared.
class ByteReader {
 public:
  explicit ByteReader(ByteView in) : in_(in) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(fixed(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(fixed(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
  std::uint64_t u64() { return fixed(8); }
  std::uint64_t varint();
  /// View into the input; valid as long as the input is.
  ByteView string();
  ByteView raw(std::size_t size);
  /// A count of items of at least `min_item_size` bytes each; fails when the rest of the input cannot hold them.
  std::size_t count(std::size_t min_item_size);
  std::size_t remaining() const { return in_.size(); }
  bool ok() const { return ok_; }
  /// All was well and nothing is left over.
  bool finished() const { return ok_ && in_.empty(); }
  void fail() {
    ok_ = false;
    in_ = {};
  }

 private:
  std::uint64_t fixed(std::size_t width);
  ByteView in_;
  bool ok_ = true;
};

}  // namespace syncer
