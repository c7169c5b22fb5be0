// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/wire/sync/message.h"

namespace syncer::peering {

/// Newcomers that say they write for a region while another link does. Each waits long enough for the present writer to
/// prove itself by one of its heartbeats: a writer that is gone is replaced a moment later, one that is there is not
/// displaced by whoever says its name. One newcomer a region.
class Challenges {
 public:
  struct Challenge {
    LinkId link;
    wire::Hello hello;
    Instant since;
  };

  /// `heartbeat` is the time between two proofs of a writer.
  explicit Challenges(Duration heartbeat) : heartbeat_(heartbeat) {}

  /// Another time between two proofs from now on.
  void set_heartbeat(Duration heartbeat) { heartbeat_ = heartbeat; }

  void begin(Instant now, LinkId link, const wire::Hello& hello);
  /// The newcomer of a region, due or not; nullptr when there is none.
  const Challenge* find(const std::string& region) const;
  /// One whose time is up.
  std::optional<Challenge> take_due(Instant now);
  /// The newcomer of a region whose present link is gone.
  std::optional<Challenge> take(const std::string& region);
  Instant next_deadline() const;
  std::size_t size() const { return waiting_.size(); }
  /// How old the last proof of a present writer may be when the time is up.
  Duration proof_age() const { return heartbeat_; }

 private:
  Instant due(const Challenge& challenge) const;

  Duration heartbeat_;
  std::map<std::string, Challenge> waiting_;
};

}  // namespace syncer::peering
