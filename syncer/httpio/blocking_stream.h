// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/httpio/socket_address.h"

namespace syncer::httpio {

/// As call_and_wait, for an answer that comes in parts until its connection ends: `take` gets each part as it comes and
/// says whether to go on. `patience` is for the head and for each pause between two parts. Errors: as call_and_wait;
/// Refused with the first line of the body when the status is not 200.
Result<void> read_stream(const SocketAddress& to, const HttpRequest& request, Duration patience,
                         const std::function<bool(ByteView)>& take);

}  // namespace syncer::httpio
