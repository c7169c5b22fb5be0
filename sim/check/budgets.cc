// SPDX-License-Identifier: Apache-2.0
#include "sim/check/budgets.h"

#include <chrono>

#include "sim/host/world.h"

namespace sim::check {
namespace {

using Item = Budgets::Item;
using syncer::EventKind;

constexpr Duration kLookAgainAfter = std::chrono::seconds(1);
/// As long as Effort gives a single fault to heal.
constexpr Duration kHealedAfter = std::chrono::seconds(30);
constexpr unsigned kAny = 1'000'000;
constexpr Budgets::Allowance kNothing{};
constexpr Budgets::Allowance kWhatever = {kAny, kAny, kAny, kAny, kAny};

// What each kind of disturbance explains, for each pair: redials, sets, questions, suspicions, elections. A repair asks
// twice: for the sums of buckets, then for what differs in them.
constexpr Budgets::Allowance kStarted = {1, 1, 2, 1, 1};
constexpr Budgets::Allowance kStopped = {1, 0, 0, 1, 1};
constexpr Budgets::Allowance kFrozen = {2, 0, 2, 1, 1};
constexpr Budgets::Allowance kLeft = {0, 0, 0, 1, 0};
constexpr Budgets::Allowance kElected = {2, 1, 2, 0, 0};
constexpr Budgets::Allowance kCut = {1, 0, 2, 1, 1};
constexpr Budgets::Allowance kReset = {1, 0, 2, 0, 0};
constexpr Budgets::Allowance kReconfigured = {1, 1, 4, 0, 0};
constexpr Budgets::Allowance kDrifts = {0, 0, 0, 0, 1};
constexpr Budgets::Allowance kRestored = {0, 0, 1, 0, 0};

template <class A, class... Kinds>
inline constexpr bool is_among = (std::is_same_v<A, Kinds> || ...);

/// What lasts and spoils a part of all that is sent has no number.
template <class A>
inline constexpr bool spoils =
    is_among<A, scenario::LinkChange, scenario::RelayLies, scenario::FuzzPeer, scenario::HostilePeer>;

Budgets::Allowance of_cut(const scenario::Partition& a) {
  Budgets::Allowance allowance = kCut;
  if (a.mode != scenario::BlockMode::Drop) allowance[static_cast<std::size_t>(Item::Suspicions)] = kAny;
  return allowance;
}

template <class A>
Budgets::Allowance of_action(const A& a) {
  if constexpr (std::is_same_v<A, scenario::Partition>) return of_cut(a);
  if constexpr (std::is_same_v<A, scenario::Swizzle>) return {4, 0, 8, 4, 4};  // each of its clogs is a cut
  if constexpr (std::is_same_v<A, scenario::Reset>) return kReset;
  if constexpr (is_among<A, scenario::Clog, scenario::HalfOpen, scenario::Suspend, scenario::Slow>) return kCut;
  if constexpr (std::is_same_v<A, scenario::Reconfigure>) return kReconfigured;
  if constexpr (std::is_same_v<A, scenario::ClockDrift>) return kDrifts;
  if constexpr (std::is_same_v<A, scenario::RegistryRestore>) return kRestored;
  return spoils<A> ? kWhatever : kNothing;
}

Budgets::Allowance of_change(host::HostChange change) {
  switch (change) {
    case host::HostChange::Started:
      return kStarted;
    case host::HostChange::Stopped:
    case host::HostChange::Crashed:
    case host::HostChange::Exited:
      return kStopped;
    case host::HostChange::Paused:
      return kFrozen;
    case host::HostChange::Resumed:
      break;
  }
  return kNothing;
}

struct Account {
  Item item;
  std::string of;
};

std::optional<Account> account_of(const std::string& node, const syncer::Event& event) {
  const std::string kind = std::string(name(event.kind)) + " ";
  const auto text = [&](std::string_view key) { return std::string(event.text(key)); };
  switch (event.kind) {
    case EventKind::LinkUp:
      return Account{Item::Redials, kind + node + " " + text("direction") + " " + text("region")};
    case EventKind::ReplicaReloaded:
      return Account{Item::Sets, kind + node + " of " + text("region")};
    case EventKind::ReplicaAsked:
      return Account{Item::Questions, kind + node + " of " + text("region")};
    case EventKind::MemberSuspected:
      return Account{Item::Suspicions, kind + node + " of " + text("member")};
    case EventKind::LeaderElected:
      return Account{Item::Elections, kind + "in " + text("region")};
    default:
      return std::nullopt;
  }
}

}  // namespace

void Budgets::allow(const Allowance& allowance) {
  for (std::size_t i = 0; i < kItems; ++i) allowed_[i] += allowance[i];
}

void Budgets::on_node_event(NodeIndex, const syncer::Event& event) {
  if (event.kind == EventKind::MemberLeft) allow(kLeft);
  if (event.kind == EventKind::LeaderElected) allow(kElected);
}

void Budgets::on_host_change(NodeIndex, host::HostChange change) { allow(of_change(change)); }

void Budgets::on_label(std::string_view, const scenario::Event* event) {
  if (event == nullptr) return;
  allow(std::visit([](const auto& action) { return of_action(action); }, event->action));
}

void Budgets::after_event(Instant now) {
  if (now < next_look_) return;
  next_look_ = now + kLookAgainAfter;
  if (!calm_.lasts(kHealedAfter)) return;
  allowed_.fill(0);
  spent_.clear();
}

std::optional<Budgets::Overdraft> Budgets::spend(NodeIndex node, const syncer::Event& event) {
  if (calm_.is_never()) return std::nullopt;
  auto account = account_of(context_.node(node), event);
  if (!account) return std::nullopt;
  const std::uint64_t count = ++spent_[account->of];
  const std::uint64_t allowed = allowed_[static_cast<std::size_t>(account->item)];
  if (count <= allowed) return std::nullopt;
  return Overdraft{std::move(account->of), count, allowed};
}

}  // namespace sim::check
