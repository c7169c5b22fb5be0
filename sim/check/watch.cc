// SPDX-License-Identifier: Apache-2.0
#include "sim/check/watch.h"

#include "sim/host/process/appearance.h"
#include "sim/host/world.h"

namespace sim::check {
namespace {

using syncer::EventKind;

/// Removals older than any window a scenario asks about are forgotten.
constexpr std::size_t kRemembered = 100'000;

}  // namespace

void Watch::on_write(const Write& write) {
  ++version_;
  if (!write.writer || write.before == nullptr || write.after != nullptr || !write.before->origin) return;
  const Origin* origin = context_.ledger->origin(*write.before->origin);
  if (!origin->sights[write.name.registry].copies.empty()) return;
  removed_.push_back({write.change.at, write.name.registry, !origin->alive});
  if (removed_.size() > kRemembered) removed_.pop_front();
}

void Watch::on_request(NodeIndex node, const syncer::HttpRequest& request) {
  const host::World& world = context_.run->world;
  if (host::led_term(world, node) > 0 || !context_.writes(node, request)) return;
  ++version_;
  ++stray_writes_;
}

void Watch::on_node_event(NodeIndex node, const syncer::Event& event) {
  if (event.kind == EventKind::PacketDropped) {
    ++dropped_;
    return;
  }
  ++version_;
  const auto text = [&](std::string_view field) { return std::string(event.text(field)); };
  switch (event.kind) {
    case EventKind::GuardTripped:
      return raise(node, "guard", text("side") + "/" + text("region"));
    case EventKind::GuardReleased:
      return clear(node, "guard", text("side") + "/" + text("region"));
    case EventKind::HoldStarted:
      return raise(node, "hold", text("region"));
    case EventKind::HoldExpired:
      return clear(node, "hold", text("region"));
    case EventKind::LinkUp:
      return clear(node, "hold", text("region"));
    case EventKind::RegistryShared:
      return raise(node, "conflict", "registry");
    case EventKind::MarkForged:
      return raise(node, "forged", text("entry"));
    case EventKind::MemberConflict:
      return raise(node, "conflict", text("member"));
    case EventKind::NodeFailed:
      return raise(node, "conflict", "node");
    case EventKind::CopyRejected:
    case EventKind::ExportRefused:
      return raise(node, "rejected", text("key"));
    case EventKind::CopyAccepted:
      return clear(node, "rejected", text("key"));
    case EventKind::EpochDoubted:
      return raise(node, "epoch", text("region"));
    case EventKind::QuotaReached:
      return raise(node, "quota", text("region") + "/" + text("quota"));
    case EventKind::QuotaMet:
      return clear(node, "quota", text("region") + "/" + text("quota"));
    case EventKind::RegistryDown:
      return raise(node, "registry", "");
    case EventKind::RegistryUp:
      return clear(node, "registry", "");
    case EventKind::LeaderElected:
      return elections_.push_back(
          {context_.now(), node, std::string(event.text("group")), static_cast<std::uint64_t>(event.number("term"))});
    case EventKind::MemberDied:
      break;
    default:
      return;
  }
  for (NodeIndex other = 0; other < context_.run->world.nodes(); ++other) {
    if (context_.run->world.config(other).node != event.text("member")) continue;
    if (context_.run->world.alive(other) && !context_.run->world.paused(other)) ++false_deaths_;
  }
}

void Watch::on_host_change(NodeIndex node, host::HostChange change) {
  ++version_;
  if (change != host::HostChange::Started) return;
  for (auto it = alarms_.begin(); it != alarms_.end();)
    it = it->first.first == node ? alarms_.erase(it) : std::next(it);
}

bool Watch::raised(NodeIndex node, const std::string& alarm) const { return alarms_.count({node, alarm}) != 0; }

void Watch::raise(NodeIndex node, const std::string& alarm, const std::string& about) {
  alarms_[{node, alarm}].insert(about);
}

void Watch::clear(NodeIndex node, const std::string& alarm, const std::string& about) {
  const auto found = alarms_.find({node, alarm});
  if (found == alarms_.end()) return;
  found->second.erase(about);
  if (found->second.empty()) alarms_.erase(found);
}

}  // namespace sim::check
