// SPDX-License-Identifier: Apache-2.0
#include "sim/check/judge.h"

#include <algorithm>

#include "sim/check/cap_rule.h"
#include "sim/check/copy_rules.h"
#include "sim/check/effort.h"
#include "sim/check/expectation.h"
#include "sim/check/identity_rules.h"
#include "sim/check/loss_rule.h"
#include "sim/check/member_rules.h"
#include "sim/check/metrics.h"
#include "sim/check/passage.h"
#include "sim/check/policy_rule.h"
#include "sim/check/predicates.h"
#include "sim/check/raft_rules.h"
#include "sim/check/relay_rule.h"
#include "sim/check/removal_rules.h"
#include "sim/check/replica_rules.h"
#include "sim/check/resource_rule.h"
#include "sim/check/rest_rules.h"
#include "sim/host/world.h"

namespace sim::check {
namespace {

/// Every always-on invariant, in the order in which they see an event.
std::vector<std::unique_ptr<Rule>> all_rules(const Calm& calm) {
  std::vector<std::unique_ptr<Rule>> rules;
  rules.push_back(make_hands_off_rule());
  rules.push_back(make_copy_rule());
  rules.push_back(make_single_copy_rule());
  rules.push_back(make_resurrection_rule());
  rules.push_back(make_removal_rule());
  rules.push_back(make_loss_rule());
  rules.push_back(make_replica_rule());
  rules.push_back(make_collection_rule());
  rules.push_back(make_mark_rule());
  rules.push_back(make_delivery_rule());
  rules.push_back(make_leader_rule());
  rules.push_back(make_raft_rule());
  rules.push_back(make_crash_rule());
  rules.push_back(make_fencing_rule());
  rules.push_back(make_member_rule());
  rules.push_back(make_member_table_rule());
  rules.push_back(make_completeness_rule());
  rules.push_back(make_bound_rule());
  rules.push_back(make_rest_rule());
  rules.push_back(make_identity_rule());
  rules.push_back(make_policy_rule());
  rules.push_back(make_relay_rule());
  rules.push_back(make_cap_rule());
  rules.push_back(make_resource_rule(calm));
  return rules;
}

/// Words about the inside of a node change without an event: they are looked at this often.
constexpr Duration kSampleEvery = std::chrono::milliseconds(100);

bool looks_inside(const scenario::Predicate& p) {
  using scenario::Word;
  const bool inside =
      p.word == Word::QueueDepth || p.word == Word::Pending || p.word == Word::Conflict || p.word == Word::Down;
  if (inside || p.word == Word::Leader || p.word == Word::Ready || p.word == Word::Problem) return true;
  return std::any_of(p.parts.begin(), p.parts.end(),
                     [](const scenario::Predicate& part) { return looks_inside(part); });
}

bool looks_inside(const scenario::Expectation& expectation) {
  if (const auto* e = std::get_if<scenario::Eventually>(&expectation.form)) return looks_inside(e->predicate);
  if (const auto* e = std::get_if<scenario::Always>(&expectation.form)) return looks_inside(e->predicate);
  if (const auto* e = std::get_if<scenario::Never>(&expectation.form)) return looks_inside(e->predicate);
  const auto* e = std::get_if<scenario::Keeps>(&expectation.form);
  return e != nullptr && (looks_inside(e->keeps) || looks_inside(e->until));
}

class Judge : public scenario::Checks {
 public:
  Judge(const scenario::Scenario& scenario, JudgeOptions options) : options_(options), metrics_(scenario) {
    auto watch = std::make_unique<Watch>();
    watch_ = watch.get();
    rules_.push_back(std::move(watch));
    auto calm = std::make_unique<Calm>();
    auto causes = std::make_unique<Causes>(*calm);
    auto budgets = std::make_unique<Budgets>(*calm);
    auto effort = std::make_unique<Effort>(*calm, *causes, *budgets, options.invariants);
    const Calm& stretches = *calm;
    after_event_.push_back(causes.get());
    after_event_.push_back(budgets.get());
    rules_.push_back(std::move(calm));
    rules_.push_back(std::move(causes));
    rules_.push_back(std::move(budgets));
    effort_ = effort.get();
    rules_.push_back(std::move(effort));
    if (!options.invariants) return;
    for (auto& rule : all_rules(stretches)) {
      if (rule->wants_after_event()) after_event_.push_back(rule.get());
      if (rule->wants_streams()) on_stream_.push_back(rule.get());
      rules_.push_back(std::move(rule));
    }
  }

  void begin(const scenario::CheckContext& run) override {
    run_.emplace(run);
    std::map<std::string, RegistryIndex> homes;
    for (const auto& region : run.names.regions()) homes.emplace(region.name, region.registry);
    std::vector<std::string> kinds;
    for (const auto& registry : run.scenario.topology.registries) kinds.push_back(registry.kind);
    ledger_.emplace(std::move(homes), std::move(kinds));
    passage_.begin(*run_);
    if (passage_.has_policies()) {
      ledger_->set_policies([this](const host::RegistryInstance& origin, RegistryIndex home, RegistryIndex target) {
        return passage_.show(origin, home, target);
      });
    }
    sink_.begin(*run_);
    for (const auto& rule : rules_) rule->begin({&*run_, &*ledger_, &sink_});
    predicates_.emplace(*run_, *ledger_, *watch_);
    if (options_.expectations) follow_expectations();
  }

