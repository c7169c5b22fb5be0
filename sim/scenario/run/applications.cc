// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/applications.h"

#include <algorithm>

#include "sim/scenario/language/selector_syntax.h"
#include "sim/scenario/values/registry_events.h"
#include "sim/scenario/values/topology.h"

namespace sim::scenario {

using syncer::Instant;

namespace {

constexpr std::size_t kMostProblems = 20;

std::string word_of(InstanceStatus status) {
  for (const auto& [word, value] : words(Type<InstanceStatus>{})) {
    if (value == status) return std::string(word);
  }
  return "UP";
}

std::map<std::string, std::string> as_map(const Pairs& pairs) {
  std::map<std::string, std::string> map;
  for (const Pair& pair : pairs) map[pair.key] = pair.value;
  return map;
}

host::AppInstance application(const Registration& who, Duration ttl) {
  host::AppInstance app;
  app.name = instance_id(who.name);
  app.environment = who.service.environment;
  app.app = who.service.app;
  app.service = who.service.name;
  app.version = who.service.version;
  app.endpoints = who.endpoints;
  app.properties = as_map(who.properties);
  app.status = word_of(who.status);
  app.lease = who.lease.value_or(ttl);
  return app;
}

}  // namespace

Applications::Applications(const Scenario& scenario, host::World& world, Checks& checks)
    : scenario_(scenario), world_(world), checks_(checks) {}

void Applications::enter(RegistryIndex registry, const Registration& who) {
  checks_.on_application(registry, instance_id(who.name), "register");
  const auto done = world_.registry(registry).register_instance(
      world_.now(), application(who, scenario_.topology.registries[registry].ttl));
  if (!done) return note(registry, "register", who.name, to_string(done.error()));
  known_.insert_or_assign({registry, who.name}, who);
}

void Applications::leave(RegistryIndex registry, std::string_view pattern) {
  each(registry, pattern, "deregister",
       [](host::Registry& r, Instant now, const std::string& id) { return r.deregister(now, id); });
}

void Applications::end(RegistryIndex registry, const std::string& name) {
  if (!runs(registry, name)) return;
  const std::string id = instance_id(name);
  checks_.on_application(registry, id, "deregister");
  const auto done = world_.registry(registry).deregister(world_.now(), id);
  if (!done) note(registry, "deregister", name, to_string(done.error()));
}

void Applications::stop_heartbeat(RegistryIndex registry, std::string_view pattern) {
  const auto stop = [](host::Registry& r, Instant now, const std::string& id) { return r.stop_heartbeat(now, id); };
  each(registry, pattern, "stop_heartbeat", stop);
}

void Applications::heartbeat(RegistryIndex registry, std::string_view pattern) {
  each(registry, pattern, "heartbeat",
       [](host::Registry& r, Instant now, const std::string& id) { return r.start_heartbeat(now, id); });
}

void Applications::expire(RegistryIndex registry, std::string_view pattern) {
  each(registry, pattern, "expire",
       [](host::Registry& r, Instant now, const std::string& id) { return r.expire(now, id); });
}

void Applications::set_status(RegistryIndex registry, std::string_view pattern, InstanceStatus status) {
  each(registry, pattern, "status",
       [&](host::Registry& r, Instant now, const std::string& id) { return r.set_status(now, id, word_of(status)); });
}

void Applications::set_properties(RegistryIndex registry, std::string_view pattern, const Pairs& properties) {
  const auto map = as_map(properties);
  const auto set = [&](host::Registry& r, Instant now, const std::string& id) {
    return r.set_properties(now, id, map);
  };
  each(registry, pattern, "update", set);
}

void Applications::set_endpoints(RegistryIndex registry, std::string_view pattern,
                                 const std::vector<std::string>& endpoints) {
  for (const std::string& name : matching(registry, pattern)) {
    const Registration* before = known(registry, name);
    if (before == nullptr) continue;
    Registration after = *before;
    after.endpoints = endpoints;
    leave(registry, name);
    enter(registry, after);
  }
}

std::vector<std::string> Applications::matching(RegistryIndex registry, std::string_view pattern) const {
  if (pattern != "any" && pattern != "all" && !has_glob(pattern)) {
    if (!world_.registry(registry).has(instance_id(pattern))) return {};
    return {std::string(pattern)};
  }
  std::vector<std::string> found;
  for (const std::string& id : world_.registry(registry).names()) {
    if (instance_matches(pattern, id)) found.push_back(instance_name(id));
  }
  return found;
}

bool Applications::runs(RegistryIndex registry, std::string_view name) const {
  return world_.registry(registry).runs(instance_id(name));
}

const Registration* Applications::known(RegistryIndex registry, const std::string& name) const {
  const auto found = known_.find({registry, name});
  return found == known_.end() ? nullptr : &found->second;
}

template <class Step>
void Applications::each(RegistryIndex registry, std::string_view pattern, std::string_view verb, Step step) {
  const std::vector<std::string> names = matching(registry, pattern);
  if (names.empty()) note(registry, verb, pattern, "no application is called so");
  for (const std::string& name : names) {
    const std::string id = instance_id(name);
    checks_.on_application(registry, id, verb);
    const auto done = step(world_.registry(registry), world_.now(), id);
    if (!done) note(registry, verb, name, to_string(done.error()));
  }
}

void Applications::note(RegistryIndex registry, std::string_view verb, std::string_view who, std::string_view why) {
  if (problems_.size() >= kMostProblems) return;
  problems_.push_back("at " + syncer::to_string(world_.now().time_since_epoch()) + " " + std::string(verb) + " of " +
                      std::string(who) + " at " + std::string(world_.registry_name(registry)) +
                      " had no effect: " + std::string(why));
}

}  // namespace sim::scenario
