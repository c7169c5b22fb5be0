// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/member_memory.h"

#include <algorithm>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::node {
namespace {

constexpr std::string_view kMembersKey = "members";
constexpr std::string_view kFormat = "syncer members 1";
/// A name that is longer is none of a syncer's.
constexpr std::size_t kLongestName = 255;
constexpr std::size_t kMostTargets = 64;

/// Members that are there answer within seconds of each other: they are written down together.
constexpr Duration kGather = std::chrono::seconds(5);
/// Between two writes in the long run, and how many may follow each other before.
constexpr Duration kPause = std::chrono::minutes(1);
constexpr int kBurst = 3;

/// Between two questions to one address.
constexpr Duration kShortest = std::chrono::seconds(1);
constexpr Duration kLongest = std::chrono::seconds(10);

template <class T>
bool contains(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

// On disk.

Result<void> MemberMemory::load() {
  const auto stored = storage_.read(kMembersKey);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return {};
  stored_ = **stored;
  if (!decode(stored_)) rows_.clear();
  if (SYNCER_MUTATED("node.forget_where_members_were")) rows_.clear();
  return {};
}

bool MemberMemory::decode(ByteView value) {
  if (value.size() < 4 || crc32c(value.substr(4)) != ByteReader(value).u32()) return false;
  ByteReader reader(value.substr(4));
  if (reader.string() != kFormat) return false;
  const bool same_label = reader.string() == pool_.label;
  std::vector<std::string> targets;
  for (std::size_t left = reader.count(1); left > 0; --left) targets.emplace_back(reader.string());
  for (std::size_t left = std::min(reader.count(19), kMost); left > 0; --left) {
    Row row;
    row.name = reader.string();
    const ByteView octets = reader.raw(row.address.address.size());
    const std::uint16_t port = reader.u16();
    if (!reader.ok()) return false;
    row.address = Endpoint::from_octets(octets, port);
    rows_.push_back(std::move(row));
  }
  return reader.finished() && same_label && is_of_this_pool(targets);
}

/// Who was given other addresses to join by was sent elsewhere, unless they lead to whom it knows.
bool MemberMemory::is_of_this_pool(const std::vector<std::string>& targets) const {
  if (pool_.targets.empty() || SYNCER_MUTATED("node.follow_members_of_another_pool")) return true;
  return std::any_of(pool_.targets.begin(), pool_.targets.end(), [&](const std::string& target) {
    const auto is_there = [&](const Row& row) { return to_string(row.address) == target; };
    return contains(targets, target) || std::any_of(rows_.begin(), rows_.end(), is_there);
  });
}

Bytes MemberMemory::encode() const {
  Bytes body;
  ByteWriter writer(body);
  writer.string(kFormat);
  writer.string(pool_.label);
  const std::size_t targets = std::min(pool_.targets.size(), kMostTargets);
  writer.varint(targets);
  for (std::size_t i = 0; i < targets; ++i) writer.string(pool_.targets[i]);
  writer.varint(rows_.size());
  for (const Row& row : rows_) {
    writer.string(row.name);
    writer.raw({reinterpret_cast<const char*>(row.address.address.data()), row.address.address.size()});
    writer.u16(row.address.port);
  }
  Bytes value;
  ByteWriter(value).u32(crc32c(body));
  return value + body;
}

void MemberMemory::note_change(Instant now) {
  if (write_due_ != kNever) return;
  allowance_ = std::max(allowance_, now);
  write_due_ = std::max(now + kGather, allowance_ - kBurst * kPause);
}

void MemberMemory::advance(Instant now) {
  if (now < write_due_ || writing_) return;  // one at a time: the outcome of each is known
  write_due_ = kNever;
  Bytes value = encode();
  if (value == stored_) return;
  if (!SYNCER_MUTATED("node.write_members_at_each_change")) allowance_ = std::max(allowance_, now) + kPause;
  stored_ = value;
  writing_ = next_call_();
  storage_.write(*writing_, kMembersKey, std::move(value));
}

Result<bool> MemberMemory::on_stored(Instant now, CallId call, const Result<void>& outcome) {
  if (writing_ != call) return false;
  writing_.reset();
  if (outcome) return true;
  stored_.clear();
  write_due_ = std::min(write_due_, now + kPause);
  return tl::unexpected(outcome.error());
}

// Who is remembered.

void MemberMemory::start(Instant now) {
  for (Row& row : rows_) {
    row.answered = row.next = now;
    row.wait = kShortest;
  }
  if (rows_.empty()) return;
  next_look_ = now;
  note_change(now);  // the addresses to join by may be others
}

void MemberMemory::answered(Instant now, const std::string& name, const Endpoint& address) {
  const auto known = std::find_if(rows_.begin(), rows_.end(),
                                  [&](const Row& row) { return row.address == address && row.name == name; });
  if (known == rows_.end()) {
    if (name.size() > kLongestName || !make_room(now, name, address)) return;
    rows_.push_back({name, address, now, true, kShortest, now});
    return note_change(now);
  }
  known->answered = now;
  known->heard = true;
  known->wait = kShortest;
}

bool MemberMemory::make_room(Instant now, const std::string& name, const Endpoint& address) {
  const auto same_name = [&](const Row& row) { return row.name == name; };
  const auto same_host = [&](const Row& row) { return row.address.address == address.address; };
  const auto any = [](const Row&) { return true; };
  return make_room_among(now, kMostOfOneName, same_name) && make_room_among(now, kMostOfOneHost, same_host) &&
         make_room_among(now, kMost, any);
}

/// When there are as many as there may be, the one goes that did not answer for longest: if it did not for long.
template <class Same>
bool MemberMemory::make_room_among(Instant now, std::size_t most, Same same) {
  auto oldest = rows_.end();
  std::size_t count = 0;
  for (auto row = rows_.begin(); row != rows_.end(); ++row) {
    if (!same(*row)) continue;
    ++count;
    if (oldest == rows_.end() || row->answered < oldest->answered) oldest = row;
  }
  if (count < most) return true;
  const bool is_silent = now - oldest->answered > kKept || SYNCER_MUTATED("node.remember_the_latest_members");
  if (is_silent) rows_.erase(oldest);
  return is_silent;
}

// Who is asked.

std::vector<Endpoint> MemberMemory::take_due(Instant now, bool alone, const Where& where) {
  std::vector<Endpoint> due;
  const bool becomes_alone = alone && !was_alone_;
  was_alone_ = alone;
  if (now < next_look_ && !becomes_alone) return due;
  next_look_ = kNever;
  for (Row& row : rows_) {
    if (!is_missed(now, row, alone, where)) continue;
    if (becomes_alone) row.wait = kShortest;
    if (row.next <= now || becomes_alone) {
      due.push_back(row.address);
      row.next = now + row.wait;
      row.wait = std::min(2 * row.wait, kLongest);
    }
    next_look_ = std::min(next_look_, row.next);
  }
  return due;
}

/// There is cause to ask it: it is not where it was, as far as the pool knows, and nobody says that it died there.
bool MemberMemory::is_missed(Instant now, const Row& row, bool alone, const Where& where) const {
  const auto held = where(row.name);
  const bool here = held && held->address == row.address;
  if (here && !held->gone) return false;
  if (alone) return true;
  if (now - row.answered > kKept || (here && row.heard)) return false;
  // Where else it answered before it did here, it is itself, dead or alive.
  if (held && !here && answered_before(row, held->address)) return false;
  SYNCER_SOMETIMES(held && !here, "node.asks_a_member_where_it_was");
  return !(held && !here && SYNCER_MUTATED("node.believe_that_members_moved"));
}

bool MemberMemory::answered_before(const Row& row, const Endpoint& other) const {
  for (const Row& earlier : rows_) {
    if (&earlier == &row) return false;
    if (earlier.name == row.name && earlier.address == other) return true;
  }
  return false;
}

}  // namespace syncer::node
