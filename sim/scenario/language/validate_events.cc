// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/validate_events.h"

#include <algorithm>

#include "sim/host/registry/kinds.h"
#include "sim/scenario/values/topology.h"
#include "syncer/base/ids.h"
#include "syncer/base/nearest.h"

namespace sim::scenario {
namespace {

/// The checks of one event's arguments, one call operator for each kind that has any.
class Arguments {
 public:
  Arguments(const Draft& draft, Cursor at) : draft_(draft), at_(std::move(at)) {}

  void operator()(const Start& a) const { validate_settings(draft_, a.config, at_.at("config")); }
  void operator()(const ClockStrobe& a) const {
    if (a.gap < std::chrono::milliseconds(1)) refuse("gap", "wants 1ms or more");
    if (a.for_ < a.gap) refuse("for", "ends before the second leap");
  }
  void operator()(const Restart& a) const {
    validate_settings(draft_, a.config, at_.at("config"));
    if (a.disk != DiskFate::Keep && a.disk != DiskFate::Wipe) refuse("disk", "a restart can keep or wipe the disk");
  }
  void operator()(const Reconfigure& a) const {
    validate_settings(draft_, a.config, at_.at("config"));
    for (const Pair& setting : a.config.pairs) {
      if (!syncer::node::is_live(setting.key)) refuse("config", "only a restart changes \"" + setting.key + "\"");
    }
  }
  void operator()(const Slow& a) const {
    if (a.factor == 0) refuse("factor", "wants a number above zero");
  }
  void operator()(const ClockDrift& a) const {
    if (a.ppm <= -1'000'000) refuse("ppm", "wants more than -1000000: a clock that stands still is no drift");
  }
  void operator()(const CrashAt& a) const {
    if (a.nth == 0) refuse("nth", "wants a number above zero");
  }
  void operator()(const DiskFault& a) const {
    if (a.factor == 0 || a.factor > 1'000'000) refuse("factor", "wants a number from 1 to 1000000");
  }
  void operator()(const Partition& a) const {
    const bool pair = !a.from.empty() && !a.to.empty();
    const bool shaped = a.shape && !a.among.empty();
    const bool half = (!a.from.empty() || !a.to.empty() || a.both) != pair || (a.shape || !a.among.empty()) != shaped;
    if (half || int{!a.groups.empty()} + int{pair} + int{shaped} != 1) {
      refuse("", "wants either \"groups\", or \"from\" and \"to\", or \"shape\" and \"among\"");
    }
    if (a.groups.size() == 1) refuse("groups", "one group alone is not cut from anything; wants two or more");
  }
  void operator()(const LinkChange& a) const {
    if (a.quality.latency) validate_delay(draft_, *a.quality.latency, at_.at("latency"));
    if (a.quality == LinkQuality{}) refuse("", "changes nothing: wants \"latency\", \"loss\", …");
  }
  void operator()(const Clog& a) const {
    const bool pair = !a.from.empty() && !a.to.empty();
    const bool half = a.from.empty() != a.to.empty();
    if (half || pair == !a.who.empty()) refuse("", "wants either \"who\", or \"from\" and \"to\"");
    if (pair && a.direction != Direction::Both) refuse("direction", "goes with \"who\"");
  }
  void operator()(const Heal& a) const {
    label<Partition, Clog, LinkChange>("what", a.what, "partition, clog or link");
  }
  void operator()(const Unclog& a) const { label<Clog>("what", a.what, "clog"); }
  void operator()(const FuzzPeer& a) const {
    if (a.strangers == 0) refuse("strangers", "wants a number above zero");
    if (a.what == FuzzKind::Sealed && !draft_.scenario.topology.sealed) {
      refuse("what", "\"sealed\" wants a pool with a key: \"sealed\": true in the topology");
    }
    if (a.what == FuzzKind::Nonsense && !draft_.scenario.topology.sealed) {
      refuse("what", "\"nonsense\" is believed by a pool without a key: wants \"sealed\": true in the topology");
    }
  }
  void operator()(const HostilePeer& a) const {
    if (a.count == 0) refuse("count", "wants a number above zero");
    if (!syncer::parse_epoch(a.epoch)) refuse("epoch", "wants generation.term, such as \"1.42\"");
    if (a.key && !draft_.scenario.topology.sealed) {
      refuse("key", "wants a pool with a key: \"sealed\": true in the topology");
    }
    if (a.identity && draft_.scenario.topology.certificates == CertificateRule::Off) {
      refuse("identity", "wants a pool with certificates: \"certificates\": \"required\" in the topology");
    }
    if ((a.deed == HostileDeed::Redirect) == a.to.empty()) refuse("to", "goes with the deed \"redirect\"");
  }
  void operator()(const RegistryRegister& a) const {
    registry(a.registry);
    if (!is_instance_name(a.instance)) {
      refuse("instance", "\"" + a.instance +
                             "\" cannot name an instance (letters, digits, \"_\", \"-\", \".\", \"/\"; at most 64)");
    }
    if (a.lease) lease("lease", *a.lease);
  }
  void operator()(const RegistryUpdate& a) const {
    registry(a.registry);
    const bool nothing = a.properties.empty() && a.endpoints.empty();
    if (nothing) refuse("", "changes nothing: wants \"properties\" or \"endpoints\"");
  }
  void operator()(const RegistryFail& a) const {
    registry(a.registry);
    if (a.with.empty()) refuse("with", "wants at least one kind of failure");
    for (std::size_t i = 0; i < a.with.size(); ++i) kind(a.with[i], at_.at("with").element(i));
    for (const Registry& r : draft_.scenario.topology.registries) {
      if (is_meant(r, a.registry)) operations(a.ops, r.kind);
    }
  }
  void operator()(const RegistryDataLoss& a) const {
    registry(a.registry);
    if (!a.to.empty()) moment("to", a.to);
  }
  void operator()(const RegistryRestore& a) const {
    registry(a.registry);
    moment("to", a.to);
  }
  void operator()(const RegistryFailover& a) const {
    registry(a.registry);
    address(a.registry, a.address);
  }
  void operator()(const RegistryStoreOutage& a) const {
    registry(a.registry);
    for (const Registry& r : draft_.scenario.topology.registries) {
      const host::RegistryKind* kind = host::find_registry_kind(r.kind);
      if (!is_meant(r, a.registry) || kind == nullptr || kind->has_backend) continue;
      refuse("registry", "\"" + r.name + "\" has no store behind its front-ends: " + r.kind + " keeps all itself");
    }
  }
  void operator()(const RegistryLimit& a) const {
    registry(a.registry);
    if (a.address) address(a.registry, *a.address);
  }
  template <class A>
  void operator()(const A& a) const {
    if constexpr (requires { a.registry; }) registry(a.registry);
  }

