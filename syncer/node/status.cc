// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/status.h"

#include <algorithm>

#include "syncer/node/accounts.h"
#include "syncer/node/facts.h"
#include "syncer/node/flows.h"
#include "syncer/node/mappings.h"
#include "syncer/node/node.h"
#include "syncer/node/policy_effect.h"
#include "syncer/node/pool_reports.h"
#include "syncer/registry/record.h"

namespace syncer::node {

std::string_view state_text(membership::State state) {
  switch (state) {
    case membership::State::Alive:
      return "alive";
    case membership::State::Suspect:
      return "suspect";
    case membership::State::Dead:
      return "dead";
    case membership::State::Left:
      return "left";
  }
  return "unknown";
}

namespace {

gossip::MemberStatus status_of(const gossip::MemberInfo& member) {
  gossip::MemberStatus status;
  status.name = member.name;
  status.address = to_string(member.address);
  status.rpc_address = tag(member, "rpc");
  status.region = tag(member, "region");
  status.state = state_text(member.state);
  status.incarnation = member.incarnation;
  status.rtt = member.rtt;
  status.tags = member.tags;
  return status;
}

/// Why the exchange with a region does not work, the cause alone; empty when it works, or is not to.
std::string problem_of(const peering::Peering::Link& link, bool publishing, const peering::LinkStatus& status,
                       const Endpoint& rpc_address) {
  if (!link.conflict.empty()) return link.conflict;
  if (link.left && !status.receiving) return "";
  if (!link.in_pool && !status.receiving) return "none of its syncers is in the pool";
  const std::string silence = status.last_heard ? "nothing is heard of it" : "nothing was ever heard of it";
  if (publishing && !status.sending) {
    if (link.dial_only) return "it cannot be dialled, and has not dialled us at " + to_string(rpc_address);
    const std::string why = link.dial_problem.empty() ? "it is being dialled" : "no link to " + link.dial_problem;
    return status.receiving ? why + "; it is heard, and hears nothing of us" : why + "; " + silence;
  }
  if (!status.receiving) return silence + ": it has no link to us at " + to_string(rpc_address);
  if (link.stalled) return "it does not take what it is given";
  return link.incomplete ? "its records do not become complete" : "";
}

/// Adds one direction; gives the number of instances that are kept back.
std::uint64_t add_rules(PolicyStatus& status, const policy::Policy& policy, policy::Direction direction,
                        const replication::Projection* projection) {
  if (projection == nullptr) return 0;
  std::uint64_t kept = 0;
  for (const auto& [reason, count] : projection->reasons()) {
    if (reason == policy::kNoRule) continue;
    kept += count;
    status.rules.push_back("\"" + std::string(policy::rule_name(policy, direction, reason)) + "\" keeps " +
                           std::to_string(count) +
                           (direction == policy::Direction::Export ? " from it" : " of it away"));
  }
  status.leaving += projection->leaving().size();
  return kept;
}

PolicyStatus policy_status(const std::string& region, const Parts& parts, const Flows& flows) {
  PolicyStatus status;
  status.not_given = add_rules(status, *flows.policy(), policy::Direction::Export, parts.peering.projection(region));
  status.not_taken = add_rules(status, *flows.policy(), policy::Direction::Import, flows.gate().projection(region));
  return status;
}

RegionStatus status_of(const std::string& region, const Parts& parts, Instant now) {
  const peering::Peering& peering = parts.peering;
  const peering::Peering::Link link = peering.link(region);
  RegionStatus status;
  status.region = region;
  status.link.receiving = link.last_heard && peering.state(region, now).connected;
  status.link.sending = link.publishing;
  status.link.link_up = status.link.receiving && status.link.sending;
  for (const std::string& passed : link.via) status.link.via += (status.link.via.empty() ? "" : " ") + passed;
  status.link.read_via = link.read_via;
  status.link.hops = status.link.receiving ? link.via.size() + 1 : 0;
  status.link.left = link.left;
  status.link.sent_bytes = link.traffic.sent;
  status.link.received_bytes = link.traffic.received;
  status.link.spared_bytes = link.traffic.spared;
  if (link.cap) {
    status.link.cap_bytes = link.cap->bytes_per_second;
    status.link.waiting_records = link.cap->waiting_records;
    if (link.cap->waiting_since) status.link.waiting = now - *link.cap->waiting_since;
  }
  if (link.last_heard) status.link.last_heard = now - *link.last_heard;
  status.link.unacknowledged = link.unacknowledged;
  status.link.lag = peering.lag(now, region);
  if (const auto* replica = peering.replica(region)) {
    status.link.epoch = replica->epoch();
    status.link.sequence = replica->seq();
    status.link.instances = replica->size_of(static_cast<std::uint8_t>(registry::RecordKind::Instance));
    status.link.records = replica->size();
  }
  if (link.paused) {
    status.link.export_paused =
        "the export to it is paused by an operator: " + std::to_string(*link.paused) + " records changed since";
  }
  if (link.over_quota) {
    status.link.over_quota = "it offers more than sync.max-" + std::string(replication::name(*link.over_quota)) +
                             " allows; the rest is refused";
  }
  status.link.problem = problem_of(link, peering.publishing(), status.link, parts.config.rpc_address);
  status.imports = parts.catalog.import_status(region);
  return status;
}

/// Several parts may give the same reason; it is said once.
void add_reason(std::vector<std::string>& pending, std::string reason) {
  if (std::find(pending.begin(), pending.end(), reason) == pending.end()) pending.push_back(std::move(reason));
}

void add_reasons(std::vector<std::string>& pending, const RegionStatus& region, bool complete) {
  const std::string name = "region " + region.region + ": ";
  if (!region.link.problem.empty()) return;
  if (region.link.receiving && !complete) pending.push_back(name + "its records are not complete yet");
  if (region.link.waiting_records > 0) {
    pending.push_back(name + std::to_string(region.link.waiting_records) + " records wait for the cap of its link, " +
                      peering::rate_text(region.link.cap_bytes));
  }
  if (region.link.unacknowledged > 0) {
    pending.push_back(name + std::to_string(region.link.unacknowledged) + " of our entries are not acknowledged");
  }
}

/// What the node waits for before its work begins; empty when something else keeps it from that, and is said elsewhere.
std::string starting(const Flows& flows, const catalog::RegistryStatus& registry) {
  if (flows.ready() || flows.stopped()) return "";
  if (!flows.epoch()) return "the epoch is not stored yet";
  const bool hindered = !registry.shared.empty() || !registry.problem.empty();
  return hindered ? "" : "the registry was not read completely yet";
}

}  // namespace

void Node::fill_members(Status& status, Instant now) const {
  const gossip::Gossip& gossip = parts_->gossip;
  for (const gossip::MemberInfo& member : gossip.members()) {
    status.members.push_back(status_of(member));
    if (member.name == parts_->config.node) status.members.back().health = gossip.health_score();
  }
  status.gossip_datagrams = {{"in", gossip.datagrams_received()}, {"out", gossip.datagrams_sent()}};
  status.gossip_dropped.insert(gossip.drops().begin(), gossip.drops().end());
  status.joins = gossip.joins();
  if (!gossip.is_unreached(now)) return;
  status.unreached = "no other syncer reaches " + to_string(parts_->config.gossip_address) +
                     ", by which they know this one; see --advertise-addr";
}

Status Node::status(Instant now) const {
  Status status;
  status.node = parts_->config.node;
  status.region = parts_->config.region;
  status.mode = parts_->config.mode == Mode::Single ? "single" : "cluster";
  status.epoch = flows_->epoch().value_or(Epoch{});
  status.failure = fatal();
  status.leaving = flows_->stopped();
  fill_members(status, now);
  status.sync_refused = parts_->peering.refusals().by_name();
  if (parts_->cluster) {
    status.group = parts_->cluster->status(now);
    status.cluster_refused = parts_->cluster->refusals().by_name();
  }
  if (!status.follows()) fill_work(status, now);
  status.ready = problems_of(status).empty();
  return status;
}

/// What the region's writer does.
void Node::fill_work(Status& status, Instant now) const {
  status.conflict = parts_->peering.conflict();
  status.export_paused = flows_->exports_paused();
  parts_->catalog.fill(status.registry);
  status.starting = starting(*flows_, status.registry);
  for (const std::string& region : parts_->peering.regions()) {
    status.regions.push_back(status_of(region, *parts_, now));
    status.regions.back().policy = policy_status(region, *parts_, *flows_);
    add_reasons(status.pending, status.regions.back(), parts_->peering.state(region, now).complete);
  }
  for (std::string& reason : parts_->catalog.pending()) add_reason(status.pending, std::move(reason));
}

// What it tells of single instances.

RegionAccount Node::account(Instant now, wire::Question::Kind kind, std::string_view text) const {
  return account_of({*parts_, flows_->policy(), flows_->gate()}, now, kind, text);
}

Result<std::uint64_t> Node::ask_region(Instant now, std::string_view region, wire::Question::Kind kind,
                                       std::string text) {
  return parts_->peering.ask(now, region, kind, std::move(text));
}

std::vector<std::pair<std::uint64_t, RegionAccount>> Node::take_answers(Instant now) {
  std::vector<std::pair<std::uint64_t, RegionAccount>> answers;
  for (const auto& answered : parts_->peering.take_answers()) {
    if (flows_->convergence().answered(now, answered.id, answered.answer)) continue;
    answers.emplace_back(answered.id, account_of(answered));
  }
  return answers;
}

void Node::measure(Instant now) {
  Convergence& convergence = flows_->convergence();
  for (const std::string& region : convergence.regions()) {
    const auto id = parts_->peering.ask(now, region, wire::Question::Kind::Ages, convergence.question(region));
    if (id) convergence.asked(now, region, *id);
  }
}

std::vector<ConvergenceTime> Node::take_times() { return flows_->convergence().take(); }

CopiesReport Node::copies(Instant now, const catalog::CopyQuery& query) const {
  return node::copies(*parts_, now, query);
}

ServicesReport Node::services(std::string_view search, std::string_view after, std::size_t limit) const {
  return node::services(*parts_, search, after, limit);
}

MappingsReport Node::mappings(const MappingQuery& query) const {
  return node::mappings({*parts_, flows_->policy(), flows_->gate()}, query);
}

void Node::call_roll(Instant now) {
  parts_->gossip.call_roll(now);
  flows_->run(now);
}

std::optional<ReachabilityReport> Node::take_roll() {
  const auto answers = parts_->gossip.take_roll();
  return answers ? std::optional(reachability(*parts_, *answers)) : std::nullopt;
}

RttReport Node::round_trips(const std::string& about) const { return node::round_trips(*parts_, about); }

Result<std::string> Node::check_policy(const policy::Policy& policy) const {
  if (!flows_->epoch())
    return failure(ErrorCode::Refused, "", "this syncer does not write for its region: ask the one that does");
  const auto wanted = std::make_shared<const policy::Policy>(policy);
  return to_text(effect_of(*parts_, flows_->gate(), wanted), parts_->config.region);
}

Result<void> Node::permit_policy(const policy::Policy& policy) const {
  if (policy == *flows_->policy()) return {};
  const PolicyEffect effect = effect_of(*parts_, flows_->gate(), std::make_shared<const policy::Policy>(policy));
  if (!effect.takes_more_than(policy.confirm_share)) return {};
  return failure(ErrorCode::Refused, "",
                 "it takes more than " + to_string(policy.confirm_share) + " from a region, and wants --yes:\n" +
                     to_text(effect, parts_->config.region));
}

Result<void> Node::apply_policy(Instant now, policy::Policy policy, bool confirmed) {
  auto permitted = permit_policy(policy);
  if (!confirmed && !permitted) return permitted;
  parts_->config.policy = std::move(policy);
  take_policy(now);
  flows_->run(now);
  return {};
}

/// The configuration's policy, if it is another one.
void Node::take_policy(Instant now) {
  const policy::Policy& wanted = parts_->config.policy;
  if (wanted == *flows_->policy()) return;
  flows_->set_policy(now, std::make_shared<const policy::Policy>(wanted));
  observe(parts_->ports.observer, now, EventKind::PolicyApplied, Severity::Info,
          {{"exports", wanted.exports.size()}, {"imports", wanted.imports.size()}});
}

}  // namespace syncer::node
