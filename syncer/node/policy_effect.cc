// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/policy_effect.h"

#include <algorithm>
#include <optional>

#include "syncer/node/import_gate.h"
#include "syncer/node/parts.h"
#include "syncer/registry/record.h"

namespace syncer::node {
namespace {

using policy::Direction;
using replication::Projection;
using replication::View;

constexpr std::size_t kMostNames = 20;

/// Compares what is shown of the instances of one direction now and later.
class Comparison {
 public:
  Comparison(const registry::Kinds& kinds, Direction direction, const std::string& region, const Projection* now,
             SharedPolicy wanted)
      : now_(now),
        wanted_(std::move(wanted)),
        view_(view_of(wanted_, kinds, direction, region)),
        effect_{direction, region} {}

  void add(const Bytes& key, const Bytes& payload) {
    if (registry::kind_of(key) != registry::RecordKind::Instance) return;
    const bool before = now_ == nullptr || !now_->withheld().contains(key);
    const replication::Seen later = view_ ? view_(key, payload) : replication::Seen{key, payload, 0};
    if (before) ++effect_.shown;
    if (before == later.payload.has_value()) return;
    ++(before ? effect_.going : effect_.appearing);
    if (effect_.names.size() == kMostNames) return;
    const std::string rule(policy::rule_name(*wanted_, effect_.direction, later.reason));
    effect_.names.push_back((before ? "- " : "+ ") + registry::readable_key(key) + (before ? ": " + rule : ""));
  }

  std::optional<RegionEffect> effect() && {
    if (effect_.going + effect_.appearing == 0) return std::nullopt;
    return std::move(effect_);
  }

 private:
  const Projection* now_;
  SharedPolicy wanted_;
  View view_;
  RegionEffect effect_;
};

std::string line(const RegionEffect& region, const std::string& own) {
  const bool exports = region.direction == Direction::Export;
  const std::string where = exports ? "in " + region.region + ", of " + own : "here, of " + region.region;
  return where + ": " + std::to_string(region.going) + " of " + std::to_string(region.shown) +
         " instances would disappear, " + std::to_string(region.appearing) + " would appear\n";
}

}  // namespace

bool PolicyEffect::takes_more_than(Ratio share) const {
  return std::any_of(regions.begin(), regions.end(), [&](const RegionEffect& region) {
    return region.going * share.denominator > region.shown * share.numerator;
  });
}

PolicyEffect effect_of(const Parts& parts, const ImportGate& gate, const SharedPolicy& wanted) {
  PolicyEffect effect;
  const std::vector<replication::OwnLog::RecordPtr> own = parts.peering.core().log().snapshot();
  for (const std::string& region : parts.peering.regions()) {
    Comparison given(parts.config.kinds, Direction::Export, region, parts.peering.projection(region), wanted);
    for (const replication::OwnLog::RecordPtr& record : own) given.add(record->key, record->payload);
    Comparison taken(parts.config.kinds, Direction::Import, region, gate.projection(region), wanted);
    if (const replication::Replica* replica = parts.peering.replica(region)) {
      for (const auto& [key, record] : replica->records()) taken.add(key, record.payload);
    }
    for (Comparison* one : {&given, &taken}) {
      if (auto changed = std::move(*one).effect()) effect.regions.push_back(std::move(*changed));
    }
  }
  return effect;
}

std::string to_text(const PolicyEffect& effect, const std::string& own) {
  std::string text;
  for (const RegionEffect& region : effect.regions) {
    text += line(region, own);
    for (const std::string& one : region.names) text += "  " + one + "\n";
    const std::size_t all = region.going + region.appearing;
    if (all > region.names.size()) text += "  ... and " + std::to_string(all - region.names.size()) + " more\n";
  }
  return text.empty() ? "nothing would appear or disappear\n" : text;
}

}  // namespace syncer::node
