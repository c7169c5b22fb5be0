// SPDX-License-Identifier: Apache-2.0
#include "sim/show/film.h"

#include <algorithm>

#include "sim/host/registry/registry.h"
#include "sim/report/event_text.h"
#include "sim/scenario/values/topology.h"
#include "syncer/registry/record.h"

namespace sim::show {
namespace {

using State = Showing::State;

/// More than a page can hold; what comes later is counted.
constexpr std::size_t kMostRows = 500'000;
constexpr std::size_t kSamples = 240;

Row::Look look_of(syncer::Severity severity) {
  switch (severity) {
    case syncer::Severity::Error:
      return Row::Look::Error;
    case syncer::Severity::Warning:
      return Row::Look::Warning;
    case syncer::Severity::Info:
      return Row::Look::Info;
    default:
      return Row::Look::Debug;
  }
}

Row::Look look_of(host::RegistryChangeKind kind) {
  using Kind = host::RegistryChangeKind;
  if (kind == Kind::InstanceRegistered || kind == Kind::InstanceRestored) return Row::Look::In;
  return is_end(kind) ? Row::Look::Out : Row::Look::Changed;
}

std::string_view words_of(host::HostChange change) {
  static constexpr std::string_view kWords[] = {"process started", "process stopped", "process crashed",
                                                "process ended",   "process frozen",  "process resumed"};
  return kWords[static_cast<std::size_t>(change)];
}

State state_of(const check::Origin& origin, RegistryIndex registry) {
  if (registry == origin.name.registry) return origin.alive ? State::Home : State::Nothing;
  const check::Sight& sight = origin.sights[registry];
  if (sight.ghost) return State::Ghost;
  if (sight.copies.size() > 1) return State::Doubled;
  if (sight.copies.empty()) return origin.alive && sight.differs ? State::Missing : State::Nothing;
  return sight.differs ? State::Differs : State::Shown;
}

}  // namespace

void Film::begin(const scenario::CheckContext& run) {
  why::Recorder::begin(run);
  run_.emplace(run);
  for (const auto& node : run.names.nodes()) tables_.sites.push_back(node.name);
  for (const auto& registry : run.names.registries()) tables_.sites.push_back(registry);
  tables_.samples.resize(kSamples);
  tables_.step = std::max(run.scenario.duration / static_cast<std::int64_t>(kSamples), Duration(1));
}

std::uint32_t Film::site(host::Site site) {
  const std::size_t nodes = run_->names.nodes().size();
  if (site.kind == host::Site::Kind::Registry) return static_cast<std::uint32_t>(nodes) + site.index;
  if (site.index < nodes) return site.index;
  const auto [found, is_new] = strangers_.emplace(site.index, static_cast<std::uint32_t>(tables_.sites.size()));
  if (is_new) tables_.sites.push_back("stranger-" + std::to_string(strangers_.size()));
  return found->second;
}

void Film::before_event(syncer::Instant now) {
  now_ = now;
  turn_is_open_ = false;
  sample_until(now);
}

void Film::sample_until(syncer::Instant now) {
  const auto due = static_cast<std::size_t>(now.time_since_epoch() / tables_.step);
  while (sample_ < std::min(due, tables_.samples.size())) {
    Sample& sample = tables_.samples[sample_++];
    sample.differing = ledger().differing();
    sample.ghosts = ledger().ghosts();
    sample.copies = ledger().copies().size();
  }
}

Turn& Film::turn() {
  if (!turn_is_open_) {
    tables_.turns.push_back({now_, Turn::Cause::Itself, 0});
    turn_is_open_ = true;
  }
  return tables_.turns.back();
}

std::uint32_t Film::turn_number() {
  turn();
  return static_cast<std::uint32_t>(tables_.turns.size() - 1);
}

void Film::caused_by(Turn::Cause cause, std::uint32_t of) {
  Turn& now = turn();
  if (now.cause != Turn::Cause::Itself) return;
  now.cause = cause;
  now.of = of;
}

void Film::acts(std::uint32_t site) {
  if (site >= arrivals_.size()) arrivals_.resize(site + 1);
  if (arrivals_[site].at == now_) caused_by(Turn::Cause::Message, arrivals_[site].packet);
}

void Film::on_label(std::string_view label, const scenario::Event* event) {
  why::Recorder::on_label(label, event);
  const auto number = static_cast<std::uint32_t>(tables_.labels.size());
  caused_by(Turn::Cause::Label, number);
  const bool placed = event != nullptr && event->place.line > 0;
  tables_.labels.push_back({std::string(label), event == nullptr ? "" : why::in_words(*event), turn_number(),
                            placed ? event->place.line : 0});
}

void Film::on_application(RegistryIndex registry, std::string_view instance, std::string_view verb) {
  why::Recorder::on_application(registry, instance, verb);
  const std::string text = scenario::instance_name(std::string(instance)) + ": " + std::string(verb) + " in " +
                           run_->names.registries()[registry];
  caused_by(Turn::Cause::Application, tables_.strings.id(text));
}

Row* Film::add_row(std::uint32_t who, std::string_view what, Row::Look look, std::uint32_t subject) {
  if (tables_.rows.size() >= kMostRows) {
    ++tables_.rows_left;
    return nullptr;
  }
  acts(who);
  tables_.rows.push_back({turn_number(), who, tables_.strings.id(what), subject, look,
                          static_cast<std::uint32_t>(tables_.facts.size()), 0});
  return &tables_.rows.back();
}

void Film::add_fact(Row& row, const syncer::Field& field) {
  Fact fact{tables_.strings.id(field.key), field.is_number, field.number};
  if (!field.is_number) {
    const std::string value = report::field_text(field).substr(field.key.size() + 1);
    fact.value = tables_.strings.id(field.key == "instance" ? scenario::instance_name(value) : value);
  }
  tables_.facts.push_back(fact);
  ++row.fields;
}

std::uint32_t Film::instance(RegistryIndex home, const std::string& id) {
  const auto found = numbers_.find({home, id});
  return found == numbers_.end() ? 0 : found->second;
}

std::uint32_t Film::subject_of(NodeIndex node, const syncer::Event& event) {
  if (node >= run_->names.nodes().size()) return 0;
  const std::string_view region = event.text("region");
  const RegistryIndex own = run_->names.regions()[run_->names.nodes()[node].region].registry;
  const RegistryIndex home = region.empty() ? own : ledger().home(std::string(region)).value_or(own);
  const std::string_view id = event.text("instance");
  if (!id.empty()) return instance(home, std::string(id));
  const auto key = syncer::registry::decode_key(event.text("key"));
  return key && key->kind == syncer::registry::RecordKind::Instance ? instance(home, key->id) : 0;
}

void Film::on_node_event(NodeIndex node, const syncer::Event& event) {
  why::Recorder::on_node_event(node, event);
  Row* row = add_row(site_of(node), name(event.kind), look_of(event.severity), subject_of(node, event));
  if (row == nullptr) return;
  for (const syncer::Field& field : event.fields) add_fact(*row, field);
}

/// The instance that a change is about, its own or that of which it is a copy; 0 for none.
std::uint32_t Film::instance_of(RegistryIndex registry, const host::RegistryChange& change) {
  const host::RegistryInstance& one = *change.instance;
  if (one.internal) return 0;
  if (one.mark) {
    const auto home = ledger().home(one.mark->region);
    return home ? instance(*home, one.mark->instance) : 0;
  }
  const check::InstanceName name{registry, one.service, one.id};
  const check::Origin* origin = ledger().origin(name);
  if (origin == nullptr || !origin->known) return 0;
  const auto [found, is_new] =
      numbers_.emplace(std::pair(registry, one.id), static_cast<std::uint32_t>(tables_.instances.size() + 1));
  if (is_new) tables_.instances.push_back({name, std::vector<State>(run_->names.registries().size())});
  return found->second;
}

void Film::on_registry_change(RegistryIndex registry, const host::RegistryChange& change) {
  why::Recorder::on_registry_change(registry, change);
  if (change.instance == nullptr || change.instance->internal) return;
  const std::uint32_t number = instance_of(registry, change);
  Row* row = add_row(site(host::Site::registry(registry)), change.what, look_of(change.kind), number);
  if (number != 0) show(number);
  if (row == nullptr) return;
  add_fact(*row, {"instance", scenario::instance_name(change.instance->id)});
  if (change.instance->mark) add_fact(*row, {"copy_of", scenario::instance_name(change.instance->mark->instance)});
  if (!change.client.empty()) add_fact(*row, {"by", change.client});
}

/// Notes what each registry shows of the instance now, where that is new.
void Film::show(std::uint32_t number) {
  Instance& instance = tables_.instances[number - 1];
  const check::Origin* origin = ledger().origin(instance.name);
  if (origin == nullptr) return;
  for (RegistryIndex r = 0; r < instance.now.size(); ++r) {
    const State state = state_of(*origin, r);
    if (state == instance.now[r]) continue;
    instance.now[r] = state;
    tables_.showings.push_back({now_, number - 1, r, state});
  }
}

void Film::on_host_change(NodeIndex node, host::HostChange change) {
  why::Recorder::on_host_change(node, change);
  add_row(site_of(node), words_of(change), Row::Look::Host, 0);
}

void Film::on_request(NodeIndex node, const syncer::HttpRequest& request) {
  why::Recorder::on_request(node, request);
  const std::uint32_t from = site_of(node);
  acts(from);
  packets_.take_request(from, request, turn_number());
}

void Film::on_message(const host::Message& message) {
  if (why::Recorder::wants_messages()) why::Recorder::on_message(message);
  const std::uint32_t from = site(message.from);
  const std::uint32_t to = site(message.to);
  Sample& sample = tables_.samples[std::min(sample_, tables_.samples.size() - 1)];
  if (message.fate != host::MessageFate::Delivered && message.fate != host::MessageFate::Sent) ++sample.lost;
  if (message.fate == host::MessageFate::Sent) {
    sample.bytes += message.bytes.size();
    if (message.channel == host::Channel::Datagram) ++sample.datagrams;
    if (message.channel == host::Channel::Stream) ++sample.segments;
    if (message.channel == host::Channel::Http) count_http(message, from, to, sample);
    acts(from);
  }
  const auto arrived = packets_.take(message, from, to, turn_number());
  if (!arrived) return;
  if (to >= arrivals_.size()) arrivals_.resize(to + 1);
  arrivals_[to] = {now_, *arrived};
  caused_by(Turn::Cause::Message, *arrived);
}

void Film::count_http(const host::Message& message, std::uint32_t from, std::uint32_t to, Sample& sample) {
  if (message.from.kind == host::Site::Kind::Node) {
    ++sample.requests;
  } else if (const auto request = packets_.answered(from, to, now_)) {
    caused_by(Turn::Cause::Message, *request);
  }
}

scenario::Findings Film::finish() {
  auto findings = why::Recorder::finish();
  sample_until(end());
  return findings;
}

}  // namespace sim::show
