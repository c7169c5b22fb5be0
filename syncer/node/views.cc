// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/views.h"

#include <chrono>
#include <optional>

#include "syncer/policy/rewriting.h"
#include "syncer/registry/record.h"

namespace syncer::node {
namespace {

using registry::RecordKind;

/// The rules of one direction of a link, and what they are applied with.
struct Link {
  policy::Filter filter;
  policy::Rewriting rewriting;
  const registry::Kinds* kinds;
};

/// Instances are counted, not what belongs to their service.
replication::Seen withheld(const registry::RecordKey& record, Bytes key, policy::RuleId rule) {
  return {std::move(key), std::nullopt, record.kind == RecordKind::Instance ? rule : policy::kNoRule};
}

/// The payload with what is rewritten of it; a native part that cannot be made to agree is refused by every catalog.
Bytes rewritten(const Link& link, const registry::RecordKey& key, registry::InstanceRecord record,
                const Bytes& payload) {
  const registry::Instance former = record.instance;
  if (!link.rewriting.change(key, record.instance)) return payload;
  if (!link.kinds->adapt(record, former)) return payload;
  return registry::encode_record(record);
}

/// Records that cannot be read are nobody's business here: the catalog refuses them wherever they come.
replication::Seen see(const Link& link, const Bytes& key, const Bytes& payload) {
  auto record = registry::decode_key(key);
  if (!record) return {key, payload, policy::kNoRule};
  std::optional<registry::InstanceRecord> instance;
  if (record->kind == RecordKind::Instance) {
    auto read = registry::decode_record(payload);
    if (read) instance = std::move(*read);
  }
  const policy::Decision decision = link.filter.decide(*record, instance ? &instance->instance : nullptr);
  Bytes shown = payload;
  if (decision.passes && instance) shown = rewritten(link, *record, std::move(*instance), payload);
  const registry::ServiceKey former = record->service;
  if (record->kind != RecordKind::Guard && !link.rewriting.rename(record->service)) {
    return withheld(*record, key, policy::kNameTaken);
  }
  Bytes name = record->service == former ? key : encode_key(*record);
  if (!decision.passes) return withheld(*record, std::move(name), decision.rule);
  return {std::move(name), std::move(shown), policy::kNoRule};
}

}  // namespace

replication::View view_of(const SharedPolicy& policy, const registry::Kinds& kinds, policy::Direction direction,
                          std::string_view region) {
  Link link{policy::Filter(*policy, direction, region), policy::Rewriting(*policy, direction, region), &kinds};
  if (link.filter.is_open() && link.rewriting.is_empty()) return nullptr;
  return [policy, link = std::move(link)](const Bytes& key, const Bytes& payload) { return see(link, key, payload); };
}

Duration pace_of(const policy::Policy& policy) {
  return Duration(std::chrono::seconds(1)) / policy.withdrawals_per_second;
}

}  // namespace syncer::node
