// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/command_runner.h"

#include <algorithm>
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

}  // namespace

Result<std::string> CommandRunner::operator()(const admin::ReleaseGuard& c) const {
  const std::vector<std::string> others = node_.peering().regions();
  const bool known = c.region == "*" || c.region == node_.config().region ||
                     std::find(others.begin(), others.end(), c.region) != others.end();
  if (!known) return failure(ErrorCode::NotFound, "", "there is no region \"" + c.region + "\"");
  return answer(node_.release_guard(now_, c.region),
                "requested; \"syncer status\" shows no held removals there when it is done");
}
Result<std::string> CommandRunner::operator()(const admin::ForgetRegion& c) const {
  return answer(node_.forget_region(now_, c.region),
                "requested; \"syncer status\" does not show the region any more when its copies are gone");
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

}  // namespace syncer::daemon
