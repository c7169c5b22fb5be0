// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "syncer/catalog/catalog.h"
#include "syncer/registry/record.h"
#include "tests/support/world.h"

namespace syncer::catalog {

/// A world with one service center with faults, 1 ms away, and the applications that use it.
class RegistryWorld : public test::World, private test::Registry {
 public:
  explicit RegistryWorld(mocksc::ModelOptions options = {});

  /// Registers a service and one instance of it, as an application would; gives the instance id.
  std::string add(const std::string& service, const std::string& instance, const std::string& endpoint,
                  const std::string& extra = "");
  void remove(const std::string& service, const std::string& instance);
  HttpResponse ask(const std::string& method, const std::string& target, const std::string& body = "");
  std::string service_id(const std::string& service);

  /// Stored copies of a region: copy id -> first endpoint.
  std::map<std::string, std::string> copies(const std::string& region);
  /// Value of a property of the instance with that id; empty when it has none.
  std::string property(const std::string& instance, const std::string& name);
  std::string status(const std::string& instance);

  mocksc::FaultyFrontend center;
  std::size_t answered_bytes = 0;  ///< of the bodies of all answers

 private:
  test::HttpOutcome serve(Instant now, const std::string& host, const HttpRequest& request) override;
  void advance(Instant now) override { center.advance(now); }
  Instant next_deadline() const override { return center.next_deadline(); }
};

/// A node of a RegistryWorld that is nothing but a Catalog, the writer of its region.
class CatalogDriver {
 public:
  CatalogDriver(CatalogConfig config, RegistryWorld& world, std::uint64_t seed = 1);
  CatalogDriver(const CatalogDriver&) = delete;
  CatalogDriver& operator=(const CatalogDriver&) = delete;
  ~CatalogDriver() { world_.vanish(config_.node); }

  Catalog& catalog();
  const test::EventLog& events() { return world_.log(config_.node); }
  std::vector<HttpRequest> sent;  ///< everything that was asked since clear()

  /// The process dies and a new one starts; nothing is remembered, calls under way may still take effect.
  void crash(std::uint64_t seed);

 private:
  struct Host;

  CatalogConfig config_;
  RegistryWorld& world_;
};

CatalogConfig catalog_config_of(const std::string& region);

/// An id that a syncer could have given a copy.
std::string copy_id(const std::string& identity);

/// A remote instance record as another region's syncer would export it.
struct RemoteInstance {
  Bytes service_key;
  Bytes service_payload;
  Bytes key;
  Bytes payload;
};
RemoteInstance remote_instance(const std::string& service, const std::string& id, const std::string& endpoint,
                               const std::string& properties = "{}", const std::string& status = "UP");

}  // namespace syncer::catalog
