// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "syncer/node/explanation.h"
#include "syncer/node/import_gate.h"
#include "syncer/node/inventory.h"
#include "syncer/node/parts.h"
#include "syncer/node/views.h"

namespace syncer::node {

/// What an account is made of.
struct Known {
  const Parts& parts;
  const SharedPolicy& policy;
  const ImportGate& gate;
  /// The region that is told; nothing where it is our own operators, who may know all.
  std::optional<std::string_view> asker = {};

  /// What a rule keeps back, in words.
  std::string rule(policy::Direction direction, policy::RuleId id) const;
  /// Why a record of another region is not shown here; empty when no rule keeps it back.
  std::string why_withheld(const std::string& region, const Bytes& key) const;
};

/// Why this syncer knows nothing of instances: another one of its region leads; nothing when it does.
std::optional<std::string> why_not_asked(const Parts& parts);

/// What this node knows of all instances of that name or with that id: seen, filtered, exported, sent, acknowledged, of
/// its own; wanted, written, renewed, of those of others. Another region is told of what the policy lets it have, of
/// its own, and of third regions what these let it have from others: of the rest not even that there is any.
RegionAccount explain(const Known& known, Instant now, std::string_view what);

/// What this region's registry should show and does not, and what of it others do not have, with the reason. `other`
/// bounds what was not acknowledged to one region; empty for all. To another region as by explain().
RegionAccount differences(const Known& known, Instant now, std::string_view other);

/// One of the two.
RegionAccount account_of(const Known& known, Instant now, wire::Question::Kind kind, std::string_view text);
/// What another region said; what it says of its own name is not believed.
RegionAccount account_of(const peering::AnsweredQuestion& answered);

/// A page of the copies in the own registry, and of its services.
CopiesReport copies(const Parts& parts, Instant now, const catalog::CopyQuery& query);
ServicesReport services(const Parts& parts, std::string_view search, std::string_view after, std::size_t limit);

}  // namespace syncer::node
