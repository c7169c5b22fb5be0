// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/peering/config.h"
#include "syncer/peering/peers.h"

namespace syncer::peering {

/// Regions that neither gossip nor a link nor a way by others shows, and when each of them may be forgotten.
class AbsentRegions {
 public:
  /// Borrows both.
  AbsentRegions(const PeeringConfig& config, const Peers& peers) : config_(config), peers_(peers) {}

  /// Whether the region is to be seen; to be called when that may have changed.
  void note(Instant now, const Peer& peer, bool is_there);
  /// Nothing is known of it any more.
  void erase(std::string_view region);

  /// Those that have left, are away for `sync.forget`, or are unwanted.
  std::vector<std::string> forgettable(Instant now) const;
  /// NotFound when the region is not known, Refused while it is there.
  Result<void> may_forget(std::string_view region) const;
  /// An operator wants it forgotten: it is forgettable until it shows itself. Nothing where may_forget() says no.
  void want_forgotten(std::string_view region);
  bool is_unwanted(std::string_view region) const;

 private:
  struct Absence {
    Instant since;
    bool unwanted = false;
  };

  bool is_over(Instant now, const Peer& peer, const Absence& absence) const;

  const PeeringConfig& config_;
  const Peers& peers_;
  std::map<std::string, Absence, std::less<>> absent_;
};

}  // namespace syncer::peering
