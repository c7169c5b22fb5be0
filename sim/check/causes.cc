// SPDX-License-Identifier: Apache-2.0
#include "sim/check/causes.h"

#include <algorithm>
#include <chrono>

#include "sim/host/world.h"
#include "sim/scenario/run/faults.h"

namespace sim::check {
namespace {

using Family = Causes::Family;

constexpr Duration kStart = std::chrono::seconds(25);
constexpr Duration kLookEvery = std::chrono::seconds(1);

template <class A, class... Kinds>
inline constexpr bool is_one_of = (std::is_same_v<A, Kinds> || ...);

template <class A>
inline constexpr bool cuts = is_one_of<A, scenario::Partition, scenario::Heal, scenario::Clog, scenario::Unclog,
                                       scenario::Swizzle, scenario::Reset, scenario::HalfOpen>;
template <class A>
inline constexpr bool stops = is_one_of<A, scenario::Pause, scenario::Resume, scenario::Suspend, scenario::Slow>;
template <class A>
inline constexpr bool moves_clocks = is_one_of<A, scenario::ClockJump, scenario::ClockSkew, scenario::ClockStrobe>;
template <class A>
inline constexpr bool is_word = is_one_of<A, scenario::Join, scenario::RegionForget, scenario::GuardRelease>;

Family family_of(std::string_view detour) {
  if (detour.starts_with("link.") || detour.starts_with("peer.") || detour.starts_with("frame.")) return Family::Links;
  if (detour.starts_with("hold.") || detour == "replica.rebound" || detour == "replica.asked") return Family::Links;
  if (detour == "replica.repaired") return Family::Links;
  if (detour.starts_with("member.") || detour.starts_with("join.") || detour.starts_with("packet."))
    return Family::Members;
  if (detour.starts_with("registry.") || detour.starts_with("copy.")) return Family::Registry;
  if (detour.starts_with("storage.") || detour.starts_with("disk.")) return Family::Disk;
  return Family::Sets;
}

}  // namespace

void Causes::begin(const Context& context) {
  Rule::begin(context);
  const auto& regions = context.run->names.regions();
  clusters_ = std::any_of(regions.begin(), regions.end(), [](const auto& region) { return region.nodes.size() > 1; });
}

void Causes::explains(std::initializer_list<Family> families) {
  for (const Family family : families) explained_[static_cast<std::size_t>(family)] = true;
}

void Causes::on_node_event(NodeIndex, const syncer::Event& event) {
  if (event.kind == syncer::EventKind::MemberLeft) explains({Family::Links, Family::Members});
}

void Causes::on_host_change(NodeIndex, host::HostChange change) {
  if (change == host::HostChange::Started || clusters_) {
    started_until_ = context_.now() + kStart;
  }
  explains({Family::Links, Family::Members});
}

void Causes::on_label(std::string_view, const scenario::Event* event) {
  if (event == nullptr) return;
  const auto note = [&]<class A>(const A&) {
    constexpr bool in_registry = requires(const A& a) { a.registry; };
    if constexpr (in_registry) return explains({Family::Registry});
    if constexpr (moves_clocks<A>) return;
    if constexpr (cuts<A> || stops<A> || is_word<A>) {
      explains({Family::Links, Family::Members});
      if (stops<A>) explains({Family::Registry});
      if (clusters_) explains({Family::Registry, Family::Sets, Family::Disk});
      return;
    }
    explains_all();
  };
  std::visit(note, event->action);
}

/// A cut may lie between a node and its registry, and what it explains ends when it is calm.
void Causes::after_event(Instant now) {
  if (now < next_look_) return;
  next_look_ = now + kLookEvery;
  if (calm_.lasts(std::chrono::seconds(30))) explained_.fill(false);
  if (!context_.run->faults.any()) return;
  const auto& world = context_.run->world;
  for (NodeIndex n = 0; n < context_.run->names.nodes().size(); ++n) {
    const auto node = fault::Site::node(n);
    const auto registry = fault::Site::registry(context_.home_of(n));
    if (!world.reachable(node, registry) || !world.reachable(registry, node)) explains({Family::Registry});
  }
}

bool Causes::explain(std::string_view detour) const {
  const auto family = static_cast<std::size_t>(family_of(detour));
  return explained_[family] || calm_.is_never() || context_.now() < started_until_;
}

}  // namespace sim::check
