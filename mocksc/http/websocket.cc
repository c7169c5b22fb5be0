// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/websocket.h"

#include "mocksc/http/message.h"
#include "syncer/base/hash.h"

namespace mocksc {
namespace {

constexpr std::string_view kKeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t kMaxControl = 125;
constexpr std::size_t kMaskSize = 4;
constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kControl = 0x08;

std::uint8_t at(std::string_view bytes, std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); }

unsigned hex_digit(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

/// SHA-1 in base64, three bytes (six hexadecimal digits) at a time.
std::string sha1_base64(std::string_view text) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = syncer::sha1_hex(text);
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 6) {
    unsigned bits = 0;
    const std::size_t digits = std::min<std::size_t>(6, hex.size() - i);
    for (std::size_t k = 0; k < 6; ++k) bits = bits << 4U | (k < digits ? hex_digit(hex[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      out.push_back(k * 6 < digits * 4 ? kAlphabet[bits >> (18U - 6U * k) & 63U] : '=');
    }
  }
  return out;
}

bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

}  // namespace

bool asks_for_websocket(const syncer::HttpRequest& request) {
  const syncer::HttpHeaders& headers = request.headers;
  const std::string* key = headers.find("Sec-WebSocket-Key");
  return request.method == "GET" && header_lists(headers, "Connection", "upgrade") &&
         header_lists(headers, "Upgrade", "websocket") && header_lists(headers, "Sec-WebSocket-Version", "13") &&
         key != nullptr && !key->empty();
}

std::string switching_answer(const syncer::HttpRequest& request) {
  const std::string* key = request.headers.find("Sec-WebSocket-Key");
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         sha1_base64(*key + std::string(kKeySuffix)) + "\r\n\r\n";
}

std::string encode_frame(Opcode opcode, std::string_view payload) {
  std::string out;
  out.push_back(static_cast<char>(kFinal | static_cast<std::uint8_t>(opcode)));
  const std::uint64_t size = payload.size();
  const unsigned wide = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  out.push_back(static_cast<char>(wide == 0 ? size : wide == 2 ? 126 : 127));
  for (unsigned i = wide; i-- > 0;) out.push_back(static_cast<char>(size >> (8U * i)));
  return out + std::string(payload);
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  std::string payload = {static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
  return encode_frame(Opcode::Close, payload + std::string(reason.substr(0, kMaxControl - 2)));
}

/// Judges the first two bytes, which tell everything but a long length.
bool FrameReader::check_head() {
  const std::uint8_t opcode = at(buffer_, 0) & 0x0fU;
  const bool is_final = (at(buffer_, 0) & kFinal) != 0;
  const bool is_control = (opcode & kControl) != 0;
  const std::size_t size = at(buffer_, 1) & 0x7fU;
  const bool is_begun = opcode == static_cast<std::uint8_t>(Opcode::Continuation);
  const bool is_masked = (at(buffer_, 1) & kMasked) != 0;
  const bool is_out_of_order = !is_control && is_begun != is_fragmented_;
  if ((at(buffer_, 0) & kReserved) != 0 || !is_known(opcode) || !is_masked || is_out_of_order ||
      (is_control && (!is_final || size > kMaxControl))) {
    error_ = close_code::kProtocolError;
  } else if (!is_control && (size > kMaxControl || message_ + size > max_data_)) {
    error_ = close_code::kTooBig;  // a longer length than fits here is over every limit, too
  }
  return error_ == 0;
}

std::optional<Frame> FrameReader::take() {
  if (buffer_.size() < 2 || (buffer_.size() == 2 && !check_head())) return std::nullopt;
  const std::size_t size = at(buffer_, 1) & 0x7fU;
  const std::size_t begin = 2 + kMaskSize;
  if (buffer_.size() < begin + size) return std::nullopt;
  Frame frame{static_cast<Opcode>(at(buffer_, 0) & 0x0fU), {}};
  for (std::size_t i = 0; i < size; ++i) {
    frame.payload.push_back(static_cast<char>(at(buffer_, begin + i) ^ at(buffer_, 2 + i % kMaskSize)));
  }
  if ((at(buffer_, 0) & kControl) == 0) {
    is_fragmented_ = (at(buffer_, 0) & kFinal) == 0;
    message_ = is_fragmented_ ? message_ + size : 0;
  }
  buffer_.clear();
  return frame;
}

}  // namespace mocksc
