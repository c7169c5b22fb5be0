// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/epoch_keeper.h"

#include <algorithm>

#include "syncer/base/epoch_bounds.h"
#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::node {
namespace {

constexpr std::string_view kKey = "epoch";

Bytes encode(Epoch epoch) {
  Bytes out;
  ByteWriter writer(out);
  writer.u64(epoch.generation);
  writer.u64(epoch.term);
  writer.u32(crc32c(out));
  return out;
}

std::optional<Epoch> decode(ByteView value) {
  ByteReader reader(value);
  Epoch epoch;
  epoch.generation = reader.u64();
  epoch.term = reader.u64();
  const std::uint32_t sum = reader.u32();
  if (!reader.finished() || sum != crc32c(value.substr(0, 16))) return std::nullopt;
  return epoch;
}

}  // namespace

Result<void> EpochKeeper::load() {
  const auto stored = storage_.read(kKey);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return {};
  const auto epoch = decode(**stored);
  if (!epoch || !in_bounds(*epoch)) {
    return failure(ErrorCode::Corrupt, "epoch",
                   "the stored epoch is " + std::string(epoch ? "none that a region can have" : "damaged") +
                       "; remove it and restart: the next epoch is then learned from the other "
                       "regions, and nothing is lost");
  }
  last_ = *epoch;
  return {};
}

Result<void> EpochKeeper::claim(std::optional<Epoch> floor) {
  const Epoch known = std::max(last_, floor.value_or(Epoch{}));
  SYNCER_SOMETIMES(floor && *floor > last_, "node.leaps_over_what_peers_know");
  Epoch base{known.generation, known.term + 1};
  if (!in_bounds(known) || !in_bounds(base)) {
    return failure(ErrorCode::TooLarge, "epoch", "there is none above " + to_string(known));
  }
  if (SYNCER_MUTATED("epoch.not_raised") && !floor) base = std::max(last_, Epoch{1, 1});
  pending_ = Claim{next_call_(), base};
  storage_.write(pending_->call, kKey, encode(base));
  return {};
}

Result<std::optional<Epoch>> EpochKeeper::on_stored(CallId call, const Result<void>& outcome) {
  if (!pending_ || pending_->call != call) return std::nullopt;
  const Epoch epoch = pending_->epoch;
  pending_.reset();
  if (!outcome) return tl::unexpected(outcome.error());
  last_ = epoch;
  return epoch;
}

}  // namespace syncer::node
