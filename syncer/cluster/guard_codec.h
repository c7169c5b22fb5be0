// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/bytes.h"
#include "syncer/replication/guard_mark.h"
#include "syncer/wire/sync/parts.h"

namespace syncer::cluster {

using replication::GuardMark;
using replication::GuardSide;

/// What begins a guard in the group's log and in its snapshot: whose removals it judges, and whether it is frozen.
template <class Guard>
void write_guard_head(ByteWriter& w, const Guard& guard) {
  w.u8(static_cast<std::uint8_t>(guard.side));
  w.string(guard.region);
  w.u8(guard.frozen ? 1 : 0);
}

/// Reads that; the rest of the guard is left to the caller. The reader fails when it is damaged.
template <class Guard>
Guard read_guard_head(ByteReader& r) {
  Guard guard;
  bool receiver = false;
  wire::read(r, receiver);
  guard.side = receiver ? GuardSide::Receiver : GuardSide::Sender;
  wire::read(r, guard.region, wire::kMaxName);
  wire::read(r, guard.frozen);
  return guard;
}

/// An age instead of an instant: every process has a clock of its own.
inline void write_age(ByteWriter& w, Duration age) { w.varint(static_cast<std::uint64_t>(age.count())); }

/// The reader fails when no process can be so old.
inline Duration read_age(ByteReader& r) {
  constexpr std::uint64_t kLongest = std::uint64_t{1} << 62U;
  const std::uint64_t age = r.varint();
  if (age <= kLongest) return Duration(static_cast<std::int64_t>(age));
  r.fail();
  return {};
}

}  // namespace syncer::cluster
