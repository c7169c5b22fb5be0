// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/body_decoder.h"

#include <zlib.h>

#include <array>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::httpio {
namespace {

tl::unexpected<Error> too_large() {
  return failure(ErrorCode::TooLarge, "body", "the answer is larger than the limit");
}

}  // namespace

struct BodyDecoder::Inflater {
  ~Inflater() { inflateEnd(&stream); }
  z_stream stream{};
  bool ended = false;
};

BodyDecoder::BodyDecoder(std::size_t limit) : limit_(limit) {}
BodyDecoder::~BodyDecoder() = default;
BodyDecoder::BodyDecoder(BodyDecoder&&) noexcept = default;
BodyDecoder& BodyDecoder::operator=(BodyDecoder&&) noexcept = default;

Result<void> BodyDecoder::expect_gzip(Recall recall) {
  constexpr int kGzipWindow = 15 + 16;
  auto inflater = std::make_unique<Inflater>();
  if (inflateInit2(&inflater->stream, kGzipWindow) != Z_OK) {
    return failure(ErrorCode::Unsupported, "gzip", "cannot be unpacked");
  }
  inflater_ = std::move(inflater);
  recall_ = std::move(recall);
  if (recall_.bodies) known_ = recall_.bodies->find(recall_.key);
  return {};
}

Result<void> BodyDecoder::add(ByteView bytes) {
  if (!inflater_) {
    if (bytes.size() > limit_ - body_.size()) return too_large();
    body_.append(bytes);
    return {};
  }
  if (known_ && known_->packed.compare(same_, bytes.size(), bytes) == 0) {
    same_ += bytes.size();
    return {};
  }
  if (const auto begun = unpack_known(); !begun) return begun;
  note_packed(bytes);
  return unpack(bytes);
}

/// It goes on otherwise, or ends sooner: what was the same has to be unpacked after all.
Result<void> BodyDecoder::unpack_known() {
  if (!known_) return {};
  const auto known = std::exchange(known_, nullptr);
  const ByteView begin = ByteView(known->packed).substr(0, same_);
  note_packed(begin);
  return unpack(begin);
}

void BodyDecoder::note_packed(ByteView bytes) {
  if (!recall_.bodies) return;
  if (packed_.size() + bytes.size() > recall_.bodies->most()) recall_ = {};
  if (recall_.bodies) packed_.append(bytes);
}

Result<void> BodyDecoder::unpack(ByteView bytes) {
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
    if (size > limit_ - body_.size()) return too_large();
    body_.append(out.data(), size);
    inflater_->ended = outcome == Z_STREAM_END;
  }
  return {};
}

Result<Bytes> BodyDecoder::take() {
  const bool is_known = known_ && same_ == known_->packed.size() && !SYNCER_MUTATED("httpio.unpack_the_same_again");
  if (is_known) return known_->text;
  if (const auto begun = unpack_known(); !begun) return tl::unexpected(begun.error());
  const bool is_cut = inflater_ && !inflater_->ended && inflater_->stream.total_in > 0;
  if (is_cut) return failure(ErrorCode::Corrupt, "body", "its gzip text ends too early");
  inflater_.reset();
  if (recall_.bodies) recall_.bodies->keep(recall_.key, {std::exchange(packed_, {}), body_});
  return std::exchange(body_, {});
}

}  // namespace syncer::httpio
