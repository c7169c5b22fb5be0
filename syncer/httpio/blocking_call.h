// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/httpio/socket_address.h"

namespace syncer::httpio {

/// One request to a server on this machine or elsewhere, for programs without a loop: waits for the answer. The
/// request's origin is not looked at. Unreachable when nobody answers, Timeout when not in time, Invalid when a part of
/// the request would end a line.
Result<HttpResponse> call_and_wait(const SocketAddress& to, const HttpRequest& request, Duration patience);

}  // namespace syncer::httpio
