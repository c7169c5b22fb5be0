// SPDX-License-Identifier: Apache-2.0
#include "sim/check/effort.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "sim/host/world.h"

namespace sim::check {
namespace {

using syncer::EventKind;

constexpr std::string_view kCalmIsQuiet = "calm-is-quiet";
constexpr std::string_view kDetoursFitFaults = "detours-fit-faults";
constexpr std::string_view kRewritten = "copy.rewritten";
constexpr std::string_view kDiskWrite = "disk.write";

/// What all is done with, at any time.
constexpr std::string_view kDialled = "stream.dialled";
constexpr std::string_view kRequest = "request";
constexpr std::string_view kRequestBytes = "request.bytes";
constexpr std::array kUpkeep = {kDialled, kRequest, kRequestBytes, kDiskWrite};

/// A single fault is healed after so long; whatever it still costs then has another cause.
constexpr Duration kHealing = std::chrono::seconds(30);
/// Between two writes of where members answered, in the long run.
constexpr Duration kMembersNoted = std::chrono::minutes(1);
/// What one event of a guard may cost each node: the entry and its commitment, once for each side and region.
constexpr std::size_t kNotes = 8;
/// More causes of one detour of one node than this are counted together.
constexpr std::size_t kCauses = 16;

constexpr std::array kDetours = {
    EventKind::LinkUp,           EventKind::LinkDown,        EventKind::PeerRefused,       EventKind::FrameDropped,
    EventKind::PacketDropped,    EventKind::JoinFailed,      EventKind::MemberSuspected,   EventKind::MemberRefuted,
    EventKind::MemberDied,       EventKind::MemberConflict,  EventKind::ReplicaRebound,    EventKind::ReplicaRepaired,
    EventKind::ReplicaReloaded,  EventKind::HashMismatch,    EventKind::StaleEpochRefused, EventKind::RegistryDown,
    EventKind::RegistryFailover, EventKind::RegistryRefusal, EventKind::CopyRejected,      EventKind::LeaseLost,
    EventKind::HoldStarted,      EventKind::LeaderElected,   EventKind::LeaderLost,        EventKind::EpochOpened,
    EventKind::StorageFailed,    EventKind::DialFailed,      EventKind::LinkStalled,       EventKind::ReplicaAsked,
    EventKind::CopyRetried,      EventKind::LeaseLate};

bool is_detour(EventKind kind) { return std::find(kDetours.begin(), kDetours.end(), kind) != kDetours.end(); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The endings of a cause that differ each time say nothing: "10.0.0.3:7946: timed out after 500ms" -> the words.
std::string words_of(std::string_view cause) {
  std::string words;
  for (const char c : cause) {
    if (!is_digit(c)) {
      words += c;
    } else if (words.empty() || words.back() != '#') {
      words += '#';
    }
  }
  return words;
}

/// A question has a link of its own, which its answer ends: a daemon asks others how old their changes are.
bool is_answered(const syncer::Event& event) {
  return event.kind == EventKind::LinkDown && event.text("reason") == "the question was answered";
}

}  // namespace

std::vector<std::string_view> Effort::names() {
  std::vector<std::string_view> all;
  for (const EventKind kind : kDetours) all.push_back(name(kind));
  all.push_back(kRewritten);
  all.insert(all.end(), kUpkeep.begin(), kUpkeep.end());
  return all;
}

std::vector<std::string_view> Effort::ids() const { return {kCalmIsQuiet, kDetoursFitFaults}; }

void Effort::on_node_event(NodeIndex node, const syncer::Event& event) {
  if (event.kind == EventKind::GuardTripped || event.kind == EventKind::GuardReleased) {
    guarded_at_ = context_.now();
    notes_.clear();
  }
  if (!is_detour(event.kind) || is_answered(event)) return;
  const std::string_view member = event.text("member");
  if (!member.empty() && !context_.run->names.node(member)) return;  // a name that somebody invented
  // Of such names members go on to tell each other, and drop what they do not know.
  if (calm_.has_strangers() && event.kind == EventKind::PacketDropped) return;
  // So are the addresses that a stranger named, until the regions that he named are forgotten.
  const bool dialled_in_vain = event.kind == EventKind::DialFailed ||
                               (event.kind == EventKind::LinkDown && event.severity == syncer::Severity::Debug);
  if (calm_.has_strangers() && dialled_in_vain) return;
  book(node, name(event.kind), event.text("reason"));
  if (judges_) judge_number(node, event);
}

/// A registration or change that leaves a copy as it was.
void Effort::on_write(const Write& write) {
  if (!write.writer || write.before == nullptr || write.after == nullptr) return;
  const bool same = write.before->content.matches(write.after->content) && write.before->epoch == write.after->epoch;
  if (same) book(*write.writer, kRewritten, write.change.what);
}

void Effort::on_request(NodeIndex node, const syncer::HttpRequest& request) {
  if (node >= context_.run->names.nodes().size()) return;  // a stranger's
  const std::string_view operation = context_.run->world.registry(context_.home_of(node)).operation(request);
  if (requests_.size() <= node) requests_.resize(node + 1);
  auto known = requests_[node].find(operation);
  if (known == requests_[node].end()) known = requests_[node].emplace(operation, Requests{}).first;
  ++known->second.count;
  known->second.bytes += request.body.size() + request.target.size();
}

void Effort::on_work(NodeIndex node, host::Work work) {
  if (node >= context_.run->names.nodes().size()) return;  // a stranger's
  if (work != host::Work::DiskWrite) return add(counts_, node, kDialled, "", 1);
  notes_guard(node) || notes_members() ? add(counts_, node, kDiskWrite, "", 1) : book(node, kDiskWrite, "");
}

/// Where members answered is written down once a minute when that changes all the time, as strangers make it: the last
/// of it so long after they are gone.
bool Effort::notes_members() const {
  return calm_.has_strangers() && context_.now() <= calm_.disturbed_at() + kMembersNoted;
}

/// The leader of a cluster notes in the log that a guard holds, and that it does no more.
bool Effort::notes_guard(NodeIndex node) {
  return guarded_at_ && context_.now() <= *guarded_at_ + kHealing && ++notes_[node] <= kNotes;
}

/// Nearly always what was counted before is counted again, under words without digits: that allocates nothing.
void Effort::add(Counts& counts, NodeIndex node, std::string_view what, std::string_view cause, std::uint64_t count) {
  std::string words;
  const bool has_digits = std::any_of(cause.begin(), cause.end(), is_digit);
  if (has_digits) words = words_of(cause);
  const auto known = counts.find(std::tuple(what, node, has_digits ? std::string_view(words) : cause));
  if (known != counts.end()) {
    known->second += count;
    return;
  }
  if (!has_digits) words = cause;
  const auto of_kind = counts.lower_bound(Key{what, node, ""});
  const auto end = counts.upper_bound(Key{what, node, "\xff"});
  if (static_cast<std::size_t>(std::distance(of_kind, end)) >= kCauses) words = "other";
  counts[Key{what, node, std::move(words)}] += count;
}

void Effort::book(NodeIndex node, std::string_view detour, std::string_view cause) {
  add(counts_, node, detour, cause, 1);
  if (judges_) judge(node, detour, cause);
}

void Effort::judge(NodeIndex node, std::string_view detour, std::string_view cause) {
  const std::string what = "node " + context_.node(node) + ": " + std::string(detour) +
                           (cause.empty() ? "" : " (" + std::string(cause) + ")");
  if (calm_.lasts(kHealing + context_.sink->grace(kCalmIsQuiet))) {
    context_.sink->violated(kCalmIsQuiet, {what, "the last fault ended, or the last node started, at " +
                                                     syncer::to_string(calm_.disturbed_at().time_since_epoch())});
  } else if (!causes_.explain(detour)) {
    context_.sink->violated(kDetoursFitFaults, {what, "no fault of this stretch explains that"});
  }
}

void Effort::judge_number(NodeIndex node, const syncer::Event& event) {
  const auto over = budgets_.spend(node, event);
  if (!over) return;
  context_.sink->violated(kDetoursFitFaults, {over->of + ": " + std::to_string(over->count) + " times",
                                              "the faults of this stretch explain " + std::to_string(over->allowed)});
}

Effort::Counts Effort::all() const {
  Counts all = counts_;
  for (NodeIndex node = 0; node < requests_.size(); ++node) {
    for (const auto& [operation, requests] : requests_[node]) {
      add(all, node, kRequest, operation, requests.count);
      add(all, node, kRequestBytes, operation, requests.bytes);
    }
  }
  return all;
}

std::uint64_t Effort::count(std::string_view detour) const {
  std::uint64_t sum = 0;
  for (const auto& [key, count] : all()) sum += std::get<0>(key) == detour ? count : 0;
  return sum;
}

std::vector<scenario::Cost> Effort::costs() const {
  std::vector<scenario::Cost> costs;
  for (const auto& [key, count] : all()) {
    const auto& [detour, node, cause] = key;
    const bool upkeep = std::find(kUpkeep.begin(), kUpkeep.end(), detour) != kUpkeep.end();
    costs.push_back({std::string(detour), context_.node(node), cause, count, upkeep});
  }
  return costs;
}

}  // namespace sim::check
