// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/bytes.h"

#include <array>

namespace syncer {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 15U]);
  }
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit_value(text[i]);
    const int low = digit_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

void ByteWriter::varint(std::uint64_t v) {
  while (v >= 0x80) {
    u8(static_cast<std::uint8_t>(v | 0x80));
    v >>= 7U;
  }
  u8(static_cast<std::uint8_t>(v));
}

void ByteWriter::string(ByteView v) {
  varint(v.size());
  raw(v);
}

void ByteWriter::fixed(std::uint64_t v, int width) {
  std::array<char, 8> bytes{};
  for (int i = 0; i < width; ++i) bytes[static_cast<std::size_t>(i)] = static_cast<char>(v >> (8 * i));
  out_.append(bytes.data(), static_cast<std::size_t>(width));
}

std::uint64_t ByteReader::varint() {
  std::uint64_t v = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint64_t byte = fixed(1);
    if (!ok_) return 0;
    if (shift == 63 && byte > 1) break;
    v |= (byte & 0x7f) << shift;
    if (byte < 0x80) return v;
  }
  fail();
  return 0;
}

ByteView ByteReader::string() {
  const std::uint64_t size = varint();
  if (size > in_.size()) fail();
  return ok_ ? raw(static_cast<std::size_t>(size)) : ByteView{};
}

ByteView ByteReader::raw(std::size_t size) {
  if (size > in_.size()) fail();
  if (!ok_) return {};
  const ByteView view = in_.substr(0, size);
  in_.remove_prefix(size);
  return view;
}

std::size_t ByteReader::count(std::size_t min_item_size) {
  const std::uint64_t n = varint();
  if (min_item_size > 0 && n > in_.size() / min_item_size) fail();
  return ok_ ? static_cast<std::size_t>(n) : 0;
}

std::uint64_t ByteReader::fixed(std::size_t width) {
  const ByteView bytes = raw(width);
  if (!ok_) return 0;
  std::uint64_t v = 0;
  for (std::size_t i = 0; i < width; ++i) {
    v |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return v;
}

}  // namespace syncer
