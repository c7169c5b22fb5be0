// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/replication/messages.h"

namespace syncer::wire {

// What neighbours say about the records of third regions. None of it is sent to who has not shown that he knows it: a
// relay says in gossip that it is one, and everybody else begins with WaysWanted.

/// Whom a region lets have its records from others.
struct Scope {
  bool everyone = false;
  std::vector<std::string> regions;  ///< unless everyone; ascending
  bool operator==(const Scope&) const = default;
};

/// One way to the records of a region: from the neighbour that says so, or from the region itself.
struct Way {
  std::string region;
  std::uint64_t run = 0;         ///< the process that writes for it
  std::vector<std::string> via;  ///< the regions passed, the nearest first; empty from the region itself
  Scope scope;
  bool operator==(const Way&) const = default;
};

/// All ways that the dialler offers on this link; those of an earlier message are void.
struct Ways {
  std::vector<Way> ways;
  bool operator==(const Ways&) const = default;
};

/// From who was dialled: tell me of ways, I understand them.
struct WaysWanted {
  bool operator==(const WaysWanted&) const = default;
};

/// From who was dialled: these regions read the records of `region` by way of the dialler, himself among them; none:
/// nobody any more. To the region itself, if it offers a way to its own records, it says who reads them so.
struct Follow {
  std::string region;
  std::vector<std::string> readers;  ///< ascending
  bool operator==(const Follow&) const = default;
};

/// A message of the writer of `region`, from a relay: with the origin's epoch and numbers.
struct Passed {
  std::string region;
  replication::WriterMessage message;
  bool operator==(const Passed&) const = default;
};

/// A message to the writer of `region`, for the relay to answer.
struct Returned {
  std::string region;
  replication::ReaderMessage message;
  bool operator==(const Returned&) const = default;
};

/// Regions passed on a way, and names in one of these messages, at most.
inline constexpr std::size_t kMaxVia = 8;
inline constexpr std::size_t kMaxWays = 1024;

/// Bytes of one message of ways: what does not fit beside the rest of a frame is not offered.
inline constexpr std::size_t kMaxWaysBytes = std::size_t{3} << 20U;

/// Bytes of it in Ways, at most.
std::size_t size_bound(const Way& way);

// Bodies of their frames; what is read is bounded. Passed and Returned wrap a frame: see encode_sync().
void write(ByteWriter& w, const Ways& m);
void read(ByteReader& r, Ways& m);
void write(ByteWriter& w, const WaysWanted& m);
void read(ByteReader& r, WaysWanted& m);
void write(ByteWriter& w, const Follow& m);
void read(ByteReader& r, Follow& m);

}  // namespace syncer::wire
