// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/metered_http.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace syncer::daemon {

void MeteredHttp::call(CallId id, HttpRequest request, Instant deadline) {
  std::string op = request.method;
  std::transform(op.begin(), op.end(), op.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  open_.insert_or_assign(id, Open{std::move(op), clock_()});
  http_.call(id, std::move(request), deadline);
}

void MeteredHttp::cancel(CallId id) {
  open_.erase(id);
  http_.cancel(id);
}

void MeteredHttp::answered(CallId id, const Result<HttpResponse>& answer) {
  const auto node = open_.extract(id);
  if (node.empty()) return;
  const std::string code = answer ? std::to_string(answer->status) : std::string(name(answer.error().code));
  measures_.note_request(node.mapped().op, code, clock_() - node.mapped().since);
}

}  // namespace syncer::daemon
