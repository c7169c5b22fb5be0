// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/member_events.h"

#include <string>
#include <utility>

#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

using membership::Change;

namespace {

std::pair<EventKind, Severity> event_of(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::Joined:
      return {EventKind::MemberJoined, Severity::Info};
    case Change::Kind::Updated:
      return {EventKind::MemberUpdated, Severity::Info};
    case Change::Kind::Suspected:
      return {EventKind::MemberSuspected, Severity::Info};
    case Change::Kind::Refuted:
      return {EventKind::MemberRefuted, Severity::Info};
    case Change::Kind::Died:
      return {EventKind::MemberDied, Severity::Warning};
    case Change::Kind::Left:
      return {EventKind::MemberLeft, Severity::Info};
    case Change::Kind::Conflict:
      break;
  }
  return {EventKind::MemberConflict, Severity::Warning};
}

wire::gossip::Tags tags_of(ByteView meta) { return wire::gossip::decode_tags(meta).value_or(wire::gossip::Tags{}); }

}  // namespace

MemberInfo info_of(const membership::Member& m) {
  return {m.name,
          m.address,
          m.state,
          m.incarnation,
          m.meta,
          tags_of(m.meta),
          m.round_trips.latest(),
          m.round_trips.worst()};
}

MemberInfo info_of(const Change& c, Duration rtt) {
  return {c.name, c.address, c.state, c.incarnation, c.meta, tags_of(c.meta), rtt};
}

void observe_change(Observer& observer, Instant now, const Change& change) {
  const auto [event, severity] = event_of(change.kind);
  const std::string address = to_string(change.address);
  if (change.kind == Change::Kind::Conflict) {
    observe(observer, now, event, severity,
            {{"member", change.name}, {"address", address}, {"other", to_string(change.other)}});
    return;
  }
  observe(observer, now, event, severity,
          {{"member", change.name}, {"address", address}, {"incarnation", change.incarnation}});
}

}  // namespace syncer::gossip