  void registry(const std::string& name) const {
    if (name == "all" || name == "any" || draft_.names.registry(name)) return;
    const auto& all = draft_.names.registries();
    const std::vector<std::string_view> known(all.begin(), all.end());
    refuse("registry", "there is no registry \"" + name + "\"" + syncer::did_you_mean(name, known));
  }

  void address(const std::string& name, std::uint64_t number) const {
    for (const Registry& r : draft_.scenario.topology.registries) {
      if (is_meant(r, name) && number >= r.front_ends) {
        refuse("address", "\"" + r.name + "\" has " + std::to_string(r.front_ends) + " address(es), counted from 0");
      }
    }
  }

  void lease(std::string_view key, Duration length) const {
    const bool whole = length % std::chrono::seconds(1) == Duration::zero() && length >= std::chrono::seconds(1);
    if (!whole) refuse(key, "a lease lasts whole seconds, at least one");
  }

 private:
  static bool is_meant(const Registry& registry, const std::string& name) {
    return registry.name == name || name == "all" || name == "any";
  }

  /// Each is the name of a call of that kind of registry.
  void operations(const std::vector<std::string>& names, const std::string& kind_name) const {
    const host::RegistryKind* kind = host::find_registry_kind(kind_name);
    for (std::size_t i = 0; kind != nullptr && i < names.size(); ++i) {
      const auto known = kind->check_operation(names[i]);
      if (!known) draft_.reader.refuse(at_.at("ops").element(i), known.error().detail);
    }
  }

  void refuse(std::string_view key, std::string message) const {
    draft_.reader.refuse(at_.at(key), std::move(message));
  }

  /// The label is "all" or that of an event of one of these kinds.
  template <class... Kinds>
  void label(std::string_view key, const std::string& label, const char* kinds) const {
    const auto fits = [&](const Event& e) { return e.id == label && (std::holds_alternative<Kinds>(e.action) || ...); };
    const auto& events = draft_.scenario.events;
    if (label == "all" || std::any_of(events.begin(), events.end(), fits)) return;
    refuse(key, "there is no " + std::string(kinds) + " event \"" + label + "\"");
  }

