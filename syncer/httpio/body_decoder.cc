// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/body_decoder.h"

#include <zlib.h>

#include <array>
#include <utility>

namespace syncer::httpio {

struct BodyDecoder::Inflater {
  ~Inflater() { inflateEnd(&stream); }
  z_stream stream{};
  bool ended = false;
};

BodyDecoder::BodyDecoder(std::size_t limit) : limit_(limit) {}
BodyDecoder::~BodyDecoder() = default;
BodyDecoder::BodyDecoder(BodyDecoder&&) noexcept = default;
BodyDecoder& BodyDecoder::operator=(BodyDecoder&&) noexcept = default;

Result<void> BodyDecoder::expect_gzip() {
  constexpr int kGzipWindow = 15 + 16;
  auto inflater = std::make_unique<Inflater>();
  if (inflateInit2(&inflater->stream, kGzipWindow) != Z_OK) {
    return failure(ErrorCode::Unsupported, "gzip", "cannot be unpacked");
  }
  inflater_ = std::move(inflater);
  return {};
}

Result<void> BodyDecoder::add(ByteView bytes) {
  const auto too_large = failure(ErrorCode::TooLarge, "body", "the answer is larger than the limit");
  if (!inflater_) {
    if (bytes.size() > limit_ - body_.size()) return too_large;
    body_.append(bytes);
    return {};
  }
  z_stream& stream = inflater_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::array<char, 32768> out;
  while (!inflater_->ended && (stream.avail_in > 0 || stream.avail_out == 0)) {
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int outcome = inflate(&stream, Z_NO_FLUSH);
    if (outcome == Z_BUF_ERROR) return {};  // it wants more
    if (outcome != Z_OK && outcome != Z_STREAM_END) return failure(ErrorCode::Corrupt, "body", "is no gzip");
    const std::size_t size = out.size() - stream.avail_out;
    if (size > limit_ - body_.size()) return too_large;
    body_.append(out.data(), size);
    inflater_->ended = outcome == Z_STREAM_END;
  }
  return {};
}

Result<Bytes> BodyDecoder::take() {
  const bool is_cut = inflater_ && !inflater_->ended && inflater_->stream.total_in > 0;
  if (is_cut) return failure(ErrorCode::Corrupt, "body", "its gzip text ends too early");
  inflater_.reset();
  return std::exchange(body_, {});
}

}  // namespace syncer::httpio
