// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace sim::host {

/// What a caller gets, and after which time on the server's side.
struct HttpReply {
  bool hangs = false;  ///< never; the rest does not matter then
  syncer::Duration delay{};
  syncer::Result<syncer::HttpResponse> outcome;
};

/// Something that answers HTTP requests: a registry, or a test.
class HttpService {
 public:
  virtual ~HttpService() = default;
  virtual HttpReply handle(std::uint32_t front_end, const syncer::HttpRequest& request, std::string_view client) = 0;
  /// Whether a request changes something here.
  virtual bool writes(const syncer::HttpRequest&) const { return false; }
};

}  // namespace sim::host
