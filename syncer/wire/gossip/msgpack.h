// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/wire/gossip/drop.h"

namespace syncer::wire::gossip {

/// Writes MessagePack as memberlist does: old raw forms for strings and bytes, shortest unsigned numbers.
class MsgpackWriter {
 public:
  explicit MsgpackWriter(Bytes& out) : out_(out) {}
  void map(std::size_t fields);
  void array(std::size_t items);
  void raw(ByteView bytes);
  /// A view without data is nil, as a nil slice of the reference; other empty bytes are not.
  void raw_or_nil(ByteView bytes) { bytes.data() == nullptr ? nil() : raw(bytes); }
  void number(std::uint64_t value);
  void boolean(bool value) { out_.push_back(static_cast<char>(value ? 0xc3 : 0xc2)); }
  void nil() { out_.push_back(static_cast<char>(0xc0)); }

 private:
  void big_endian(std::uint8_t type, std::uint64_t value, int width);
  Bytes& out_;
};

/// Most values of one struct that a peer sends, those of unknown fields included. The longest of today has eight.
inline constexpr std::uint64_t kMaxValues = 256;

/// Reads MessagePack in any of its forms, bounded: a declared length or count is only compared with what is there.
/// After the first failure every read gives zero or empty, and drop() says why.
class MsgpackReader {
 public:
  /// `most_values`: of one struct, with all that is in its unknown fields; more is BadMsgpack. A text that is read
  /// again as it grows needs it, so that no piece costs more than the one before.
  explicit MsgpackReader(ByteView in, std::uint64_t most_values = std::numeric_limits<std::uint64_t>::max())
      : in_(in), most_values_(most_values) {}

  /// Opens a map or an array (fields in declared order).
  struct Fields {
    std::uint64_t count = 0;
    bool named = true;
  };
  Fields fields();
  /// Opens an array; nil is an empty one.
  std::uint64_t array();
  /// Unsigned number up to `max`; nil is 0.
  std::uint64_t number(std::uint64_t max);
  std::int64_t signed_number();
  bool boolean();
  /// View into the input; nil is a view without data.
  ByteView raw();
  /// Skips one value of any kind, nested at most 16 deep.
  void skip();
  /// Takes `size` bytes as they stand.
  ByteView bytes(std::uint64_t size);

  /// Reads a struct: calls `on_field(index)` for each known field, which must read its value; others are skipped.
  template <std::size_t N, class OnField>
  void object(const std::string_view (&names)[N], OnField on_field) {
    const Fields f = fields();
    values_ = 0;
    for (std::uint64_t i = 0; i < f.count && ok(); ++i) {
      count_value();
      const std::size_t field = f.named ? index_of(names, N, raw()) : static_cast<std::size_t>(i);
      if (!ok()) return;
      if (field < N) {
        on_field(field);
      } else {
        skip();
      }
    }
  }

  ByteView rest() const { return in_; }
  bool ok() const { return drop_ == Drop::None; }
  Drop drop() const { return drop_; }
  /// Bytes that are missing at least, when the input was cut.
  std::uint64_t missing() const { return missing_; }
  void fail(Drop drop);

 private:
  static std::size_t index_of(const std::string_view* names, std::size_t n, ByteView name);
  std::uint8_t byte();
  std::uint64_t big_endian(int width);
  std::uint64_t raw_length(std::uint8_t type);
  void skip(int depth);
  void count_value();

  ByteView in_;
  std::uint64_t most_values_;
  std::uint64_t values_ = 0;  ///< of the present struct
  Drop drop_ = Drop::None;
  std::uint64_t missing_ = 0;
};

}  // namespace syncer::wire::gossip
