// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "syncer/admin/measures.h"
#include "syncer/base/result.h"
#include "syncer/ports/http.h"

namespace syncer::daemon {

/// Passes requests on, and measures how long each takes and what becomes of it.
class MeteredHttp final : public Http {
 public:
  using Clock = std::function<Instant()>;

  /// Borrows all.
  MeteredHttp(Http& http, admin::Measures& measures, Clock clock)
      : http_(http), measures_(measures), clock_(std::move(clock)) {}

  void call(CallId id, HttpRequest request, Instant deadline) override;
  void cancel(CallId id) override;
  /// To be called with each answer before the node gets it.
  void answered(CallId id, const Result<HttpResponse>& answer);

 private:
  struct Open {
    std::string op;
    Instant since;
  };
  Http& http_;
  admin::Measures& measures_;
  Clock clock_;
  std::map<CallId, Open> open_;
};

}  // namespace syncer::daemon
