// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/net/loop.h"

namespace syncer::net {

/// Splits "host:port"; the host may be a name. The error says what is wrong with the text.
Result<std::pair<std::string, std::string>> split_host_port(const std::string& text);

/// Keeps the addresses of host names fresh: asks anew every minute, and after a failure sooner, with back-off. Lives on
/// the loop's thread; the loop outlives it.
class Resolver {
 public:
  /// Called with all addresses known of all targets, each time one of them changed.
  using OnChanged = std::function<void(std::vector<Endpoint>)>;
  /// Called for each attempt that failed.
  using OnFailed = std::function<void(const std::string& target, const std::string& reason)>;

  /// `targets` are "host:port" texts that split_host_port accepts.
  Resolver(Loop& loop, std::vector<std::string> targets, OnChanged changed, OnFailed failed);
  ~Resolver();
  /// One more target; nothing when it is one already. An error when split_host_port does not accept it.
  Result<void> add(const std::string& target);
  /// Targets of which no address was ever found, with the reason; without one while the first look-up is under way.
  std::vector<std::pair<std::string, std::string>> unresolved() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with pending look-ups
};

}  // namespace syncer::net
