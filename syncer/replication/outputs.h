// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "syncer/replication/messages.h"

namespace syncer::replication {

/// Send a message of ours as a writer to each of these regions.
struct Publish {
  std::vector<RegionId> to;
  WriterMessage message;
};

/// Send a message of another region, as its writer would, to each of these.
struct PassOn {
  RegionId origin;
  std::vector<RegionId> to;
  WriterMessage message;
};

/// Send a message of ours as a reader to the writer of a region.
struct Ask {
  RegionId to;
  ReaderMessage message;
};

/// The live map of a region changed at a key. `repaired`: by a repair or reload, not by an entry of the log. `judged`:
/// it belongs to the epoch that was known already, so the region's own guard let it pass.
struct Changed {
  RegionId region;
  Op op;
  Version version;
  Bytes key;
  bool repaired;
  bool judged;
};

/// A replica was bound to a place in an epoch otherwise than by the next entry of the log.
struct Bound {
  /// Rebound: the set was the same already. Repaired: differences were fetched. Reloaded: everything was.
  enum class How : std::uint8_t { Rebound, Repaired, Reloaded };
  RegionId region;
  How how;
  Version version;
  std::size_t changes;
};

/// Equal version, different set: proof of a bug or of corruption. It is being repaired.
struct Mismatch {
  RegionId region;
  Version version;
};

/// A message of an epoch older than the one known was refused.
struct StaleEpoch {
  RegionId region;
  Epoch got;
  Epoch known;
};

/// The own log got an entry.
struct Appended {
  Version version;
  Op op;
  Bytes key;
};

/// A reader says that it knows this epoch of our region, and it is not ours: a higher one must be opened.
struct EpochTooOld {
  Epoch known;
  RegionId reader{};
};

/// A region reached a quota, and is refused what goes beyond; or it is within it again.
struct QuotaChanged {
  RegionId region;
  QuotaKind quota;
  bool reached;
};

/// A message that makes no sense or goes over a limit; nothing changed.
struct Dropped {
  RegionId from;  ///< 0 is the own side
  std::string_view reason;
};

using Output = std::variant<Publish, PassOn, Ask, Changed, Bound, Mismatch, StaleEpoch, Appended, EpochTooOld,
                            QuotaChanged, Dropped>;
using Outputs = std::vector<Output>;

}  // namespace syncer::replication
