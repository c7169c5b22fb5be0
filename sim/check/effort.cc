// SPDX-License-Identifier: Apache-2.0
#include "sim/check/effort.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "sim/host/world.h"
#include "sim/scenario/run/faults.h"

namespace sim::check {
namespace {

using syncer::EventKind;

constexpr std::string_view kCalmIsQuiet = "calm-is-quiet";
constexpr std::string_view kRewritten = "copy.rewritten";

/// A single fault is healed after so long; whatever it still costs then has another cause.
constexpr Duration kHealing = std::chrono::seconds(30);
/// More causes of one detour of one node than this are counted together.
constexpr std::size_t kCauses = 16;

constexpr std::array kDetours = {
    EventKind::LinkUp,           EventKind::LinkDown,        EventKind::PeerRefused,       EventKind::FrameDropped,
    EventKind::PacketDropped,    EventKind::JoinFailed,      EventKind::MemberSuspected,   EventKind::MemberRefuted,
    EventKind::MemberDied,       EventKind::MemberConflict,  EventKind::ReplicaRebound,    EventKind::ReplicaRepaired,
    EventKind::ReplicaReloaded,  EventKind::HashMismatch,    EventKind::StaleEpochRefused, EventKind::RegistryDown,
    EventKind::RegistryFailover, EventKind::RegistryRefusal, EventKind::CopyRejected,      EventKind::LeaseLost,
    EventKind::HoldStarted,      EventKind::LeaderElected,   EventKind::LeaderLost,        EventKind::EpochOpened,
    EventKind::StorageFailed};

bool is_detour(EventKind kind) { return std::find(kDetours.begin(), kDetours.end(), kind) != kDetours.end(); }

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

/// The endings of a cause that differ each time say nothing: "10.0.0.3:7946: timed out after 500ms" -> the words.
std::string words_of(std::string_view cause) {
  std::string words;
  for (const char c : cause) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) {
      words += c;
    } else if (words.empty() || words.back() != '#') {
      words += '#';
    }
  }
  return words;
}

}  // namespace

std::vector<std::string_view> Effort::detours() {
  std::vector<std::string_view> all;
  for (const EventKind kind : kDetours) all.push_back(name(kind));
  all.push_back(kRewritten);
  return all;
}

std::vector<std::string_view> Effort::ids() const { return {kCalmIsQuiet}; }

void Effort::begin(const Context& context) {
  Rule::begin(context);
  const auto& links = context.run->scenario.topology.links;
  never_calm_ = std::any_of(links.begin(), links.end(), [](const auto& link) { return is_bad(link.quality); });
  const auto& events = context.run->scenario.events;
  strangers_ = std::any_of(events.begin(), events.end(), [](const scenario::Event& event) {
    return std::holds_alternative<scenario::FuzzPeer>(event.action) ||
           std::holds_alternative<scenario::HostilePeer>(event.action);
  });
}

void Effort::on_node_event(NodeIndex node, const syncer::Event& event) {
  if (event.kind == EventKind::MemberLeft) disturbed_at_ = context_.now();
  if (!is_detour(event.kind)) return;
  const std::string_view member = event.text("member");
  if (!member.empty() && !context_.run->names.node(member)) return;  // a name that somebody invented
  // Of such names members go on to tell each other, and drop what they do not know.
  if (strangers_ && event.kind == EventKind::PacketDropped) return;
  // So are the addresses that a stranger named, until the regions that he named are forgotten.
  if (strangers_ && event.kind == EventKind::LinkDown && event.severity == syncer::Severity::Debug) return;
  book(node, name(event.kind), event.text("reason"));
}

/// A registration or change that leaves a copy as it was.
void Effort::on_write(const Write& write) {
  if (!write.writer || write.before == nullptr || write.after == nullptr) return;
  const bool same = write.before->content.matches(write.after->content) && write.before->epoch == write.after->epoch;
  if (same) book(*write.writer, kRewritten, write.change.what);
}

void Effort::on_host_change(NodeIndex node, host::HostChange change) {
  disturbed_at_ = context_.now();
  down_[node] = change != host::HostChange::Started && change != host::HostChange::Resumed;
}

void Effort::on_label(std::string_view, const scenario::Event* event) {
  if (event != nullptr && !is_ordinary(event->action)) disturbed_at_ = context_.now();
}

void Effort::book(NodeIndex node, std::string_view detour, std::string_view cause) {
  std::string words = words_of(cause);
  const auto of_kind = counts_.lower_bound(Key{detour, node, ""});
  const auto end = counts_.upper_bound(Key{detour, node, "\xff"});
  if (!counts_.contains(Key{detour, node, words}) && static_cast<std::size_t>(std::distance(of_kind, end)) >= kCauses) {
    words = "other";
  }
  ++counts_[Key{detour, node, std::move(words)}];
  if (!judges_ || !is_calm()) return;
  context_.sink->violated(kCalmIsQuiet, {"node " + context_.node(node) + ": " + std::string(detour) +
                                             (cause.empty() ? "" : " (" + std::string(cause) + ")"),
                                         "the last fault ended, or the last node started, at " +
                                             syncer::to_string(disturbed_at().time_since_epoch())});
}

bool Effort::is_calm() const {
  return !never_calm_ && !context_.run->faults.any() && all_run() &&
         context_.now() > disturbed_at() + kHealing + context_.sink->grace(kCalmIsQuiet);
}

Instant Effort::disturbed_at() const { return std::max(disturbed_at_, context_.run->faults.changed_at()); }

bool Effort::all_run() const {
  return std::none_of(down_.begin(), down_.end(), [](const auto& node) { return node.second; });
}

std::uint64_t Effort::count(std::string_view detour) const {
  std::uint64_t sum = 0;
  for (const auto& [key, count] : counts_) sum += std::get<0>(key) == detour ? count : 0;
  return sum;
}

std::vector<scenario::Cost> Effort::costs() const {
  std::vector<scenario::Cost> all;
  for (const auto& [key, count] : counts_) {
    const auto& [detour, node, cause] = key;
    all.push_back({std::string(detour), context_.node(node), cause, count});
  }
  return all;
}

}  // namespace sim::check
