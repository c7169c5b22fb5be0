// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "mocksc/nacos/api/call.h"

namespace mocksc::nacos {

/// The tokens that a server gave out. They outlive its restart, as signed ones do.
class Logins {
 public:
  /// POST …/login with username and password, in the query or as a form.
  syncer::HttpResponse login(const Call& call, const syncer::HttpRequest& request);
  /// The answer to a call that may not be made; nothing when it may.
  std::optional<syncer::HttpResponse> check(const Call& call, const syncer::HttpRequest& request) const;
  /// Every token that was given out is worth nothing any more.
  void revoke() { tokens_.clear(); }

 private:
  std::map<std::string, syncer::Instant> tokens_;  ///< and when they end
  std::uint64_t given_ = 0;
};

}  // namespace mocksc::nacos
