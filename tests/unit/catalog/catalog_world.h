// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "syncer/catalog/catalog.h"
#include "syncer/registry/record.h"

namespace syncer::catalog {

/// One service center with faults, in virtual time, and the applications that use it.
class RegistryWorld {
 public:
  explicit RegistryWorld(mocksc::ModelOptions options = {});

  /// Registers a service and one instance of it, as an application would; gives the instance id.
  std::string add(Instant now, const std::string& service, const std::string& instance, const std::string& endpoint,
                  const std::string& extra = "");
  void remove(Instant now, const std::string& service, const std::string& instance);
  HttpResponse ask(Instant now, const std::string& method, const std::string& target, const std::string& body = "");
  std::string service_id(Instant now, const std::string& service);

  /// Stored copies of a region: copy id -> first endpoint.
  std::map<std::string, std::string> copies(const std::string& region);
  /// Value of a property of the instance with that id; empty when it has none.
  std::string property(const std::string& instance, const std::string& name);
  std::string status(const std::string& instance);

  mocksc::FaultyFrontend center;
};

/// Counts and keeps what a node reports.
class EventLog : public Observer {
 public:
  bool wants(Severity) const override { return true; }
  void on_event(const Event& event) override {
    ++counts_[event.kind];
    reasons_[event.kind] = std::string(event.text("reason"));
  }
  int count(EventKind kind) const {
    const auto found = counts_.find(kind);
    return found == counts_.end() ? 0 : found->second;
  }
  std::string reason(EventKind kind) const {
    const auto found = reasons_.find(kind);
    return found == reasons_.end() ? "" : found->second;
  }

 private:
  std::map<EventKind, int> counts_;
  std::map<EventKind, std::string> reasons_;
};

/// One Catalog on a RegistryWorld, with a network of 1 ms each way between them.
class CatalogDriver : public Http {
 public:
  CatalogDriver(CatalogConfig config, RegistryWorld& world, Instant now, std::uint64_t seed = 1);

  Catalog& catalog() { return *catalog_; }
  EventLog& events() { return events_; }
  std::vector<HttpRequest> sent;  ///< everything that was asked since clear()

  Instant next_deadline() const;
  void step(Instant now);
  /// The process dies and a new one starts; nothing is remembered, calls under way may still take effect.
  void crash(Instant now, std::uint64_t seed);
  bool quiet_network() const { return queue_.empty(); }

 private:
  struct Item {
    CallId id;
    bool arrived = false;  ///< at the registry; what follows is the way back
    HttpRequest request;
    Instant deadline;
    Result<HttpResponse> answer = HttpResponse{};
  };
  void call(CallId id, HttpRequest request, Instant deadline) override;
  void cancel(CallId id) override;
  void serve(Instant now, Item item);

  CatalogConfig config_;
  RegistryWorld& world_;
  EventLog events_;
  Instant now_;
  std::uint64_t last_call_ = 0;
  std::multimap<Instant, Item> queue_;
  std::set<CallId> cancelled_;
  std::unique_ptr<Catalog> catalog_;
};

/// Runs drivers and worlds until `end`.
void run(Instant& now, Duration time, std::vector<CatalogDriver*> drivers, std::vector<RegistryWorld*> worlds);

CatalogConfig catalog_config_of(const std::string& region);

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
