// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "syncer/admin/command.h"
#include "syncer/daemon/gossip_keys.h"
#include "syncer/node/node.h"
#include "syncer/ports/observer.h"

namespace syncer::daemon {

/// What an operator asks of the process rather than of the node.
struct ProcessControl {
  /// Gives the text of the answer.
  std::function<Result<std::string>()> reload;
  /// For that time; nothing for ever.
  std::function<void(Severity level, std::optional<Duration> time)> set_log_level;
  /// One more address to join by, until the process ends.
  std::function<Result<void>(const std::string& address)> join;
  /// The process ends in order, and for good.
  std::function<void()> leave;
  /// The policy of the configuration as it is on disk now.
  std::function<Result<policy::Policy>()> load_policy;
};

/// Carries an operator's commands out; each gives the text of the answer.
class CommandRunner {
 public:
  /// `nodes` of the process: its own; and that of the far side of its bridge, where regions may be known as well.
  CommandRunner(std::vector<node::Node*> nodes, GossipKeys& keys, Instant now, ProcessControl process)
      : nodes_(std::move(nodes)), node_(*nodes_.front()), keys_(keys), now_(now), process_(std::move(process)) {}

  Result<std::string> operator()(const admin::ReleaseGuard& c) const;
  Result<std::string> operator()(const admin::ForgetRegion& c) const;
  Result<std::string> operator()(const admin::InstallKey& c) const;
  Result<std::string> operator()(const admin::UseKey& c) const;
  Result<std::string> operator()(const admin::RemoveKey& c) const;
  Result<std::string> operator()(const admin::ReplaceVoter& c) const;
  Result<std::string> operator()(const admin::RaiseGeneration&) const;
  Result<std::string> operator()(const admin::ForgetProposal&) const;
  Result<std::string> operator()(const admin::Reload&) const;
  Result<std::string> operator()(const admin::SetLogLevel& c) const;
  Result<std::string> operator()(const admin::Join& c) const;
  Result<std::string> operator()(const admin::Leave&) const;
  Result<std::string> operator()(const admin::ForceLeave& c) const;
  Result<std::string> operator()(const admin::SyncNow& c) const;
  Result<std::string> operator()(const admin::Pause& c) const;
  Result<std::string> operator()(const admin::Resume& c) const;
  Result<std::string> operator()(const admin::Drain& c) const;
  Result<std::string> operator()(const admin::CheckPolicy& c) const;
  Result<std::string> operator()(const admin::ApplyPolicy& c) const;
  Result<std::string> operator()(const admin::ConfirmPolicy& c) const;

 private:
  Result<policy::Policy> policy_of(const std::string& text) const;
  Result<std::string> apply_policy(const std::string& text, bool confirmed) const;
  using Act = std::function<Result<void>(node::Node&)>;
  /// The nodes that hear of the region (empty: each); where none does, our own, which says why not.
  std::vector<node::Node*> meant(const std::string& region) const;
  /// At each that is meant, whatever the others say.
  Result<void> at_sides(const std::string& region, const Act& act) const;
  /// Likewise; it is done where one of them does it.
  Result<void> at_any_side(const std::string& region, const Act& act) const;
  /// At each, or with `undo` at none.
  Result<void> at_all_sides(const std::string& region, const Act& act, const Act& undo) const;

  const std::vector<node::Node*> nodes_;
  node::Node& node_;
  GossipKeys& keys_;
  Instant now_;
  ProcessControl process_;
};

}  // namespace syncer::daemon
