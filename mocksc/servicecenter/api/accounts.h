// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mocksc/servicecenter/api/operation.h"
#include "syncer/base/http_message.h"
#include "syncer/base/time.h"

namespace mocksc {

struct ModelOptions;

/// The access control of releases from 2.0 on, for accounts that may do everything. Off without accounts: the login's
/// path is unknown then. A token says whose it is and when it ends, so that it outlives the data, as a signed one does.
class Accounts {
 public:
  /// `options` outlive it.
  explicit Accounts(const ModelOptions& options) : options_(options) {}

  bool is_on() const;
  /// Why a request is not let in; nothing when it is, or when everybody may make it.
  std::optional<syncer::HttpResponse> refusal(syncer::Instant now, Operation operation,
                                              const syncer::HttpRequest& request) const;
  /// POST /v4/token. Two refused logins of a name from one client are borne, the third bans them for 15 minutes.
  syncer::HttpResponse log_in(syncer::Instant now, const syncer::HttpRequest& request, std::string_view client);
  /// A token for an account, whatever its password.
  std::string token(std::string_view account, syncer::Instant end) const;

 private:
  struct Refused {
    int count = 0;
    syncer::Instant until{};
  };
  std::map<std::pair<std::string, std::string>, Refused> refused_;  ///< by name and client; bounded
  const ModelOptions& options_;
};

}  // namespace mocksc
