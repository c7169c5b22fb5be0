// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/host/probe.h"
#include "sim/host/registry/registry.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"

namespace sim::check {

using host::NodeIndex;
using host::RegistryIndex;
using syncer::Duration;
using syncer::Instant;

/// Names one registration of one instance in one registry.
struct InstanceName {
  RegistryIndex registry = 0;
  std::string service;  ///< host::service_text
  std::string instance;
  auto operator<=>(const InstanceName&) const = default;
};

/// What applications see of an instance. A copy that is equal here is a good copy.
struct Content {
  std::uint64_t seen = 0;           ///< hash of endpoints, status and properties without marks
  std::optional<std::string> host;  ///< where the kind of registry knows it
  /// A host that one side does not know is no difference.
  bool matches(const Content& other) const {
    return seen == other.seen && (!host || !other.host || host == other.host);
  }
};

/// An instance that a syncer registered, by its marks.
struct Copy {
  InstanceName name;
  std::string region;                  ///< of its origin, as marked
  std::optional<InstanceName> origin;  ///< nothing when no region of that name exists
  Content content;
  syncer::Epoch epoch;  ///< of its last mark
  std::string status;
  std::vector<std::string> endpoints;
  std::map<std::string, std::string> properties;  ///< without marks
  Instant since;
};

/// What one foreign registry shows of an origin instance.
struct Sight {
  std::vector<InstanceName> copies;
  bool differs = false;  ///< from what it should show
  Instant since;         ///< when it began to differ last
  bool ghost = false;    ///< shows a copy although the origin is gone
};

/// An instance that an application registered. It stays in the ledger after its end, so that ghosts are recognised.
struct Origin {
  enum class Step : std::uint8_t { Registered, Changed, Removed };
  InstanceName name;
  bool known = false;  ///< an application registered it at some time
  bool alive = false;
  Instant since;    ///< of being alive or gone
  Instant stepped;  ///< time of the last step
  Step step = Step::Registered;
  Content content;
  std::map<std::string, Content> elsewhere;             ///< as registries show it that cannot show all of it, by kind
  std::optional<host::RegistryInstance> instance = {};  ///< only where policies decide how it is shown
  std::vector<Sight> sights;                            ///< by registry; the home's own is unused

  /// What a good copy in a registry of that kind looks like.
  const Content& content_in(const std::string& kind) const {
    const auto found = elsewhere.find(kind);
    return found == elsewhere.end() ? content : found->second;
  }
};

/// How long one step of one origin instance took to show in one foreign registry.
struct Timing {
  Origin::Step step;
  InstanceName origin;
  RegistryIndex target;
  Instant from;
  Duration took;
};

/// The truth about all registries of a world, kept up to date with every write: which instances are origins, which are
/// copies of which, where the picture differs from what it should be, and how long each step took to show.
class Ledger : public host::Probe {
 public:
  /// `homes`: the registry of each region. Two regions may share one. `kinds`: names of the kinds, by registry.
  Ledger(std::map<std::string, RegistryIndex> homes, std::vector<std::string> kinds);

  void on_registry_change(RegistryIndex registry, const host::RegistryChange& change) override;

  /// How an origin is to be shown in a registry that is not its home; nothing where it must not be.
  using Show = std::function<std::optional<host::RegistryInstance>(const host::RegistryInstance& origin,
                                                                   RegistryIndex home, RegistryIndex target)>;
  /// Before the first change; without it all origins are shown everywhere, as they are.
  void set_policies(Show show) { show_ = std::move(show); }
  bool has_policies() const { return show_ != nullptr; }
  /// `show` says other things from now on.
  void policies_changed(Instant now);
  /// The origin, which lives, is to have a copy in that registry.
  bool is_shown(const Origin& origin, RegistryIndex target) const {
    return !show_ || show_(*origin.instance, origin.name.registry, target).has_value();
  }

  const std::map<InstanceName, Origin>& origins() const { return origins_; }
  /// Those that applications registered, in the order they first did; only grows, the pointers stay good.
  const std::vector<const Origin*>& known() const { return known_; }
  const std::map<InstanceName, Copy>& copies() const { return copies_; }
  /// The copy of the last change as it was before; nothing when there was none. Moved out.
  std::optional<Copy> take_former() { return std::exchange(former_, std::nullopt); }
  const Origin* origin(const InstanceName& name) const;
  const Copy* copy(const InstanceName& name) const;
  /// Origins and copies that live in a registry now.
  std::size_t living(RegistryIndex registry) const { return living_[registry]; }
  /// Pairs (origin, foreign registry) that differ from what they should show.
  std::uint64_t differing() const { return differing_; }
  /// Those with the home and the target among the given registries.
  std::uint64_t differing(const std::vector<bool>& among) const;
  /// Pairs (gone origin, registry that still shows a copy of it).
  std::uint64_t ghosts() const { return ghosts_; }
  /// Copies ever registered of something that was no origin: back at home, or of another copy.
  std::uint64_t loops() const { return loops_; }
  /// The first few in words, for the reason why a run did not converge.
  std::vector<std::string> explain(std::size_t limit) const;
  const std::vector<Timing>& timings() const { return timings_; }
  /// Grows with every change of origins or copies.
  std::uint64_t version() const { return version_; }
  std::optional<RegistryIndex> home(const std::string& region) const;
  /// The copy shows what a registry of its kind can show of this origin.
  bool is_good(const Copy& copy, const Origin& origin) const {
    if (show_) return is_as_shown(copy, origin);
    return copy.content.matches(origin.content_in(kinds_[copy.name.registry]));
  }

 private:
  bool is_an_origins(const InstanceName& name, std::string_view client) const;
  void origin_is(const InstanceName& name, const host::RegistryInstance& instance, Instant now);
  void origin_gone(Origin& origin, Instant now);
  void copy_is(const InstanceName& name, const host::RegistryInstance& instance, Instant now);
  void overwritten(Copy& copy, const host::RegistryInstance& instance, Instant now);
  void copy_gone(std::map<InstanceName, Copy>::iterator found, Instant now);
  void judge(Origin& origin, Instant now);
  void judge_one(Origin& origin, RegistryIndex target, Instant now);
  bool differs(const Origin& origin, const Sight& sight, RegistryIndex target) const;
  bool is_as_shown(const Copy& copy, const Origin& origin) const;
  InstanceName origin_of(RegistryIndex home_registry, const std::string& service, const std::string& instance) const;
  Content content_in(RegistryIndex target, RegistryIndex from, const host::RegistryInstance& instance) const;

  Show show_;
  std::map<std::string, RegistryIndex> homes_;
  std::vector<std::string> kinds_;
  std::set<std::string> different_kinds_;
  std::size_t registries_;
  std::map<InstanceName, Origin> origins_;
  std::map<InstanceName, Copy> copies_;
  std::vector<const Origin*> known_;
  std::optional<Copy> former_;
  std::vector<std::uint64_t> differing_pairs_;  ///< by home * registries + target
  std::vector<std::size_t> living_;             ///< by registry
  std::uint64_t differing_ = 0;
  std::uint64_t ghosts_ = 0;
  std::uint64_t loops_ = 0;
  std::uint64_t version_ = 0;
  std::vector<Timing> timings_;
};

}  // namespace sim::check
