// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "syncer/base/http_message.h"
#include "syncer/registry/driver.h"

namespace syncer::registry::memory {

/// An entry of the in-memory registry, and the body that writes one.
struct Item {
  std::string app;
  std::string name;
  std::string version;
  std::string status = "UP";
  std::vector<std::string> endpoints;
  Metadata metadata;
  bool operator==(const Item&) const = default;
};
Bytes encode(const Item& item);
std::optional<Item> decode(ByteView bytes);

/// The smallest registry that differs from a service center wherever it can: it has no services, chooses the ids of its
/// entries, changes endpoints in place and drops what is not renewed for 90 s. It speaks HTTP messages:
///
///     GET /entries          200: "complete" or "partial", then id and item of each
///     GET|PATCH|DELETE /entries/ID, PUT /entries/ID/lease, POST /entries (answers the id); 404 for what is not there
///     413 for an item over kMaxItem bytes
class Registry {
 public:
  static constexpr Duration kLease = std::chrono::seconds(90);
  static constexpr std::size_t kMaxItem = 4096;
  enum class Fault { None, Partial, Error };

  HttpResponse handle(Instant now, const HttpRequest& request);
  /// Entries whose lease ended are dropped.
  void advance(Instant now);
  Instant next_deadline() const;

  void set_fault(Fault fault) { fault_ = fault; }
  const std::map<std::string, Item>& items() const { return items_; }
  void drop(const std::string& id);

 private:
  HttpResponse list() const;
  HttpResponse add(Instant now, const Bytes& body);
  HttpResponse one(Instant now, const HttpRequest& request, const std::string& id);

  std::map<std::string, Item> items_;
  std::map<std::string, Instant> ends_;
  std::uint64_t last_id_ = 0;
  Fault fault_ = Fault::None;
};

/// Tags its native parts on the wire.
inline constexpr std::string_view kNativeKind = "memory";

std::unique_ptr<Driver> make_driver(const DriverContext& context);

}  // namespace syncer::registry::memory
