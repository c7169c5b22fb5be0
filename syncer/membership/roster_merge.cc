// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/mutation.h"
#include "syncer/membership/formulas.h"
#include "syncer/membership/roster.h"

namespace syncer::membership {

namespace {

using Ranges = std::vector<VersionRange>;

/// `v` has six bytes.
void add_ranges(ByteView v, bool alive, Ranges& core, Ranges& application) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(v[i]); };
  core.push_back({at(0), at(1), at(2), alive});
  application.push_back({at(3), at(4), at(5), alive});
}

}  // namespace

bool Roster::merges_with(std::span<const Entry> entries) const {
  Ranges core;
  Ranges application;
  for (const Entry& e : entries) {
    // Versions that are not there count as 0, which no member of today understands.
    if (e.versions.size() < kOwnVersions.size()) return false;
    add_ranges(e.versions, e.state == static_cast<std::int64_t>(State::Alive), core, application);
  }
  table_.for_each([&](const Member& m) {
    // A member that never told its versions says nothing about compatibility; the reference counts it as version 0
    // and then refuses every exchange.
    if (m.versions == Versions{}) return;
    const ByteView versions(reinterpret_cast<const char*>(m.versions.data()), m.versions.size());
    add_ranges(versions, m.state == State::Alive, core, application);
  });
  return compatible(core) && compatible(application);
}

Merge Roster::merge(Instant now, std::span<const Entry> entries, bool join, Outputs& out) {
  if (!merges_with(entries)) return Merge::Incompatible;
  if (join && options_.merge_filter && !options_.merge_filter(entries)) return Merge::Vetoed;
  for (const Entry& entry : entries) merge_entry(now, entry, out);
  return Merge::Merged;
}

void Roster::merge_entry(Instant now, const Entry& e, Outputs& out) {
  switch (e.state) {
    case static_cast<std::int64_t>(State::Alive):
      alive(now, Alive{e.incarnation, e.name, e.address, e.meta, e.versions}, out);
      break;
    case static_cast<std::int64_t>(State::Left):
      dead(now, Dead{e.incarnation, e.name, e.name}, out);
      break;
    case static_cast<std::int64_t>(State::Dead):
      // Hearsay of a death only raises a suspicion: the member gets its chance to refute.
      if (SYNCER_MUTATED("membership.believe_hearsay_of_death")) {
        dead(now, Dead{e.incarnation, e.name, self_}, out);
        break;
      }
      [[fallthrough]];
    case static_cast<std::int64_t>(State::Suspect):
      suspect(now, Suspect{e.incarnation, e.name, self_}, out);
      break;
    default:
      out.refusals.push_back("bad_state");
  }
}

}  // namespace syncer::membership
