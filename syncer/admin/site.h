// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "syncer/admin/command.h"
#include "syncer/admin/gate.h"
#include "syncer/httpio/http_server.h"
#include "syncer/node/status.h"

namespace syncer::admin {

/// What the endpoint can ask for.
struct AdminApi {
  std::function<node::Status()> status;
  std::function<std::string()> metrics;  ///< the text of GET /metrics
  std::function<node::KeysReport()> keys;
  /// Carries out what `who` asked for (Caller::who); gives the text of the answer.
  std::function<Result<std::string>(const Command&, const std::string& who)> run;
};

/// What is answered to which request, without sockets. GET (and HEAD) /livez, /readyz, /metrics, /v1/status,
/// /v1/members, /v1/cluster at every entrance; GET /v1/keys and a POST for each Command where operators come in.
class Site {
 public:
  Site(AdminApi api, TokenSource token) : api_(std::move(api)), token_(std::move(token)) {}

  httpio::Answer answer(Entrance entrance, const httpio::ServedRequest& request, const httpio::Caller& caller) const;

 private:
  httpio::Answer document(Entrance entrance, std::string_view path) const;
  httpio::Answer run_command(const httpio::ServedRequest& request, const httpio::Caller& caller) const;

  AdminApi api_;
  TokenSource token_;
};

}  // namespace syncer::admin
