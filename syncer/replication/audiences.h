// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "syncer/replication/projection.h"
#include "syncer/replication/publisher.h"

namespace syncer::replication {

/// One reader who is shown the own records through a view. What he is shown has a log of its own, in the same epoch;
/// its numbers come out of one count with those of all others, so that a version means the same instant in each.
/// While he is paused he is told no changes, goes on with what he has, and can be sure of it: heartbeats and repairs go
/// by the log as it stood.
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
  /// A new epoch with these records, after the log `former` that all others were shown; what is leaving goes on doing
  /// so. Who is paused has in it what he had.
  void open_epoch(Instant now, Epoch epoch, const OwnLog& former, const std::vector<std::pair<Bytes, Bytes>>& full_set,
                  Outputs& out);
  void pause() { paused_ = true; }
  bool is_paused() const { return paused_; }
  /// He is told what became of the log that all others are shown, and what another view says of it.
  void resume(Instant now, std::uint64_t counted, const OwnLog& all, Outputs& out);
  /// Records that changed while he is paused; they may have changed back. Each is live, or was when the pause began:
  /// what came and went meanwhile is remembered no more.
  const std::set<Bytes>& waiting() const { return waiting_; }
  void advance(Instant now, std::uint64_t counted, Outputs& out);
  Instant next_deadline() const;

 private:
  /// A view that was set during a pause.
  struct Awaited {
    View view;
    Duration pace{};
    bool newcomer = false;
  };

  void carry_out(Instant now, std::uint64_t counted, const Projection::Changes& changes, Outputs& out);
  void note_removal(const Bytes& key);
  std::vector<std::pair<Bytes, Bytes>> set_of(const std::vector<std::pair<Bytes, Bytes>>& full_set);
  std::vector<std::pair<Bytes, Bytes>> set_told(const OwnLog& former,
                                                const std::vector<std::pair<Bytes, Bytes>>& full_set);

  Projection projection_;
  Publisher publisher_;
  bool paused_ = false;
  std::set<Bytes> waiting_;
  std::optional<Awaited> awaited_;
};

/// A view that shows everything as it is.
View open_view();

/// The readers with a view of their own.
using Audiences = std::map<RegionId, Audience>;

}  // namespace syncer::replication