  void on_label(std::string_view label, const scenario::Event* event) override {
    for (const auto& rule : rules_) rule->on_label(label, event);
    if (event != nullptr && passage_.follow(*event)) ledger_->policies_changed(run_->world.now());
  }
  void on_application(RegistryIndex, std::string_view, std::string_view) override {}
  bool holds(const scenario::Predicate& predicate, Instant) override {
    predicates_->look_anew();
    return predicates_->holds(predicate);
  }
  bool decided() const override { return !sink_.violations().empty(); }
  const std::vector<scenario::Violation>& violations() const override { return sink_.violations(); }

  scenario::Findings finish() override {
    scenario::Findings findings;
    for (const auto& rule : rules_) rule->finish();
    for (const auto& expectation : expectations_) expectation->finish(run_->world.now(), findings);
    if (options_.expectations) metrics_.finish(*run_, {*ledger_, *watch_, *effort_}, sink_, findings);
    findings.effort = effort_->costs();
    findings.violations = sink_.violations();
    return findings;
  }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    for (const auto& rule : rules_) rule->on_node_event(node, event);
  }
  void on_request(NodeIndex node, const syncer::HttpRequest& request) override {
    metrics_.on_request();
    for (const auto& rule : rules_) rule->on_request(node, request);
  }
  void on_work(NodeIndex node, host::Work work) override {
    for (const auto& rule : rules_) rule->on_work(node, work);
  }
  void on_stream_sent(NodeIndex from, NodeIndex to, syncer::Channel channel, std::size_t bytes) override {
    for (Rule* rule : on_stream_) rule->on_stream_sent(from, to, channel, bytes);
  }
  bool wants(syncer::Severity severity) const override { return severity >= syncer::Severity::Debug; }
  void on_host_change(NodeIndex node, host::HostChange change) override {
    for (const auto& rule : rules_) rule->on_host_change(node, change);
  }
  void on_message(const host::Message& message) override { metrics_.on_message(message); }
  bool wants_messages() const override { return metrics_.wants_messages(); }
  void before_odd_delivery(const host::OddDelivery& delivery) override {
    for (const auto& rule : rules_) rule->before_odd_delivery(delivery);
  }
  void after_odd_delivery(const host::OddDelivery& delivery) override {
    for (const auto& rule : rules_) rule->after_odd_delivery(delivery);
  }

  void on_registry_change(RegistryIndex registry, const host::RegistryChange& change) override {
    metrics_.on_write();
    if (change.instance == nullptr || change.instance->internal) return;
    const InstanceName name{registry, change.instance->service, change.instance->id};
    ledger_->on_registry_change(registry, change);
    const std::optional<Copy> before = ledger_->take_former();
    const Write write{change, name, run_->names.node(change.client), before ? &*before : nullptr, ledger_->copy(name)};
    for (const auto& rule : rules_) rule->on_write(write);
  }

  void after_event(Instant now) override {
    for (Rule* rule : after_event_) rule->after_event(now);
    predicates_->look_anew();
    const std::uint64_t version = ledger_->version() + watch_->version();
    bool changed = version != seen_version_;
    seen_version_ = version;
    if (samples_state_ && now >= next_sample_) {
      changed = true;
      next_sample_ = now + kSampleEvery;
    }
    for (const auto& expectation : expectations_) expectation->look(now, changed);
  }
  bool wants_after_event() const override { return true; }

 private:
  void follow_expectations() {
    const EvaluationContext context{&*run_, &*ledger_, &sink_,
                                    [this](const scenario::Predicate& p) { return predicates_->holds(p); }};
    for (const scenario::Expectation& source : run_->scenario.expect) {
      if (auto follower = follow(context, source)) expectations_.push_back(std::move(follower));
      samples_state_ = samples_state_ || looks_inside(source);
    }
  }

  JudgeOptions options_;
  Metrics metrics_;
  Sink sink_;
  std::optional<scenario::CheckContext> run_;
  std::optional<Ledger> ledger_;
  Passage passage_;
  std::optional<Predicates> predicates_;
  Watch* watch_ = nullptr;
  Effort* effort_ = nullptr;
  std::vector<std::unique_ptr<Rule>> rules_;
  std::vector<Rule*> after_event_;
  std::vector<Rule*> on_stream_;
  std::vector<std::unique_ptr<Expectation>> expectations_;
  std::uint64_t seen_version_ = 0;
  bool samples_state_ = false;
  Instant next_sample_{};
};

}  // namespace

scenario::Vocabulary vocabulary() {
  scenario::Vocabulary words{Metrics::names(), {}};
  const Calm calm;
  auto rules = all_rules(calm);
  const Causes causes(calm);
  Budgets budgets(calm);
  rules.push_back(std::make_unique<Effort>(calm, causes, budgets, true));
  for (const auto& rule : rules) {
    for (const std::string_view id : rule->ids()) {
      if (std::find(words.invariants.begin(), words.invariants.end(), id) == words.invariants.end()) {
        words.invariants.push_back(id);
      }
    }
  }
  return words;
}

std::unique_ptr<scenario::Checks> make_judge(const scenario::Scenario& scenario, JudgeOptions options) {
  return std::make_unique<Judge>(scenario, options);
}

}  // namespace sim::check
