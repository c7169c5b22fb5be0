// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>

#include "syncer/catalog/catalog.h"
#include "syncer/node/views.h"
#include "syncer/peering/peering.h"
#include "syncer/replication/projection.h"

namespace syncer::node {

/// Stands between what other regions say and the catalog: hands on what the policy lets pass. What it takes away stays
/// as it is until it is its turn, and is no loss for any guard.
class ImportGate {
 public:
  /// Borrows all.
  ImportGate(const registry::Kinds& kinds, const peering::Peering& peering, catalog::Catalog& catalog)
      : kinds_(kinds), peering_(peering), catalog_(catalog) {}

  /// `importing`: the catalog is told of records already.
  void set_policy(Instant now, SharedPolicy policy, bool importing);

  /// A record of a region, as it is now. `epoch`: see Catalog::desire.
  void put(Instant now, const std::string& region, const Bytes& key, const Bytes& payload, Epoch epoch,
           catalog::Occasion occasion = catalog::Occasion::Known);
  void erase(Instant now, const std::string& region, const Bytes& key, bool judged);
  /// The catalog knows of no records any more: all follow again.
  void restart();
  void forget_region(const std::string& region) {
    regions_.erase(region);
    open_.erase(region);
  }
  void advance(Instant now);
  Instant next_deadline() const;

  /// What is shown here of a region for which the policy has or had a word; nullptr for others.
  const replication::Projection* projection(const std::string& region) const {
    const auto it = regions_.find(region);
    return it == regions_.end() ? nullptr : &it->second;
  }

 private:
  replication::Projection* find(const std::string& region);
  void show_again(Instant now, const std::string& region);
  void carry_out(Instant now, const std::string& region, const replication::Projection::Changes& changes,
                 catalog::Occasion occasion = catalog::Occasion::Known);

  const registry::Kinds& kinds_;
  const peering::Peering& peering_;
  catalog::Catalog& catalog_;
  SharedPolicy policy_;
  std::map<std::string, replication::Projection> regions_;
  std::set<std::string> open_;  // regions of which everything passes as it is
};

}  // namespace syncer::node
