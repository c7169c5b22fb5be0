// SPDX-License-Identifier: Apache-2.0
#include "sim/check/calm.h"

#include <algorithm>

#include "sim/host/world.h"
#include "sim/scenario/run/faults.h"

namespace sim::check {
namespace {

/// What applications do, which is no fault.
bool is_ordinary(const scenario::Action& action) {
  return std::visit(
      []<class A>(const A&) {
        return std::is_same_v<A, scenario::RegistryRegister> || std::is_same_v<A, scenario::RegistryDeregister> ||
               std::is_same_v<A, scenario::RegistryStatus> || std::is_same_v<A, scenario::RegistryUpdate> ||
               std::is_same_v<A, scenario::RegistryStopHeartbeat> || std::is_same_v<A, scenario::RegistryHeartbeat>;
      },
      action);
}

/// Links that lose, damage or refuse, in the topology itself.
bool is_bad(const scenario::LinkQuality& q) {
  return q.loss || q.burst || q.duplicate || q.reorder || q.corrupt || q.bandwidth || q.connect;
}

}  // namespace

void Calm::begin(const Context& context) {
  Rule::begin(context);
  const auto& topology = context.run->scenario.topology;
  const auto& links = topology.links;
  never_ = !topology.identities.empty() ||
           std::any_of(links.begin(), links.end(), [](const auto& link) { return is_bad(link.quality); });
  const auto& events = context.run->scenario.events;
  strangers_ = std::any_of(events.begin(), events.end(), [](const scenario::Event& event) {
    return std::holds_alternative<scenario::FuzzPeer>(event.action) ||
           std::holds_alternative<scenario::HostilePeer>(event.action);
  });
}

void Calm::on_write(const Write& write) {
  if (!write.writer) written_at_ = context_.now();
}

void Calm::on_node_event(NodeIndex, const syncer::Event& event) {
  if (event.kind == syncer::EventKind::MemberLeft) disturbed_at_ = context_.now();
}

void Calm::on_host_change(NodeIndex node, host::HostChange change) {
  disturbed_at_ = context_.now();
  down_[node] = change != host::HostChange::Started && change != host::HostChange::Resumed;
}

void Calm::on_label(std::string_view, const scenario::Event* event) {
  if (event != nullptr && !is_ordinary(event->action)) disturbed_at_ = context_.now();
}

bool Calm::lasts(Duration time) const {
  const bool all_run = std::none_of(down_.begin(), down_.end(), [](const auto& node) { return node.second; });
  return !never_ && all_run && !context_.run->faults.any() && context_.now() > disturbed_at() + time;
}

Instant Calm::disturbed_at() const { return std::max(disturbed_at_, context_.run->faults.changed_at()); }

}  // namespace sim::check
