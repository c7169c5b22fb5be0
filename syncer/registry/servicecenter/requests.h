// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/http_message.h"
#include "syncer/registry/snapshot.h"

namespace syncer::registry::servicecenter {

/// A request target has to stay below this many bytes, or the service center answers 400.
inline constexpr std::size_t kMaxTarget = 2048;

/// One line of a batch find: all versions of a service name, unless nothing changed since `revision`. Borrowed.
struct FindQuery {
  std::string_view environment;
  std::string_view app_id;
  std::string_view name;
  std::string_view revision;  ///< empty: tell everything
};

/// Builds the requests of the v4 API for one domain; the space of an entry is its project. No request carries an origin
/// (the sender fills it in) or X-ConsumerId: a syncer acts for nobody, so no access rule applies to it; the bearer
/// token is added where it is sent. Everything in a target is percent-encoded.
class Requests {
 public:
  explicit Requests(std::string domain) : domain_(std::move(domain)) {}
  const std::string& domain() const { return domain_; }

  HttpRequest list_services(const std::string& project) const;
  /// Past the caches of the front-end revisions do not count: everything is told.
  HttpRequest find(const std::string& project, std::span<const FindQuery> queries, bool past_caches = false) const;
  HttpRequest existence(const ServiceKey& key) const;
  HttpRequest create_service(const std::string& project, Bytes body) const;
  HttpRequest put_service_properties(const std::string& project, const std::string& service_id, Bytes body) const;
  /// All schemas of a service with their content.
  HttpRequest list_schemas(const std::string& project, const std::string& service_id) const;
  HttpRequest put_schema(const std::string& project, const std::string& service_id, const std::string& schema_id,
                         Bytes body) const;

  HttpRequest register_instance(const std::string& project, const std::string& service_id, Bytes body) const;
  HttpRequest unregister(const EntryId& ref) const;
  /// Read past the caches of the front-end: what it says is true on all of them.
  HttpRequest get_instance(const EntryId& ref) const;
  HttpRequest put_status(const EntryId& ref, const std::string& status) const;
  HttpRequest put_properties(const EntryId& ref, Bytes body) const;
  HttpRequest heartbeat(const EntryId& ref) const;
  /// One heartbeat for many; all of one project.
  HttpRequest heartbeats(const std::string& project, std::span<const EntryId> refs) const;

 private:
  HttpRequest request(const char* method, const std::string& project, const std::string& rest, Bytes body = {}) const;

  std::string domain_;
};

}  // namespace syncer::registry::servicecenter
