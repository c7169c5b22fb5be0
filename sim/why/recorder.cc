// SPDX-License-Identifier: Apache-2.0
#include "sim/why/recorder.h"

#include <nlohmann/json.hpp>

#include "sim/host/world.h"
#include "sim/report/event_text.h"
#include "sim/scenario/language/writer.h"
#include "syncer/node/facts.h"
#include "syncer/node/node.h"
#include "syncer/registry/record.h"

namespace sim::why {
namespace {

using syncer::EventKind;
using Weight = Hindrance::Weight;

constexpr const char* kFaults = "fault/";
/// So many events before a violation are enough to find what its culprit did last.
constexpr std::size_t kLatest = 500;
constexpr std::size_t kPoints = 4;
/// The states of nodes are noted at the first violations only.
constexpr std::size_t kStates = 100;

/// How long a fault lasts that says so; nothing for one that is over at once, or that something else ends.
std::optional<Duration> lasting(const scenario::Action& action) {
  return std::visit(
      []<class A>(const A& a) -> std::optional<Duration> {
        if constexpr (requires { a.for_; }) return a.for_;
        return std::nullopt;
      },
      action);
}

/// Something that is not over at once.
bool lasts(const scenario::Action& action) {
  return std::visit(
      []<class A>(const A& a) {
        return requires { a.for_; };
      },
      action);
}

std::string registry_of(const scenario::Action& action) {
  return std::visit(
      []<class A>(const A& a) -> std::string {
        if constexpr (requires { std::string(a.registry); }) return a.registry;
        return "";
      },
      action);
}

bool heals(const scenario::Action& action) {
  return std::holds_alternative<scenario::Heal>(action) || std::holds_alternative<scenario::Unclog>(action);
}

std::string reason_of(const syncer::Event& event) {
  const std::string_view reason = event.text("reason");
  return reason.empty() ? "" : ": " + std::string(reason);
}

}  // namespace

std::string in_words(const scenario::Event& event) {
  const auto json = nlohmann::json::parse(scenario::to_json(event), nullptr, false);
  const std::string what = json.is_object() ? json.value("do", "event") : "event";
  if (event.place.line == 0) return what + " of the chaos";
  return what + ", " + event.place.file + ":" + std::to_string(event.place.line);
}

void Recorder::begin(const scenario::CheckContext& run) {
  run_.emplace(run);
  std::map<std::string, RegistryIndex> homes;
  for (const auto& region : run.names.regions()) homes.emplace(region.name, region.registry);
  std::vector<std::string> kinds;
  for (const auto& registry : run.scenario.topology.registries) kinds.push_back(registry.kind);
  ledger_.emplace(std::move(homes), std::move(kinds));
  for (NodeIndex n = 0; n < run.names.nodes().size(); ++n) {
    begin_hindrance("down/" + std::to_string(n), Weight::Down, run.names.nodes()[n].name + " was not started yet", n);
  }
  checks_->begin(run);
}

Instant Recorder::now() const { return run_->world.now(); }

RegistryIndex Recorder::home_of(NodeIndex node) const {
  return run_->names.regions()[run_->names.nodes()[node].region].registry;
}

void Recorder::on_label(std::string_view label, const scenario::Event* event) {
  checks_->on_label(label, event);
  labels_.emplace_back(label, now());
  if (label == "settle" && event == nullptr) hindrances_.end_all(kFaults, now());
  if (event == nullptr) return;
  event_ = event;
  event_at_ = now();
  notes_.push_back({now(), {}, in_words(*event)});
  if (heals(event->action)) hindrances_.end_all(std::string(kFaults) + "network", now());
  if (lasts(event->action)) begin_fault(*event);
}

void Recorder::begin_fault(const scenario::Event& event) {
  const std::string about = registry_of(event.action);
  const auto registry = run_->names.registry(about);
  Hindrance fault{now(), syncer::kNever, Weight::Fault, in_words(event), {}, registry};
  if (const auto time = lasting(event.action)) fault.to = now() + *time;
  const std::string kind = about.empty() ? "network/" : "registry/";
  hindrances_.begin(kFaults + kind + event.id + "/" + std::to_string(syncer::nanos(now())), std::move(fault));
}

void Recorder::on_application(RegistryIndex registry, std::string_view instance, std::string_view verb) {
  checks_->on_application(registry, instance, verb);
}

scenario::Findings Recorder::finish() {
  end_ = now();
  return checks_->finish();
}

/// The event of the scenario that takes effect now.
std::string Recorder::cause() const {
  return event_ != nullptr && event_at_ == now() ? " (" + in_words(*event_) + ")" : "";
}

void Recorder::begin_hindrance(const std::string& name, Weight weight, std::string text, std::optional<NodeIndex> node,
                               std::optional<RegistryIndex> registry) {
  hindrances_.begin(name, {now(), syncer::kNever, weight, std::move(text), node, registry});
}

void Recorder::on_host_change(NodeIndex node, host::HostChange change) {
  checks_->on_host_change(node, change);
  const std::string name = "down/" + std::to_string(node);
  const std::string& who = run_->names.nodes()[node].name;
  switch (change) {
    case host::HostChange::Started:
    case host::HostChange::Resumed:
      return hindrances_.end(name, now());
    case host::HostChange::Paused:
      return begin_hindrance(name, Weight::Down, who + " was frozen" + cause(), node);
    case host::HostChange::Stopped:
    case host::HostChange::Crashed:
      return begin_hindrance(name, Weight::Down, who + " was down" + cause(), node);
    case host::HostChange::Exited:
      return begin_hindrance(name, Weight::Down, who + " had ended by itself: " + run_->world.failure(node), node);
  }
}

void Recorder::on_node_event(NodeIndex node, const syncer::Event& event) {
  note(node, event);
  checks_->on_node_event(node, event);
  follow_record(node, event);
  follow_state(node, event);
}

void Recorder::note(NodeIndex node, const syncer::Event& event) {
  const bool is_news = event.severity >= syncer::Severity::Info;
  if (!is_news && violated_) return;
  std::string text(name(event.kind));
  for (const auto& field : event.fields) text += " " + report::field_text(field);
  if (is_news) notes_.push_back({now(), node, text});
  if (violated_) return;
  latest_.push_back({now(), node, std::move(text)});
  if (latest_.size() > kLatest) latest_.pop_front();
}

void Recorder::after_event(Instant now) {
  if (checks_->wants_after_event()) checks_->after_event(now);
  if (const std::size_t count = checks_->violations().size(); count > violations_) {
    violations_ = count;
    if (states_.size() < kStates) note_states();
  }
  if (violated_ || !checks_->decided()) return;
  violated_ = true;
  if (coverage_ != nullptr) points_ = coverage_->latest(kPoints);
}

void Recorder::follow_record(NodeIndex node, const syncer::Event& event) {
  const auto of_own = [&](Step::Kind kind) {
    const auto key = syncer::registry::decode_key(event.text("key"));
    if (key && key->kind == syncer::registry::RecordKind::Instance) step(home_of(node), key->id, kind, node);
  };
  switch (event.kind) {
    case EventKind::Exported:
      return of_own(Step::Kind::Read);
    case EventKind::Unexported:
      return of_own(Step::Kind::Missed);
    case EventKind::EntryAppended:
      return of_own(Step::Kind::Published);
    case EventKind::EntryApplied: {
      const auto key = syncer::registry::decode_key(event.text("key"));
      const auto home = ledger_->home(std::string(event.text("region")));
      if (key && home) step(*home, key->id, Step::Kind::Heard, node);
      return;
    }
    case EventKind::CopyRegistered:
    case EventKind::CopyUpdated:
      return follow_copy(node, event, Step::Kind::Written);
    case EventKind::CopyRemoved:
      return follow_copy(node, event, Step::Kind::Removed);
    default:
      return;
  }
}

void Recorder::follow_copy(NodeIndex node, const syncer::Event& event, Step::Kind kind) {
  const auto home = ledger_->home(std::string(event.text("region")));
  if (home) step(*home, std::string(event.text("instance")), kind, node);
}

void Recorder::step(RegistryIndex home, const std::string& instance, Step::Kind kind, NodeIndex node) {
  steps_[{home, instance}].push_back({now(), kind, node, home_of(node)});
}

void Recorder::follow_state(NodeIndex node, const syncer::Event& event) {
  const std::string& who = run_->names.nodes()[node].name;
  const std::string region(event.text("region"));
  const std::string at = std::to_string(node) + "/";
  const std::string guard = "guard/" + at + std::string(event.text("side")) + "/" + region;
  const std::string link = "link/" + at + region + "/" + std::string(event.text("direction"));
  switch (event.kind) {
    case EventKind::GuardTripped:
      return begin_hindrance(guard, Weight::Guard, "the guard of " + who + " held what left region " + region, node);
    case EventKind::GuardReleased:
      return hindrances_.end(guard, now());
    case EventKind::RegistryDown:
      return begin_hindrance("registry/" + at, Weight::Registry,
                             who + " got no answer from its registry" + reason_of(event), node);
    case EventKind::RegistryUp:
      return hindrances_.end("registry/" + at, now());
    case EventKind::LinkDown:
      return hindrances_.begin(
          link, {now(), syncer::kNever, Weight::Link,
                 who + " had no link to " + (region.empty() ? "a peer" : "region " + region) + reason_of(event), node,
                 std::nullopt, ledger_->home(region)});
    case EventKind::LinkUp:
      return hindrances_.end(link, now());
    case EventKind::LeaderLost:
      return begin_hindrance("leader/" + region, Weight::NoLeader, "region " + region + " had no leader", {},
                             home_of(node));
    case EventKind::LeaderElected:
      return hindrances_.end("leader/" + region, now());
    default:
      return;
  }
}

void Recorder::on_registry_change(RegistryIndex registry, const host::RegistryChange& change) {
  checks_->on_registry_change(registry, change);
  std::optional<check::Copy> before;
  if (change.instance != nullptr) {
    const check::Copy* copy = ledger_->copy({registry, change.instance->service, change.instance->id});
    if (copy != nullptr) before = *copy;
  }
  ledger_->on_registry_change(registry, change);
  if (change.instance != nullptr) follow_registry(registry, change, before);
}

void Recorder::follow_registry(RegistryIndex registry, const host::RegistryChange& change,
                               const std::optional<check::Copy>& before) {
  const check::InstanceName name{registry, change.instance->service, change.instance->id};
  const auto node = run_->names.node(change.client);
  const check::Copy* after = ledger_->copy(name);
  const bool expired = change.kind == host::RegistryChangeKind::InstanceExpired;
  const std::optional<check::InstanceName> origin = after != nullptr ? after->origin
                                                    : before         ? before->origin
                                                                     : std::nullopt;
  if (origin) {
    const Step::Kind ended = node ? Step::Kind::Withdrawn : expired ? Step::Kind::Lapsed : Step::Kind::Lost;
    const Step::Kind kind = after != nullptr ? Step::Kind::Shown : ended;
    if (after == nullptr || node) {
      steps_[{origin->registry, origin->instance}].push_back({now(), kind, node.value_or(0), registry});
    }
    return;
  }
  const check::Origin* own = ledger_->origin(name);
  if (own == nullptr || !own->known || own->stepped != now()) return;
  steps_[{registry, name.instance}].push_back({now(), own->alive ? Step::Kind::Began : Step::Kind::Ended, 0, registry});
}

/// Of all nodes, each time that more is violated.
void Recorder::note_states() {
  const auto& world = run_->world;
  for (NodeIndex n = 0; n < world.nodes(); ++n) {
    if (world.node(n) == nullptr) continue;
    const auto status = world.node(n)->status(world.local_time(n));
    std::string& text = states_[{n, now()}];
    for (const auto& line : syncer::node::problem_lines_of(status)) text += (text.empty() ? "" : "; ") + line;
    for (const auto& line : status.pending) text += (text.empty() ? "" : "; ") + line;
  }
}

std::string Recorder::state(NodeIndex node, Instant at) const {
  const auto found = states_.find({node, at});
  return found == states_.end() ? "" : found->second;
}

const std::vector<Step>& Recorder::steps(RegistryIndex home, const std::string& instance) const {
  static const std::vector<Step> kNone;
  const auto found = steps_.find({home, instance});
  return found == steps_.end() ? kNone : found->second;
}

}  // namespace sim::why
