// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/msgpack.h"

#include "syncer/base/mutation.h"

namespace syncer::wire::gossip {

namespace {

constexpr int kMaxDepth = 16;
constexpr std::uint8_t kNil = 0xc0;
constexpr std::uint64_t kNoLength = std::numeric_limits<std::uint64_t>::max();

}  // namespace

void MsgpackWriter::big_endian(std::uint8_t type, std::uint64_t value, int width) {
  out_.push_back(static_cast<char>(type));
  for (int i = width - 1; i >= 0; --i) out_.push_back(static_cast<char>(value >> (8 * i)));
}

void MsgpackWriter::map(std::size_t fields) {
  if (fields < 16) {
    out_.push_back(static_cast<char>(0x80 | fields));
  } else {
    big_endian(0xde, fields, 2);
  }
}

void MsgpackWriter::array(std::size_t items) {
  if (items < 16) {
    out_.push_back(static_cast<char>(0x90 | items));
  } else {
    big_endian(0xdc, items, 2);
  }
}

void MsgpackWriter::raw(ByteView bytes) {
  if (bytes.size() < 32) {
    out_.push_back(static_cast<char>(0xa0 | bytes.size()));
  } else if (bytes.size() <= 0xffff) {
    big_endian(0xda, bytes.size(), 2);
  } else {
    big_endian(0xdb, bytes.size(), 4);
  }
  out_.append(bytes);
}

void MsgpackWriter::number(std::uint64_t value) {
  if (value < 0x80) {
    out_.push_back(static_cast<char>(value));
  } else if (value <= 0xff) {
    big_endian(0xcc, value, 1);
  } else if (value <= 0xffff) {
    big_endian(0xcd, value, 2);
  } else if (value <= 0xffffffff) {
    big_endian(0xce, value, 4);
  } else {
    big_endian(0xcf, value, 8);
  }
}

void MsgpackReader::fail(Drop drop) {
  if (drop_ == Drop::None) drop_ = drop;
  in_ = {};
}

ByteView MsgpackReader::bytes(std::uint64_t size) {
  if (size > in_.size()) {
    if (drop_ == Drop::None) missing_ = size - in_.size();
    fail(Drop::Truncated);
    return {};
  }
  const ByteView result = in_.substr(0, static_cast<std::size_t>(size));
  in_.remove_prefix(static_cast<std::size_t>(size));
  return result;
}

std::uint8_t MsgpackReader::byte() {
  const ByteView one = bytes(1);
  return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one[0]);
}

std::uint64_t MsgpackReader::big_endian(int width) {
  std::uint64_t value = 0;
  for (const char c : bytes(static_cast<std::uint64_t>(width))) value = (value << 8U) | static_cast<std::uint8_t>(c);
  return value;
}

MsgpackReader::Fields MsgpackReader::fields() {
  const std::uint8_t type = byte();
  if ((type & 0xf0U) == 0x80) return {type & 0x0fU, true};
  if ((type & 0xf0U) == 0x90) return {type & 0x0fU, false};
  switch (type) {
    case 0xdc:
      return {big_endian(2), false};
    case 0xdd:
      return {big_endian(4), false};
    case 0xde:
      return {big_endian(2), true};
    case 0xdf:
      return {big_endian(4), true};
    default:
      fail(Drop::BadMsgpack);
      return {};
  }
}

std::uint64_t MsgpackReader::array() {
  if (!in_.empty() && static_cast<std::uint8_t>(in_[0]) == kNil) {
    byte();
    return 0;
  }
  const Fields f = fields();
  if (f.named) fail(Drop::BadMsgpack);
  return ok() ? f.count : 0;
}

