// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "syncer/admin/command.h"
#include "syncer/base/endpoint.h"
#include "syncer/node/status.h"

namespace syncer::admin {

/// What the endpoint can ask for. Each is called on the node's thread.
struct AdminApi {
  std::function<node::Status()> status;
  std::function<std::string()> metrics;  ///< the text of GET /metrics
  std::function<node::KeysReport()> keys;
  std::function<Result<std::string>(const Command&)> run;  ///< gives the text of the answer
};

/// The operator's HTTP endpoint: GET /livez, /readyz, /metrics, /v1/status, /v1/members, /v1/cluster, /v1/keys; POST
/// for each Command. The commands need a header X-Syncer of any value. For loopback only: the library's server is not
/// made for a network that is not trusted.
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
