// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "syncer/replication/projection.h"
#include "syncer/replication/publisher.h"

namespace syncer::replication {

/// One reader who is shown the own records through a view. What he is shown has a log of its own, in the same epoch;
/// its numbers come out of one count with those of all others, so that a version means the same instant in each.
class Audience {
 public:
  /// The reader has been shown everything so far, and goes on where he is.
  Audience(const Publisher& all, RegionId reader);

  const Projection& projection() const { return projection_; }
  const Publisher& publisher() const { return publisher_; }
  Publisher& publisher() { return publisher_; }

  // Each counts from `counted`, the highest number in use. What the log says of itself is nobody's business.
  void put(Instant now, std::uint64_t counted, const Bytes& key, const Bytes& payload, Outputs& out);
  void erase(Instant now, std::uint64_t counted, const Bytes& key, Outputs& out);
  /// Another view of the log that all others are shown. Of a `newcomer`, who was shown nothing yet, nothing is taken
  /// away: he never sees what the view withholds.
  void set_view(Instant now, std::uint64_t counted, const OwnLog& all, View view, Duration pace, bool newcomer,
                Outputs& out);
  /// A new epoch with these records; what is leaving goes on doing so.
  void open_epoch(Instant now, Epoch epoch, const std::vector<std::pair<Bytes, Bytes>>& full_set, Outputs& out);
  void advance(Instant now, std::uint64_t counted, Outputs& out);
  Instant next_deadline() const;

 private:
  void carry_out(Instant now, std::uint64_t counted, const Projection::Changes& changes, Outputs& out);

  Projection projection_;
  Publisher publisher_;
};

/// A view that shows everything as it is.
View open_view();

/// The readers with a view of their own.
using Audiences = std::map<RegionId, Audience>;

}  // namespace syncer::replication
