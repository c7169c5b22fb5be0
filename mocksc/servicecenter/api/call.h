// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mocksc/servicecenter/api/api_error.h"
#include "mocksc/servicecenter/api/body.h"
#include "mocksc/servicecenter/api/operation.h"
#include "mocksc/servicecenter/store/registry.h"
#include "mocksc/servicecenter/store/visible_instances.h"
#include "syncer/base/hash.h"
#include "syncer/base/http_message.h"
#include "syncer/base/time.h"

namespace mocksc {

/// The decoded query of a request, in order.
class Query {
 public:
  /// `text` is what follows the question mark.
  explicit Query(std::string_view text);
  /// First value of a name; empty when it is not there.
  std::string_view get(std::string_view name) const;
  /// All values of a name.
  std::vector<std::string> all(std::string_view name) const;
  /// "1" or "true" in any case, blanks trimmed.
  bool flag(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// The non-empty parts between commas.
std::vector<std::string> split_list(std::string_view text);

/// Remembers the last few bodies of one kind with what they say: pollers and heartbeats repeat theirs.
template <class T>
class BodyMemo {
 public:
  /// What the body says, by `decode` unless it is remembered. Errors are never remembered.
  template <class Decode>
  ApiResult<std::shared_ptr<const T>> read(std::string_view body, Decode decode) {
    Slot& slot = slots_[syncer::hash64(body) % kSlots];
    if (slot.says && slot.body == body) return slot.says;
    ApiResult<T> decoded = decode(body);
    if (!decoded) return tl::unexpected(decoded.error());
    auto says = std::make_shared<const T>(std::move(*decoded));
    if (body.size() <= kMaxBody) slot = {std::string(body), says};
    return says;
  }

 private:
  struct Slot {
    std::string body;
    std::shared_ptr<const T> says;
  };
  static constexpr std::size_t kSlots = 8;
  static constexpr std::size_t kMaxBody = 256 * 1024;
  std::array<Slot, kSlots> slots_;
};

/// Those of a registry.
struct BodyMemos {
  BodyMemo<BatchFindBody> finds;
  BodyMemo<std::vector<std::optional<InstanceKey>>> heartbeats;  ///< sorted, each key once
};

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
  /// Where the request wants instances to be read.
  ReadFrom read_from() const {
    if (query.flag("noCache")) return ReadFrom::Store;
    return query.flag("cacheOnly") ? ReadFrom::CacheOnly : ReadFrom::Cache;
  }
  bool before(Release release) const { return registry.options().release < release; }
  /// Package of the types that Go's decoder names.
  std::string_view go_package() const { return before(Release::V1_4_8) ? "proto" : "discovery"; }
};

/// Every handler gives the body of a success, or the refusal; those that answer with more give the whole answer.
using Answer = ApiResult<std::string>;

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

/// What Go's server answers when a handler panics.
syncer::HttpResponse panic_answer(const Call& call);

/// The service or 400012 with `detail`.
ApiResult<ServiceRecord*> require_service(const Call& call, std::string_view service_id,
                                          std::string_view detail = "Service does not exist.");

}  // namespace mocksc
