// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/http_message.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"

namespace syncer {

/// Requests to a registry. The boundary is the HTTP message, so that JSON, error codes and retries of the client run
/// in the simulator as well. Each call ends in exactly one Node::on_http with the same id: an answer of any status, or
/// an Error (Unreachable, Timeout, Corrupt). An Error says nothing about whether the registry did what was asked.
class Http {
 public:
  virtual ~Http() = default;
  /// Never blocks. Gives up at `deadline` with Timeout.
  virtual void call(CallId id, HttpRequest request, Instant deadline) = 0;
  /// Forgets the call: no on_http follows. The request may still take effect.
  virtual void cancel(CallId id) = 0;
};

}  // namespace syncer
