// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/mappings.h"

#include <algorithm>
#include <map>
#include <utility>

#include "syncer/node/accounts.h"
#include "syncer/policy/rewriting.h"
#include "syncer/registry/record.h"

namespace syncer::node {
namespace {

using policy::Direction;
using replication::Projection;

/// The rows by what names them, in their order; the name of the last one of a page is where the next one begins.
using MappingRows = std::map<std::string, MappingRow>;

void note_name(std::vector<std::string>& names, std::string name) {
  if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

/// One direction of the link with one region.
class LinkMappings {
 public:
  LinkMappings(const Known& known, Direction direction, std::string region, const Projection* shown, MappingRows& rows)
      : known_(known),
        direction_(direction),
        region_(std::move(region)),
        shown_(shown),
        rewriting_(*known.policy, direction, region_),
        rows_(rows) {}

  void add(const Bytes& key, const Bytes& payload) {
    const auto record = registry::decode_key(key);
    if (!record || record->kind != registry::RecordKind::Instance) return;
    const Bytes* name = shown_ == nullptr ? &key : shown_->shown_as(key);
    MappingRow& row = row_of(*record, name);
    ++row.instances;
    note_rewritings(*record, payload, row);
    std::string why = why_withheld(key, record->service);
    if (name == nullptr || !why.empty()) ++row.withheld;
    note_name(row.by, std::move(why));
    if (direction_ == Direction::Import && name != nullptr && row.here.empty())
      row.here = known_.parts.catalog.accounts().place_of(region_, *name);
  }

 private:
  MappingRow& row_of(const registry::RecordKey& record, const Bytes* name) {
    const std::string service = to_string(record.service);
    const auto shown = name == nullptr ? std::nullopt : registry::decode_key(*name);
    const std::string shown_as = shown ? to_string(shown->service) : "";
    const std::string direction(policy::name(direction_));
    MappingRow& row = rows_[direction + "\n" + region_ + "\n" + service + "\n" + shown_as];
    if (row.instances == 0) row = {direction, region_, service, shown_as, "", 0, 0, {}};
    return row;
  }

  /// What the view, or the registry itself, keeps away.
  std::string why_withheld(const Bytes& key, const registry::ServiceKey& service) const {
    if (shown_ != nullptr) {
      const auto withheld = shown_->withheld().find(key);
      if (withheld != shown_->withheld().end())
        return std::string(policy::rule_name(*known_.policy, direction_, withheld->second));
    }
    return direction_ == Direction::Import ? known_.parts.catalog.why_not_held(service) : "";
  }

  void note_rewritings(const registry::RecordKey& record, const Bytes& payload, MappingRow& row) const {
    if (rewriting_.is_empty()) return;
    const auto read = registry::decode_record(payload);
    if (!read) return;
    for (std::string& name : rewriting_.names_of(record, read->instance)) note_name(row.by, std::move(name));
  }

  const Known& known_;
  Direction direction_;
  std::string region_;
  const Projection* shown_;
  policy::Rewriting rewriting_;
  MappingRows& rows_;
};

std::string joined_globs(const policy::Globs& globs) {
  std::string text;
  for (const std::string& glob : globs) text += (text.empty() ? "" : ",") + glob;
  return text;
}

std::vector<PolicyRow> policies_of(const policy::Policy& policy) {
  std::vector<PolicyRow> rows;
  for (const Direction direction : {Direction::Export, Direction::Import}) {
    for (const policy::Rule& rule : policy.rules(direction)) {
      rows.push_back(
          {std::string(name(direction)), rule.denies ? "deny" : "allow", rule.name, joined_globs(rule.regions)});
    }
  }
  for (const policy::Rewrite& rewrite : policy.rewrites) {
    rows.push_back({std::string(name(rewrite.direction)), "rewrite", rewrite.name, joined_globs(rewrite.regions)});
  }
  return rows;
}

MappingRows mapping_rows(const Known& known, const std::string& wanted) {
  MappingRows rows;
  const peering::Peering& peering = known.parts.peering;
  for (const std::string& region : peering.regions()) {
    if (!wanted.empty() && wanted != region) continue;
    LinkMappings imports(known, Direction::Import, region, known.gate.projection(region), rows);
    if (const auto* replica = peering.replica(region)) {
      for (const auto& [key, record] : replica->records()) imports.add(key, record.payload);
    }
    LinkMappings exports(known, Direction::Export, region, peering.projection(region), rows);
    for (const auto& record : peering.core().log().snapshot()) exports.add(record->key, record->payload);
  }
  return rows;
}

}  // namespace

MappingsReport mappings(const Known& known, const MappingQuery& query) {
  MappingsReport report;
  report.region = known.parts.config.region;
  report.problem = why_not_asked(known.parts);
  report.policies = policies_of(*known.policy);
  if (report.problem) return report;
  std::string last;
  for (auto& [name, row] : mapping_rows(known, query.region)) {
    const bool matches =
        row.service.find(query.search) != std::string::npos || row.shown_as.find(query.search) != std::string::npos;
    if (!matches) continue;
    ++report.total;
    if (!query.after.empty() && name <= query.after) continue;
    if (report.mappings.size() < query.limit) {
      report.mappings.push_back(std::move(row));
      last = name;
    } else if (report.next.empty()) {
      report.next = last;
    }
  }
  return report;
}

}  // namespace syncer::node
