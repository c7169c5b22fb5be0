// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "syncer/base/result.h"
#include "syncer/httpio/http_server.h"

namespace syncer::admin {

/// Where a request came in, which decides what it may ask for.
enum class Entrance {
  Socket,   ///< the unix socket: the system lets nobody in but its owner and its group
  Token,    ///< TCP, for who knows the token
  ReadOnly  ///< TCP, for everybody; nothing is changed through it and no secret shown
};

/// The token that the operator's TCP listener wants, as it is at that moment; why there is none.
using TokenSource = std::function<Result<std::string>()>;

/// Why a request is not let in; nothing when it is. A browser is kept out of Socket and Token: whatever page it shows,
/// it sends an Origin with what changes something, and the name of another host when that was rebound to this one.
std::optional<httpio::Refusal> gate(Entrance entrance, const httpio::ServedRequest& request,
                                    const httpio::Caller& caller, const TokenSource& token);

/// A token that is short enough to be guessed is refused, with the reason.
Result<void> check_token(const std::string& token);

}  // namespace syncer::admin
