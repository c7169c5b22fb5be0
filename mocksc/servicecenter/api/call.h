// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "mocksc/servicecenter/api/api_error.h"
#include "mocksc/servicecenter/api/body_memo.h"
#include "mocksc/servicecenter/api/operation.h"
#include "mocksc/servicecenter/api/query.h"
#include "mocksc/servicecenter/fault/read_fault.h"
#include "mocksc/servicecenter/store/registry.h"
#include "syncer/base/http_message.h"
#include "syncer/base/time.h"

namespace mocksc {

/// One request on its way through a handler.
struct Call {
  Registry& registry;
  Tenant& tenant;  ///< may be the empty one: only register_service creates a tenant
  syncer::Instant now;
  std::string_view domain;
  const Route& route;
  const syncer::HttpRequest& request;
  const Query& query;
  std::string_view client;
  const ReadFault& fault;
  BodyMemos& memos;

  /// Value of X-ConsumerId, empty when absent.
  std::string_view consumer_id() const {
    const std::string* value = request.headers.find("X-ConsumerId");
    return value == nullptr ? std::string_view() : std::string_view(*value);
  }
  bool before(Release release) const { return registry.options().release < release; }
};

/// 200 with a JSON body.
syncer::HttpResponse json_answer(std::string body);
/// 200 without data.
syncer::HttpResponse empty_answer();
/// The error's status and body.
syncer::HttpResponse error_answer(const ApiError& error);
/// A text that does not come from a handler, e.g. the router's "404 page not found\n".
syncer::HttpResponse text_answer(int status, std::string body);
/// 304 when the caller's `rev` query equals `revision`, else 200 with `body`; X-Resource-Revision either way.
syncer::HttpResponse revision_answer(const Call& call, const std::string& revision, std::string body);
/// The caller's revision; ignored when noCache or cacheOnly is set.
std::string_view known_revision(const Call& call);

/// The service or 400012 with `detail`.
ApiResult<ServiceRecord*> require_service(const Call& call, std::string_view service_id,
                                          std::string_view detail = "Service does not exist.");

}  // namespace mocksc