  void moment(std::string_view key, const std::string& label) const {
    const auto& events = draft_.scenario.events;
    const bool known = std::any_of(events.begin(), events.end(), [&](const Event& e) { return e.id == label; });
    if (!known) refuse(key, "there is no event \"" + label + "\"");
  }

  void kind(const FailKind& k, const Cursor& at) const {
    const int kinds = int{k.status.has_value()} + int{k.hang.has_value()} + int{k.truncated_body} + int{k.bad_body} +
                      int{k.reset_after_apply} + int{k.other_answer} + int{k.doubled_body} + int{k.cut_body} +
                      int{k.part.has_value()};
    if (kinds != 1) {
      draft_.reader.refuse(at,
                           "wants one of \"status\", \"hang\", \"truncated_body\", \"bad_body\", "
                           "\"reset_after_apply\", \"other_answer\", \"doubled_body\", \"cut_body\", \"part\"");
    }
    if (k.page != CallFailure::Page::None && !k.status) draft_.reader.refuse(at.at("page"), "goes with \"status\"");
    if (!k.location.empty() && !k.status) draft_.reader.refuse(at.at("location"), "goes with \"status\"");
    if (k.status && (*k.status < 200 || *k.status > 599)) draft_.reader.refuse(at.at("status"), "is no HTTP status");
    if (k.retry_after && !k.status) draft_.reader.refuse(at.at("retry_after"), "goes with \"status\"");
    if (k.weight == 0 || k.weight > 1'000'000) draft_.reader.refuse(at.at("weight"), "wants 1 to 1000000");
  }

  const Draft& draft_;
  Cursor at_;
};

constexpr const char* kWantsService = "wants a service of a workload, such as \"base/svc-1\"";

/// "base/svc-1", where "base" is a workload with services of its own.
bool is_service_of_workload(const Draft& draft, const std::string& service) {
  const std::string owner = service.substr(0, service.rfind('/'));
  const auto& all = draft.scenario.workloads;
  return std::any_of(all.begin(), all.end(), [&](const Workload& o) {
    return o.id == owner && (std::holds_alternative<Steady>(o.kind) || std::holds_alternative<BurstLoad>(o.kind) ||
                             std::holds_alternative<Churn>(o.kind));
  });
}

void validate_workload(const Draft& draft, const Workload& w, const Cursor& at) {
  Arguments(draft, at).registry(w.registry);
  const auto refuse = [&](std::string_view key, std::string message) {
    draft.reader.refuse(at.at(key), std::move(message));
  };
  if (const auto* deploy = std::get_if<RollingDeploy>(&w.kind)) {
    if (!is_service_of_workload(draft, deploy->service)) refuse("service", kWantsService);
    if (deploy->batch == 0) refuse("batch", "wants a number above zero");
  }
  if (const auto* scale = std::get_if<Autoscale>(&w.kind)) {
    if (!is_service_of_workload(draft, scale->service)) refuse("service", kWantsService);
    if (scale->up <= Duration::zero()) refuse("up", "wants a time above zero");
    if (scale->down <= Duration::zero()) refuse("down", "wants a time above zero");
  }
  if (const auto* flap = std::get_if<Flap>(&w.kind)) {
    if (flap->up <= Duration::zero()) refuse("up", "wants a time above zero");
    if (flap->down <= Duration::zero()) refuse("down", "wants a time above zero");
  }
  if (const auto* herd = std::get_if<Herd>(&w.kind)) {
    if (herd->down <= Duration::zero()) refuse("down", "wants a time above zero");
  }
  if (const auto* churn = std::get_if<Churn>(&w.kind)) {
    if (churn->services == 0) refuse("services", "wants a number above zero");
  }
  if (const auto* burst = std::get_if<BurstLoad>(&w.kind)) {
    if (burst->services == 0) refuse("services", "wants a number above zero");
  }
}

}  // namespace

void validate_events(const Draft& draft) {
  const Scenario& s = draft.scenario;
  for (std::size_t i = 0; i < s.events.size(); ++i) {
    std::visit(Arguments(draft, draft.item("events", i)), s.events[i].action);
  }
  for (std::size_t i = 0; i < s.workloads.size(); ++i) {
    validate_workload(draft, s.workloads[i], draft.item("workloads", i));
  }
}

}  // namespace sim::scenario
