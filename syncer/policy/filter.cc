// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/filter.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/registry/mapping.h"

namespace syncer::policy {
namespace {

bool fits(const Globs& globs, std::string_view text) { return globs.empty() || matches_any(globs, text); }

bool fits_service(const Match& match, const registry::ServiceKey& service) {
  return fits(match.space, service.space) && fits(match.environment, service.environment) &&
         fits(match.app, service.app) && fits(match.service, service.name) && fits(match.version, service.version);
}

bool fits_instance(const Match& match, const registry::Instance& instance) {
  if (!fits(match.state, registry::neutral_word(instance.status))) return false;
  return std::all_of(match.metadata.begin(), match.metadata.end(), [&](const auto& wanted) {
    const auto found = instance.metadata.find(wanted.first);
    return found != instance.metadata.end() && matches_any(wanted.second, found->second);
  });
}

}  // namespace

std::string_view name(Direction direction) { return direction == Direction::Export ? "export" : "import"; }

std::string_view rule_name(const Policy& policy, Direction direction, RuleId rule) {
  if (rule == kNotAllowed) return "nothing allows it";
  if (rule == kNameTaken) return "its name is that of another one, which is renamed";
  const std::vector<Rule>& rules = policy.rules(direction);
  return rule == kNoRule || rule > rules.size() ? std::string_view() : std::string_view(rules[rule - 1].name);
}

bool fits(const Match& match, const registry::RecordKey& key, const registry::Instance& instance) {
  return fits_service(match, key.service) && fits_instance(match, instance);
}

Filter::Filter(const Policy& policy, Direction direction, std::string_view region) {
  const std::vector<Rule>& rules = policy.rules(direction);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!matches_any(rules[i].regions, region)) continue;
    (rules[i].denies ? denying_ : allowing_).push_back({static_cast<RuleId>(i + 1), &rules[i]});
  }
}

Decision Filter::decide(const registry::RecordKey& key, const registry::Instance* instance) const {
  if (key.kind == registry::RecordKind::Guard) return {};
  // Of what belongs to a service nobody knows whether a rule about instances is meant: it goes with those that pass.
  const auto matches_rule = [&](const Indexed& one, bool unknown) {
    if (!fits_service(one.rule->match, key.service)) return false;
    if (!one.rule->match.is_about_instances()) return true;
    return instance == nullptr ? unknown : fits_instance(one.rule->match, *instance);
  };
  const auto find = [&](const std::vector<Indexed>& rules, bool unknown) {
    return std::find_if(rules.begin(), rules.end(), [&](const Indexed& one) { return matches_rule(one, unknown); });
  };
  const auto allowed = find(allowing_, true);
  if (SYNCER_MUTATED("policy.let_allow_win") && allowed != allowing_.end()) return {true, allowed->id};
  if (const auto denied = find(denying_, false); denied != denying_.end()) return {false, denied->id};
  if (allowing_.empty()) return {};
  if (allowed != allowing_.end()) return {true, allowed->id};
  return {SYNCER_MUTATED("policy.pass_what_nothing_allows"), kNotAllowed};
}

}  // namespace syncer::policy
