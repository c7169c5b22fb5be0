// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "syncer/base/endpoint.h"
#include "syncer/node/status.h"

namespace syncer::admin {

/// What the endpoint can ask for. Each is called on the node's thread.
struct AdminApi {
  std::function<node::Status()> status;
  std::function<std::string()> metrics;                                  ///< the text of GET /metrics
  std::function<Result<void>(const std::string& region)> release_guard;  ///< "*" for all regions
  /// Gossip keys: "list"; "install" with a base64 key; "use" and "remove" with an id. The text of the answer.
  std::function<Result<std::string>(const std::string& verb, const std::string& argument)> keys;
  /// The region's group: "replace" with a name, "raise-generation", "forget-proposal". The text of the answer.
  std::function<Result<std::string>(const std::string& verb, const std::string& argument)> cluster;
};

/// The operator's HTTP endpoint: /livez, /readyz, /v1/status, /v1/members, /v1/cluster, /metrics, /v1/keys, POST
/// /v1/guard/release?region=, /v1/keys/install (the key is the body), /v1/keys/use?id=, /v1/keys/remove?id=,
/// /v1/cluster/replace?node=, /v1/cluster/raise-generation and /v1/cluster/forget-proposal.
/// For loopback only: the library's server is not made for a network that is not trusted.
class AdminServer {
 public:
  /// Hands a task over to the node's thread (Loop::post).
  using Post = std::function<void(std::function<void()>)>;

  static Result<std::unique_ptr<AdminServer>> start(const Endpoint& local, AdminApi api, Post post);
  /// Waits for requests under way, at most about two seconds.
  ~AdminServer();
  /// The bound address with its real port.
  Endpoint local() const;

 private:
  struct State;
  explicit AdminServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace syncer::admin
