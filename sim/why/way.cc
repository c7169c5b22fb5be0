// SPDX-License-Identifier: Apache-2.0
#include "sim/why/way.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "sim/scenario/values/topology.h"

namespace sim::why {
namespace {

using Kind = Step::Kind;

/// Of a set that is taken over copies are written and removed within this.
constexpr Duration kJustBefore = std::chrono::seconds(5);

std::string at_time(Instant at) { return " at " + syncer::to_string(at.time_since_epoch()); }

bool is_at_target(Kind kind) {
  return kind == Kind::Shown || kind == Kind::Withdrawn || kind == Kind::Lapsed || kind == Kind::Lost;
}

}  // namespace

Way::Way(const scenario::Names& names, const Recorder& run, check::InstanceName origin, RegistryIndex target,
         Instant at)
    : names_(names),
      notes_(run.notes()),
      steps_(run.steps(origin.registry, origin.instance)),
      origin_(std::move(origin)),
      target_(target),
      at_(at) {
  for (const Step& step : steps_) {
    if (step.at > at_) break;
    if (step.kind == Kind::Began || step.kind == Kind::Ended) application_ = &step;
    if (is_at_target(step.kind) && step.registry == target_) arrived_ = &step;
  }
}

std::string Way::text() const {
  if (is_over()) return name() + last_done();
  return name() + stops(began(), application_ != nullptr && application_->kind == Kind::Ended);
}

std::string Way::not_taken_back() const { return name() + last_done() + ", and " + stops(arrived_->at, true); }

std::string Way::name() const { return scenario::instance_name(origin_.instance) + ": "; }

std::string Way::said(const Note& note) const {
  return names_.nodes()[*note.node].name + " " + note.text + at_time(note.at);
}

std::string Way::nodes_of(RegistryIndex registry) const {
  std::string text;
  for (const auto& region : names_.regions()) {
    if (region.registry != registry) continue;
    for (const NodeIndex n : region.nodes) text += (text.empty() ? "" : ", ") + names_.nodes()[n].name;
  }
  return text;
}

const Step* Way::last_of(Kind kind, RegistryIndex registry, Instant from, Instant to) const {
  const Step* last = nullptr;
  for (const Step& step : steps_) {
    if (step.at >= from && step.at <= to && step.kind == kind && step.registry == registry) last = &step;
  }
  return last;
}

/// What the target's syncers said last of the whole set of its region.
const Note* Way::last_of_replica(Instant from, Instant to) const {
  const Note* last = nullptr;
  for (const Note& note : notes_) {
    if (note.at > to) break;
    if (note.at < from || !note.node || !note.text.starts_with("replica.")) continue;
    if (names_.regions()[names_.nodes()[*note.node].region].registry != target_) continue;
    for (const auto& region : names_.regions()) {
      const bool is_home = region.registry == origin_.registry;
      if (is_home && note.text.find(" region=" + region.name + " ") != std::string::npos) last = &note;
    }
  }
  return last;
}

/// The relays between, nearest last, as the target's syncers told of them.
std::string Way::by_way_of() const {
  std::string via;
  for (const Note& note : notes_) {
    if (note.at > arrived_->at) break;
    if (!note.node || !note.text.starts_with("way.changed")) continue;
    if (names_.regions()[names_.nodes()[*note.node].region].registry != target_) continue;
    const auto is_home = [&](const auto& region) {
      return region.registry == origin_.registry && note.text.find(" region=" + region.name + " ") != std::string::npos;
    };
    const auto& regions = names_.regions();
    if (std::any_of(regions.begin(), regions.end(), is_home)) via = note.text.substr(note.text.find("via=") + 4);
  }
  return via.empty() ? "" : " by way of " + via;
}

/// Who brought it about that it was written or removed.
std::string Way::brought_by(bool gone) const {
  const std::string& home = names_.registries()[origin_.registry];
  std::string text;
  const auto add = [&](Kind kind, RegistryIndex registry, const std::string& done) {
    const Step* last = last_of(kind, registry, Instant{}, arrived_->at);
    if (last != nullptr) text += node(*last) + done + at_time(last->at) + ", ";
  };
  if (gone) add(Kind::Missed, origin_.registry, " took it off what " + home + " shows");
  if (!gone) add(Kind::Read, origin_.registry, " read it from " + home);
  add(Kind::Heard, target_, " heard of it" + by_way_of());
  const Note* whole = last_of_replica(arrived_->at - kJustBefore, arrived_->at);
  return whole != nullptr ? text + said(*whole) + ", " : text;
}

std::string Way::last_done() const {
  const std::string when = names_.registries()[target_] + at_time(arrived_->at);
  if (arrived_->kind == Kind::Shown) return brought_by(false) + node(*arrived_) + " wrote it to " + when;
  if (arrived_->kind == Kind::Withdrawn) return brought_by(true) + node(*arrived_) + " removed it from " + when;
  const std::string end = arrived_->kind == Kind::Lapsed ? " let it go when its lease ended" : " lost it";
  return names_.registries()[target_] + end + at_time(arrived_->at) + ", and " + nodes_of(target_) +
         " did not write it again";
}

/// The furthest thing that was done since then, and the next one, which was not.
std::string Way::stops(Instant from, bool gone) const {
  const std::string& home = names_.registries()[origin_.registry];
  const std::string& target = names_.registries()[target_];
  struct Stage {
    Kind kind;
    RegistryIndex registry;
    std::string done;
    std::string undone;
  };
  const std::string off = " it off what " + home + " shows";
  const std::array<Stage, 3> stages = {
      Stage{gone ? Kind::Missed : Kind::Read, origin_.registry, gone ? " took" + off : " read it from " + home,
            gone ? " did not take" + off : " did not read from " + home + " what it is now"},
      Stage{Kind::Published, origin_.registry, " published it", " did not publish it"},
      Stage{Kind::Heard, target_, " heard of it", " did not hear of it"}};
  std::string undone =
      nodes_of(target_) + (gone ? " did not remove it from " + target : " did not write it to " + target + " so");
  // Of a set that is taken over as a whole no single record is told.
  const Note* whole = last_of_replica(from, at_);
  const bool has_it = whole != nullptr && !whole->text.starts_with("replica.stale");
  const bool heard = last_of(Kind::Heard, target_, from, at_) != nullptr;
  if (has_it && !heard) return said(*whole) + ", and " + undone;
  for (auto stage = stages.rbegin(); stage != stages.rend(); ++stage) {
    const Step* last = last_of(stage->kind, stage->registry, from, at_);
    if (last != nullptr) return node(*last) + stage->done + at_time(last->at) + ", and " + undone;
    undone = nodes_of(stage->registry) + stage->undone;
    if (stage == stages.rbegin() && whole != nullptr) undone += " (" + said(*whole) + ")";
  }
  return undone + ", since " + syncer::to_string(from.time_since_epoch());
}

}  // namespace sim::why
