// SPDX-License-Identifier: Apache-2.0
#include "tests/property/membership/inflation_laws.h"

#include <cstdint>

#include "syncer/wire/gossip/packet.h"
#include "syncer/wire/gossip/stream.h"

namespace syncer::wire::gossip {
namespace {

/// Writes codes of a growing width, least significant bit first.
class CodeWriter {
 public:
  void write(std::uint32_t code, std::uint32_t width) {
    bits_ |= code << count_;
    for (count_ += width; count_ >= 8; count_ -= 8, bits_ >>= 8U) out_.push_back(static_cast<char>(bits_ & 0xffU));
  }
  Bytes finish() {
    if (count_ > 0) out_.push_back(static_cast<char>(bits_ & 0xffU));
    return out_;
  }

 private:
  Bytes out_;
  std::uint32_t bits_ = 0;
  std::uint32_t count_ = 0;
};

/// One byte again and again: each code stands for one byte more than the code before.
Bytes compressed_repetition(std::size_t codes) {
  CodeWriter writer;
  std::uint32_t width = 9;
  for (std::uint32_t i = 0; i < codes; ++i) {
    writer.write(i == 0 ? 'x' : 257 + i, width);
    if (258 + i == 1U << width) ++width;
  }
  writer.write(257, width);  // the end
  return writer.finish();
}

/// The body of a compress message: {"Algo": 0, "Buf": compressed}.
Bytes message_of(const Bytes& compressed) {
  Bytes body(
      "\x82\xa4"
      "Algo\x00\xa3"
      "Buf\xda",
      12);
  body.push_back(static_cast<char>(compressed.size() >> 8U));
  body.push_back(static_cast<char>(compressed.size() & 0xffU));
  return body + compressed;
}

}  // namespace

std::string text_grows_a_hundredfold_at_most(std::size_t codes) {
  const Bytes compressed = compressed_repetition(codes);
  const std::size_t text = codes * (codes + 1) / 2;
  Bytes out;
  const Drop drop = inflate(message_of(compressed), kMaxStream, out);
  const bool honest = text <= compressed.size() * kMaxInflation;
  const std::string sizes = std::to_string(compressed.size()) + " bytes for " + std::to_string(text) + ": ";
  if (out.size() > compressed.size() * kMaxInflation) return sizes + "grew to " + std::to_string(out.size());
  if (drop != (honest ? Drop::None : Drop::DecompressRatio)) return sizes + std::string(name(drop));
  return honest && out != Bytes(text, 'x') ? sizes + "other text" : "";
}

}  // namespace syncer::wire::gossip