std::int64_t MsgpackReader::signed_number() {
  const std::uint8_t type = byte();
  if (type < 0x80) return type;
  if (type >= 0xe0) return static_cast<std::int8_t>(type);
  switch (type) {
    case kNil:
      return 0;
    case 0xcc:
      return static_cast<std::int64_t>(big_endian(1));
    case 0xcd:
      return static_cast<std::int64_t>(big_endian(2));
    case 0xce:
      return static_cast<std::int64_t>(big_endian(4));
    case 0xd0:
      return static_cast<std::int8_t>(big_endian(1));
    case 0xd1:
      return static_cast<std::int16_t>(big_endian(2));
    case 0xd2:
      return static_cast<std::int32_t>(big_endian(4));
    case 0xd3:
      return static_cast<std::int64_t>(big_endian(8));
    case 0xcf: {
      const std::uint64_t value = big_endian(8);
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) fail(Drop::BadMsgpack);
      return ok() ? static_cast<std::int64_t>(value) : 0;
    }
    default:
      fail(Drop::BadMsgpack);
      return 0;
  }
}

std::uint64_t MsgpackReader::number(std::uint64_t max) {
  const std::int64_t value = signed_number();
  if (value < 0 || static_cast<std::uint64_t>(value) > max) fail(Drop::BadMsgpack);
  return ok() ? static_cast<std::uint64_t>(value) : 0;
}

bool MsgpackReader::boolean() {
  const std::uint8_t type = byte();
  if (ok() && type != 0xc2 && type != 0xc3 && type != kNil) fail(Drop::BadMsgpack);
  return type == 0xc3;
}

std::uint64_t MsgpackReader::raw_length(std::uint8_t type) {
  if ((type & 0xe0U) == 0xa0) return type & 0x1fU;
  switch (type) {
    case kNil:
      return 0;
    case 0xc4:
    case 0xd9:
      return big_endian(1);
    case 0xc5:
    case 0xda:
      return big_endian(2);
    case 0xc6:
    case 0xdb:
      return big_endian(4);
    default:
      return kNoLength;
  }
}

ByteView MsgpackReader::raw() {
  const std::uint8_t type = byte();
  const std::uint64_t length = raw_length(type);
  if (length == kNoLength) {
    fail(Drop::BadMsgpack);
    return {};
  }
  return type == kNil ? ByteView{} : bytes(length);
}

void MsgpackReader::count_value() {
  if (++values_ > most_values_ && !SYNCER_MUTATED("wire.read_any_number_of_values")) fail(Drop::BadMsgpack);
}

void MsgpackReader::skip() { skip(0); }

void MsgpackReader::skip(int depth) {
  if (depth > kMaxDepth) return fail(Drop::NestingLimit);
  count_value();
  if (in_.empty()) return fail(Drop::Truncated);
  const auto type = static_cast<std::uint8_t>(in_[0]);
  const bool nested = (type & 0xe0U) == 0x80 || (type >= 0xdc && type <= 0xdf);
  if (nested) {
    const Fields f = fields();
    const std::uint64_t values = f.named ? 2 * f.count : f.count;
    for (std::uint64_t i = 0; i < values && ok(); ++i) skip(depth + 1);
    return;
  }
  byte();
  if (const std::uint64_t length = raw_length(type); length != kNoLength) {
    bytes(length);
  } else if (type >= 0xca && type <= 0xd3) {
    constexpr std::uint8_t kWidths[] = {4, 8, 1, 2, 4, 8, 1, 2, 4, 8};
    bytes(kWidths[type - 0xca]);
  } else if (type >= 0xd4 && type <= 0xd8) {
    bytes(1 + (1ULL << (type - 0xd4U)));
  } else if (type >= 0xc7 && type <= 0xc9) {
    bytes(1 + big_endian(1 << (type - 0xc7)));
  } else if (type == 0xc1) {
    fail(Drop::BadMsgpack);
  }
}

std::size_t MsgpackReader::index_of(const std::string_view* names, std::size_t n, ByteView name) {
  std::size_t i = 0;
  while (i < n && names[i] != name) ++i;
  return i;
}

}  // namespace syncer::wire::gossip
