// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/command_runner.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "syncer/base/quantity.h"
#include "syncer/config/daemon_config.h"
#include "syncer/peering/peering.h"

namespace syncer::daemon {
namespace {

Result<std::string> answer(const Result<void>& outcome, const std::string& text) {
  if (!outcome) return tl::unexpected(outcome.error());
  return text + "\n";
}

Result<std::string> line(Result<std::string> text) {
  if (text) *text += "\n";
  return text;
}

bool hears_of(const node::Node& node, const std::string& region) {
  const std::vector<std::string> others = node.peering().regions();
  return std::find(others.begin(), others.end(), region) != others.end();
}

bool knows(const node::Node& node, const std::string& region) {
  return region == "*" || region == node.config().region || hears_of(node, region);
}

}  // namespace

std::vector<node::Node*> CommandRunner::meant(const std::string& region) const {
  std::vector<node::Node*> nodes;
  for (node::Node* node : nodes_) {
    if (region.empty() || hears_of(*node, region)) nodes.push_back(node);
  }
  return nodes.empty() ? std::vector<node::Node*>{&node_} : nodes;
}

Result<void> CommandRunner::at_sides(const std::string& region, const Act& act) const {
  Result<void> outcome;
  for (node::Node* node : meant(region)) {
    if (auto one = act(*node); !one) outcome = std::move(one);
  }
  return outcome;
}

Result<void> CommandRunner::at_any_side(const std::string& region, const Act& act) const {
  Result<void> outcome;
  bool done = false;
  for (node::Node* node : meant(region)) {
    auto one = act(*node);
    done = done || one;
    if (!one && outcome) outcome = std::move(one);
  }
  return done ? Result<void>{} : outcome;
}

Result<void> CommandRunner::at_all_sides(const std::string& region, const Act& act, const Act& undo) const {
  std::vector<node::Node*> done;
  for (node::Node* node : meant(region)) {
    if (auto one = act(*node); !one) {
      for (node::Node* other : done) undo(*other);
      return one;
    }
    done.push_back(node);
  }
  return {};
}

Result<std::string> CommandRunner::operator()(const admin::ReleaseGuard& c) const {
  bool known = false;
  for (node::Node* node : nodes_) {
    if (!knows(*node, c.region)) continue;
    known = true;
    if (auto released = node->release_guard(now_, c.region); !released) return tl::unexpected(released.error());
  }
  if (!known) return failure(ErrorCode::NotFound, "", "there is no region \"" + c.region + "\"");
  return "requested; \"syncer status\" shows no held removals there when it is done\n";
}

/// Every node that knows the region forgets it; one that does not has nothing to do where another one does.
Result<std::string> CommandRunner::operator()(const admin::ForgetRegion& c) const {
  Result<void> outcome = nodes_.front()->forget_region(now_, c.region);
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    auto other = nodes_[i]->forget_region(now_, c.region);
    const bool unknown_here = !outcome && outcome.error().code == ErrorCode::NotFound;
    if (unknown_here || (!other && other.error().code != ErrorCode::NotFound)) outcome = std::move(other);
  }
  return answer(outcome, "requested; \"syncer status\" does not show the region any more when its copies are gone");
}
Result<std::string> CommandRunner::operator()(const admin::InstallKey& c) const { return line(keys_.install(c.key)); }
Result<std::string> CommandRunner::operator()(const admin::UseKey& c) const { return line(keys_.use(c.id)); }
Result<std::string> CommandRunner::operator()(const admin::RemoveKey& c) const { return line(keys_.remove(c.id)); }
Result<std::string> CommandRunner::operator()(const admin::ReplaceVoter& c) const {
  return answer(node_.replace_voter(now_, c.node), "the voter slot of " + c.node +
                                                       " goes to its new disk; \"syncer cluster members\" shows "
                                                       "when it votes");
}
Result<std::string> CommandRunner::operator()(const admin::RaiseGeneration&) const {
  return answer(node_.raise_generation(now_),
                "a higher generation is requested; \"syncer status\" shows it in the epoch when it is done");
}
Result<std::string> CommandRunner::operator()(const admin::ForgetProposal&) const {
  return answer(node_.forget_proposal(now_), "requested; \"syncer status\" shows when it is done");
}

Result<std::string> CommandRunner::operator()(const admin::Reload&) const { return process_.reload(); }

Result<policy::Policy> CommandRunner::policy_of(const std::string& text) const {
  return text.empty() ? process_.load_policy() : policy::parse_policy(text);
}

Result<std::string> CommandRunner::operator()(const admin::CheckPolicy& c) const {
  const auto policy = policy_of(c.policy);
  if (!policy) return tl::unexpected(policy.error());
  std::string text;
  for (const node::Node* node : nodes_) {
    const std::string region = nodes_.size() > 1 ? "region " + node->config().region + ":\n" : "";
    auto told = node->check_policy(*policy);
    if (!told) return told;
    text += region + *told;
  }
  return text;
}

