// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "syncer/catalog/catalog.h"
#include "syncer/registry/record.h"
#include "tests/support/memory_registry.h"

namespace syncer::registry {

/// An application's instance, as a user of any kind of registry would describe it.
struct App {
  std::string service;
  std::string endpoint;  ///< "rest://10.0.0.1:8080"
  std::string status = "UP";
  Metadata metadata = {};
};

/// A registry of some kind, as applications and an operator see it: what a contract test needs besides the driver.
class RegistryWorld {
 public:
  virtual ~RegistryWorld() = default;
  virtual std::string kind() const = 0;
  /// Names it among the others of the suite.
  virtual std::string label() const { return kind(); }
  virtual Kinds::Factory factory() const = 0;
  virtual Result<HttpResponse> serve(Instant now, const HttpRequest& request) = 0;

  /// Registers an application's instance; gives its id.
  virtual std::string add(Instant now, const App& app) = 0;
  virtual void remove(Instant now, const std::string& id) = 0;
  /// Its lease ends at once.
  virtual void expire(Instant now, const std::string& id) = 0;
  /// Everything fails from now on, or lists leave everything out without saying that they are whole, or all is well.
  enum class Fault { None, Partial, Error };
  virtual void set_fault(Instant now, Fault fault) = 0;
  virtual void advance(Instant now) = 0;

  // Where kinds differ.
  /// How a reading names the service of an application.
  virtual ServiceKey shown_service(const ServiceKey& service) const { return service; }
  /// How a reading shows an application's endpoint.
  virtual std::string shown_endpoint(const std::string& endpoint) const { return endpoint; }
  /// What add() writes into the metadata besides.
  virtual Metadata own_metadata() const { return {}; }
  /// A registration can be told from a former one of the same id.
  virtual bool knows_registrations() const { return true; }
  /// Of what this kind has no place for at all.
  virtual App unfit() const { return {"cart", "rest://10.0.0.9:80", "UP", {{"a", std::string(20'000, 'x')}}}; }
};

std::unique_ptr<RegistryWorld> make_service_center();
std::unique_ptr<RegistryWorld> make_memory_registry();
std::unique_ptr<RegistryWorld> make_eureka();
std::unique_ptr<RegistryWorld> make_nacos_1();
std::unique_ptr<RegistryWorld> make_nacos_2();
std::unique_ptr<RegistryWorld> make_nacos_3();

/// A network of 1 ms each way between one registry and whoever speaks to it.
class DirectHttp : public Http {
 public:
  using Sink = std::function<void(Instant, CallId, Result<HttpResponse>)>;
  explicit DirectHttp(RegistryWorld& world) : world_(world) {}

  void set_sink(Sink sink) { sink_ = std::move(sink); }
  void call(CallId id, HttpRequest request, Instant) override { queue_.emplace_back(id, std::move(request)); }
  void cancel(CallId id) override;
  bool idle() const { return queue_.empty(); }
  /// Serves what is asked for by now and delivers the answers.
  void step(Instant now);
  CallId next_call() { return CallId{++last_call_}; }

 private:
  RegistryWorld& world_;
  Sink sink_;
  std::vector<std::pair<CallId, HttpRequest>> queue_;
  std::uint64_t last_call_ = 0;
};

class NoEvents : public Observer {
 public:
  bool wants(Severity) const override { return false; }
  void on_event(const Event&) override {}
};

}  // namespace syncer::registry
