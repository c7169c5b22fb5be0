// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/pool_reports.h"

#include <algorithm>

#include "syncer/node/parts.h"
#include "syncer/node/status.h"

namespace syncer::node {
namespace {

std::optional<Duration> measured(Duration rtt) { return rtt > Duration::zero() ? std::optional(rtt) : std::nullopt; }

/// All others that have not left.
std::vector<gossip::MemberInfo> others(const Parts& parts) {
  std::vector<gossip::MemberInfo> all = parts.gossip.members();
  std::erase_if(all, [&](const gossip::MemberInfo& member) {
    return member.name == parts.config.node || member.state == membership::State::Left;
  });
  return all;
}

}  // namespace

ReachabilityReport reachability(const Parts& parts, const std::vector<membership::Attendance>& answers) {
  ReachabilityReport report;
  report.node = parts.config.node;
  for (const gossip::MemberInfo& member : others(parts)) {
    const auto answer = std::find_if(answers.begin(), answers.end(),
                                     [&](const membership::Attendance& one) { return one.name == member.name; });
    const auto rtt = answer == answers.end() ? std::nullopt : answer->rtt;
    report.members.push_back({member.name, tag(member, "region"), std::string(state_text(member.state)),
                              to_string(member.address), rtt.has_value(), rtt});
  }
  return report;
}

RttReport round_trips(const Parts& parts, const std::string& about) {
  RttReport report;
  report.node = parts.config.node;
  for (const gossip::MemberInfo& member : others(parts)) {
    const std::string region = tag(member, "region");
    if (!about.empty() && about != member.name && about != region) continue;
    report.members.push_back(
        {member.name, region, std::string(state_text(member.state)), measured(member.rtt), measured(member.worst_rtt)});
  }
  return report;
}

}  // namespace syncer::node