Result<std::string> CommandRunner::apply_policy(const std::string& text, bool confirmed) const {
  auto policy = policy_of(text);
  if (!policy) return tl::unexpected(policy.error());
  // The other side may object to what this one would have taken already.
  for (const node::Node* node : nodes_) {
    auto permitted = node->permit_policy(*policy);
    if (!confirmed && !permitted) return tl::unexpected(permitted.error());
  }
  const std::string pace = std::to_string(policy->withdrawals_per_second);
  return answer(at_sides("", [&](node::Node& node) { return node.apply_policy(now_, *policy, confirmed); }),
                "in force; what it takes away goes at " + pace + " records a second and region");
}

Result<std::string> CommandRunner::operator()(const admin::ApplyPolicy& c) const {
  return apply_policy(c.policy, false);
}
Result<std::string> CommandRunner::operator()(const admin::ConfirmPolicy& c) const {
  return apply_policy(c.policy, true);
}

Result<std::string> CommandRunner::operator()(const admin::SetLogLevel& c) const {
  const std::size_t blank = std::min(c.level.find(' '), c.level.size());
  const auto level = config::parse_severity(c.level.substr(0, blank));
  if (!level) return tl::unexpected(level.error());
  std::optional<Duration> time;
  if (blank < c.level.size()) {
    const auto given = parse_duration(c.level.substr(blank + 1));
    if (!given) return tl::unexpected(given.error());
    time = *given;
  }
  process_.set_log_level(*level, time);
  return "logs from " + std::string(config::severity_text(*level)) + " on" +
         (time ? " for " + to_string(*time) : " until the next restart or reload that changes log.level") + "\n";
}

Result<std::string> CommandRunner::operator()(const admin::Join& c) const {
  return answer(process_.join(c.address), "joining by " + c.address +
                                              " until the process ends; \"syncer status\" shows what becomes of it; "
                                              "add it to join-addr to keep it");
}

Result<std::string> CommandRunner::operator()(const admin::Leave&) const {
  process_.leave();
  return std::string("leaving: the process says good-bye and ends\n");
}

Result<std::string> CommandRunner::operator()(const admin::ForceLeave& c) const {
  return answer(at_sides("", [&](node::Node& node) { return node.force_leave(now_, c.node); }),
                c.node + " counts as one that left, until it joins again; the pool is told");
}

Result<std::string> CommandRunner::operator()(const admin::SyncNow& c) const {
  return answer(at_sides(c.region, [&](node::Node& node) { return node.sync_now(now_, c.region); }),
                "the registry is read, " + (c.region.empty() ? "all regions are" : "region " + c.region + " is") +
                    " dialled, and what waits is tried again, now");
}

namespace {

/// What a pause is about: a direction, and a region or with an empty name all of them.
struct Flow {
  bool is_export = false;
  std::string region;
};

Result<Flow> parse_flow(const std::string& what) {
  const std::size_t blank = std::min(what.find(' '), what.size());
  const std::string direction = what.substr(0, blank);
  const std::string region = blank < what.size() ? what.substr(blank + 1) : "";
  const bool is_known = direction == "export" || direction == "import";
  if (is_known && (blank == what.size() || !region.empty())) return Flow{direction == "export", region};
  return failure(ErrorCode::Invalid, "", "say export or import, and a region if only that one is meant");
}

}  // namespace

Result<std::string> CommandRunner::operator()(const admin::Pause& c) const {
  const auto flow = parse_flow(c.what);
  if (!flow) return tl::unexpected(flow.error());
  const std::string& region = flow->region;
  const std::string until = " until \"syncer resume " + c.what + "\", or until this process or its lead ends";
  if (flow->is_export) {
    const auto pause = [&](node::Node& node) { return node.pause_exports(now_, region); };
    const auto resume = [&](node::Node& node) { return node.resume_exports(now_, region); };
    return answer(at_all_sides(region, pause, resume),
                  (region.empty() ? "other regions are" : region + " is") + " told no changes" + until);
  }
  return answer(at_sides(region, [&](node::Node& node) { return node.pause_imports(now_, region); }),
                "copies of " + (region.empty() ? "all regions" : region) + " stay as they are, renewed," + until);
}

Result<std::string> CommandRunner::operator()(const admin::Resume& c) const {
  const auto flow = parse_flow(c.what);
  if (!flow) return tl::unexpected(flow.error());
  const std::string& region = flow->region;
  const auto resume = [&](node::Node& node) {
    return flow->is_export ? node.resume_exports(now_, region) : node.resume_imports(now_, region);
  };
  return answer(at_any_side(region, resume), "resumed");
}

Result<std::string> CommandRunner::operator()(const admin::Drain& c) const {
  constexpr std::uint64_t kMost = 10'000;
  const std::size_t blank = c.what.rfind(' ');
  const std::string rate = blank == std::string::npos ? "" : c.what.substr(blank + 1);
  const bool per_second = rate.ends_with("/s");
  const auto number = parse_number(per_second ? rate.substr(0, rate.size() - 2) : "", kMost);
  if (!number || *number == 0) {
    return failure(ErrorCode::Invalid, "--rate", "say how many a second, from 1/s to " + std::to_string(kMost) + "/s");
  }
  const std::string region = c.what.substr(0, blank);
  return answer(
      at_sides(region, [&](node::Node& node) { return node.drain(now_, region, static_cast<std::uint32_t>(*number)); }),
      "copies of " + region + " are removed, " + rate + "; none is written until \"syncer resume import " + region +
          "\"");
}

}  // namespace syncer::daemon
