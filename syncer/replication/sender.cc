// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/sender.h"

#include <algorithm>
#include <bitset>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {
namespace {

using Pair = BucketRequest::Pair;

/// Sorts the log's records against what the asker has.
class Comparison {
 public:
  explicit Comparison(const BucketRequest& request) : request_(request), matched_(request.pairs.size(), false) {
    for (const std::uint8_t bucket : request.buckets) asked_.set(bucket);
  }

  void add(std::uint64_t seq, const OwnLog::RecordPtr& record) {
    const std::uint64_t hash = key_hash(record->key);
    if (!asked_.test(bucket_of(hash))) {
      if (seq > request_.since) changed_meanwhile(hash, record);
    } else if (record->live && !match(hash, record->payload_hash)) {
      items.push_back(record);
    }
  }

  void finish() {
    for (std::size_t i = 0; i < matched_.size(); ++i) {
      if (!matched_[i]) absent.push_back(request_.pairs[i].key_hash);
    }
  }

  std::vector<OwnLog::RecordPtr> items;
  std::vector<std::uint64_t> absent;

 private:
  void changed_meanwhile(std::uint64_t hash, const OwnLog::RecordPtr& record) {
    if (record->live)
      items.push_back(record);
    else
      absent.push_back(hash);
  }

  /// Marks the asker's pair of this key as known here; true when it has the same payload.
  bool match(std::uint64_t hash, std::uint64_t payload_hash) {
    const auto it = std::lower_bound(request_.pairs.begin(), request_.pairs.end(), Pair{hash, 0});
    if (it == request_.pairs.end() || it->key_hash != hash) return false;
    matched_[static_cast<std::size_t>(it - request_.pairs.begin())] = true;
    return it->payload_hash == payload_hash;
  }

  const BucketRequest& request_;
  std::bitset<kBuckets> asked_;
  std::vector<bool> matched_;
};

}  // namespace

Transfer Transfer::snapshot(const OwnLog& log, std::size_t chunk_bytes) {
  return {log, true, log.snapshot(), {}, chunk_bytes};
}

std::optional<Transfer> Transfer::repair(const OwnLog& log, const BucketRequest& request, std::size_t chunk_bytes) {
  if (request.since < log.gc() || request.since > log.head()) return std::nullopt;
  Comparison comparison(request);
  for (const auto& [seq, record] : log.by_seq()) comparison.add(seq, record);
  comparison.finish();
  return Transfer(log, false, std::move(comparison.items), std::move(comparison.absent), chunk_bytes);
}

Transfer::Transfer(const OwnLog& log, bool full, std::vector<OwnLog::RecordPtr> items,
                   std::vector<std::uint64_t> absent, std::size_t chunk_bytes)
    : epoch_(log.epoch()),
      at_seq_(log.head()),
      full_(full),
      live_(log.live()),
      set_hash_(log.set_hash().total()),
      items_(std::move(items)),
      absent_(std::move(absent)) {
  cut(chunk_bytes);
}

/// What is absent goes first.
void Transfer::cut(std::size_t chunk_bytes) {
  Part part;
  const auto begin_with = [&](std::size_t bytes) {
    if (part.bytes > 0 && part.bytes + bytes > chunk_bytes) {
      parts_.push_back(part);
      part = {part.last_item, part.last_item, part.last_absent, part.last_absent, 0};
    }
    part.bytes += bytes;
  };
  for (; part.last_absent < absent_.size(); ++part.last_absent) begin_with(sizeof(std::uint64_t));
  for (; part.last_item < items_.size(); ++part.last_item) {
    begin_with(items_[part.last_item]->key.size() + items_[part.last_item]->payload.size());
  }
  parts_.push_back(part);
}

std::optional<Chunk> Transfer::next_chunk(std::size_t window_bytes) {
  if (next_ >= parts_.size() || unacknowledged_bytes_ >= window_bytes) return std::nullopt;
  unacknowledged_bytes_ += parts_[next_].bytes;
  return chunk(next_++);
}

Chunk Transfer::chunk(std::uint32_t index) const {
  const Part& part = parts_[index];
  Chunk out{epoch_, at_seq_, full_, index, static_cast<std::uint32_t>(parts_.size()), live_, set_hash_, {}, {}};
  out.absent.assign(absent_.begin() + static_cast<std::ptrdiff_t>(part.first_absent),
                    absent_.begin() + static_cast<std::ptrdiff_t>(part.last_absent));
  for (std::size_t i = part.first_item; i < part.last_item; ++i)
    out.items.push_back({items_[i]->key, items_[i]->payload});
  return out;
}

void Transfer::acknowledge(std::uint32_t next) {
  if (next > next_ || next < acknowledged_) return;
  if (next == acknowledged_) {
    next_ = next;
    unacknowledged_bytes_ = 0;
    return;
  }
  for (; acknowledged_ < next; ++acknowledged_) unacknowledged_bytes_ -= parts_[acknowledged_].bytes;
}

void Sender::fill(Sizes& sizes) const {
  sizes.transfers += transfer_ ? 1 : 0;
  sizes.batches += in_flight_.size();
  for (const Flight& flight : in_flight_) sizes.batch_bytes += flight.bytes;
  sizes.bytes_counted += unacknowledged_bytes_;
}

void Sender::restart() {
  hold(std::nullopt);
  whole_.reset();
}

void Sender::hold(std::optional<Transfer> transfer) {
  bound_ = false;
  SYNCER_SOMETIMES(!in_flight_.empty(), "replication.batches_under_way_are_lost");
  SYNCER_WATERMARK(unacknowledged_bytes_, "replication.bytes_under_way");
  in_flight_.clear();
  if (!SYNCER_MUTATED("replication.count_what_was_lost_as_under_way")) unacknowledged_bytes_ = 0;
  transfer_ = std::move(transfer);
  if (transfer_) whole_ = Whole{transfer_->at_seq(), transfer_->live(), transfer_->set_hash()};
}

void Sender::rewind(std::uint64_t seq) {
  hold(std::nullopt);
  bound_ = true;
  cursor_ = seq;
  acknowledged_ = std::max(acknowledged_, seq);
}

void Sender::acknowledge(std::uint64_t seq) {
  acknowledged_ = std::max(acknowledged_, seq);
  cursor_ = std::max(cursor_, seq);
  while (!in_flight_.empty() && in_flight_.front().last <= seq) {
    unacknowledged_bytes_ -= in_flight_.front().bytes;
    in_flight_.pop_front();
  }
}

void Sender::sent(const Push& push, std::uint64_t live, std::size_t bytes) {
  cursor_ = push.last;
  in_flight_.push_back({push.last, bytes});
  unacknowledged_bytes_ += bytes;
  if (push.last == push.head) whole_ = Whole{push.last, live, push.set_hash};
}

void Sender::told(const Heartbeat& heartbeat) {
  if (!bound_ && !transfer_) whole_ = Whole{heartbeat.head, heartbeat.live, heartbeat.set_hash};
}

Heartbeat Sender::as_far_as_sent(const Heartbeat& of_log) const {
  if (!bound_ || cursor_ == of_log.head || SYNCER_MUTATED("replication.announce_what_waits")) return of_log;
  const bool known = whole_ && whole_->seq == cursor_;
  // Amid a catch-up he holds no set that the log ever had. The place before all says that we live, and nothing else: it
  // is the empty set's, and nobody takes it for news.
  const Whole whole = known ? *whole_ : Whole{};
  return {of_log.epoch, whole.seq, of_log.gc, whole.live, whole.set_hash, of_log.healthy};
}

}  // namespace syncer::replication
