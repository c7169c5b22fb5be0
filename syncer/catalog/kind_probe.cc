// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/kind_probe.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::catalog {
namespace {

/// A registry that starts answers with errors for a while; only then another kind is suspected, and so often asked for.
constexpr Duration kPatience = std::chrono::seconds(3);
constexpr Duration kPace = std::chrono::seconds(30);

std::string origin_of(const std::string& address) {
  return address.substr(0, address.find('/', address.find("://") + 3));
}

}  // namespace

void KindProbe::advance(Instant now) {
  if (cycle_.last_complete() || SYNCER_MUTATED("catalog.take_every_registry_for_the_named_kind")) {
    problem_.clear();
    return;
  }
  if (cycle_.problem().empty() || !addresses_.reachable()) return;
  if (due_ == kNever) due_ = now + kPatience;
  if (now < due_) return;
  due_ = now + kPace;
  const std::string& used = addresses_.current();
  for (const std::string_view kind : config_.kinds.names()) {
    const registry::KindSign& sign = config_.kinds.sign(kind);
    for (const std::string& path : sign.paths) {
      const std::string address = origin_of(used) + path;
      if (kind != config_.registry.kind || address != used) ask(now, kind, sign, address);
    }
  }
}

void KindProbe::ask(Instant now, std::string_view kind, const registry::KindSign& sign, const std::string& address) {
  calls_.probe(now, address, sign.question, [this, kind, &sign, address](Instant at, const registry::RawAnswer& raw) {
    if (raw && sign.recognises(*raw)) recognised(at, kind, sign, address);
  });
}

void KindProbe::recognised(Instant now, std::string_view kind, const registry::KindSign& sign,
                           const std::string& address) {
  const std::string prefix = kind == registry::RegistrySettings{}.kind ? "" : std::string(kind) + "+";
  const std::string problem = addresses_.current() + " is no registry of kind " + config_.registry.kind + ": at " +
                              address + " " + sign.title + " answers; write --sc-addr " + prefix + address;
  if (problem == problem_) return;
  problem_ = problem;
  observe(observer_, now, EventKind::RegistryRefusal, Severity::Error, {{"op", "kind"}, {"reason", problem_}});
}

}  // namespace syncer::catalog
