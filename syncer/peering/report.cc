// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/report.h"

namespace syncer::peering {
namespace {

using replication::Bound;
using replication::Op;

std::string_view direction(const PeerLink& link) { return link.dialer ? "out" : "in"; }
std::string_view text(Op op) { return op == Op::Put ? "put" : "del"; }

EventKind kind_of(Bound::How how) {
  switch (how) {
    case Bound::How::Rebound:
      return EventKind::ReplicaRebound;
    case Bound::How::Repaired:
      return EventKind::ReplicaRepaired;
    case Bound::How::Reloaded:
      break;
  }
  return EventKind::ReplicaReloaded;
}

}  // namespace

void PeeringReport::link_up(Instant now, const PeerLink& link) {
  const std::string address = to_string(link.address);
  observe(observer_, now, EventKind::LinkUp, Severity::Info,
          {{"region", link.region}, {"node", link.node}, {"address", address}, {"direction", direction(link)}});
}

void PeeringReport::link_down(Instant now, const PeerLink& link, std::string_view reason) {
  const std::string address = to_string(link.address);
  // A dial that never got through is repeated for ever; only a link that was up is news.
  const Severity severity = link.state == PeerLink::State::Up ? Severity::Warning : Severity::Debug;
  observe(observer_, now, EventKind::LinkDown, severity,
          {{"region", link.region},
           {"node", link.node},
           {"address", address},
           {"direction", direction(link)},
           {"reason", reason}});
}

void PeeringReport::refused(Instant now, const PeerLink& link, std::string_view region, std::string_view node,
                            std::string_view reason) {
  const std::string address = to_string(link.address);
  observe(
      observer_, now, EventKind::PeerRefused, Severity::Warning,
      {{"region", region}, {"node", node}, {"address", address}, {"direction", direction(link)}, {"reason", reason}});
}

void PeeringReport::frame_dropped(Instant now, std::string_view region, std::string_view reason) {
  observe(observer_, now, EventKind::FrameDropped, Severity::Warning, {{"region", region}, {"reason", reason}});
}

void PeeringReport::epoch_opened(Instant now, Epoch epoch, std::uint64_t count) {
  observe(
      observer_, now, EventKind::EpochOpened, Severity::Info,
      {{"region", own_region_}, {"epoch_generation", epoch.generation}, {"epoch_term", epoch.term}, {"count", count}});
}

void PeeringReport::on(Instant now, const replication::Appended& appended) {
  const auto& [epoch, seq] = appended.version;
  observe(observer_, now, EventKind::EntryAppended, Severity::Debug,
          {{"region", own_region_},
           {"epoch_generation", epoch.generation},
           {"epoch_term", epoch.term},
           {"seq", seq},
           {"op", text(appended.op)},
           {"key", appended.key}});
}

void PeeringReport::on(Instant now, std::string_view region, const replication::Changed& changed) {
  const auto& [epoch, seq] = changed.version;
  observe(observer_, now, EventKind::EntryApplied, Severity::Debug,
          {{"region", region},
           {"epoch_generation", epoch.generation},
           {"epoch_term", epoch.term},
           {"seq", seq},
           {"op", text(changed.op)},
           {"key", changed.key}});
}

void PeeringReport::on(Instant now, std::string_view region, const Bound& bound) {
  const auto& [epoch, seq] = bound.version;
  observe(observer_, now, kind_of(bound.how), Severity::Info,
          {{"region", region},
           {"epoch_generation", epoch.generation},
           {"epoch_term", epoch.term},
           {"seq", seq},
           {"count", static_cast<std::uint64_t>(bound.changes)}});
}

void PeeringReport::on(Instant now, std::string_view region, const replication::Mismatch& mismatch) {
  const auto& [epoch, seq] = mismatch.version;
  observe(observer_, now, EventKind::HashMismatch, Severity::Error,
          {{"region", region}, {"epoch_generation", epoch.generation}, {"epoch_term", epoch.term}, {"seq", seq}});
}

void PeeringReport::stale_epoch(Instant now, std::string_view region, Epoch got, Epoch known) {
  const std::string known_text = to_string(known);
  observe(observer_, now, EventKind::StaleEpochRefused, Severity::Warning,
          {{"region", region}, {"epoch_generation", got.generation}, {"epoch_term", got.term}, {"known", known_text}});
}

}  // namespace syncer::peering
