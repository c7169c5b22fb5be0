// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/nacos/api/model.h"
#include "tests/contract/registry/registry_world.h"

namespace syncer::registry {

/// A Nacos server, as the contract and the tests of that kind alone see it. Its applications never stop beating.
class NacosWorld : public RegistryWorld {
 public:
  explicit NacosWorld(mocksc::nacos::Release release) : NacosWorld(options_of(release)) {}
  explicit NacosWorld(mocksc::nacos::Options options) : model_(std::move(options)) {}

  mocksc::nacos::Model& model() { return model_; }

  std::string kind() const override { return "nacos"; }
  std::string label() const override;
  Kinds::Factory factory() const override;
  Result<HttpResponse> serve(Instant now, const HttpRequest& request) override;
  std::string add(Instant now, const App& app) override;
  void remove(Instant now, const std::string& id) override;
  void expire(Instant now, const std::string& id) override;
  void set_fault(Instant, Fault fault) override { fault_ = fault; }
  void advance(Instant now) override;

  std::string shown_endpoint(const std::string& endpoint) const override {
    return "http" + endpoint.substr(endpoint.find(':'));
  }
  Metadata own_metadata() const override { return {{"version", "1.0.0"}}; }
  bool knows_registrations() const override { return false; }
  /// Nobody elsewhere can reach it.
  App unfit() const override { return {"cart", "rest://127.0.0.1:80"}; }

  /// A request of the API, as an application or an operator sends it.
  HttpResponse ask(Instant now, const char* method, const std::string& target);

 private:
  static mocksc::nacos::Options options_of(mocksc::nacos::Release release) {
    mocksc::nacos::Options options;
    options.release = release;
    return options;
  }

  mocksc::nacos::Model model_;
  Fault fault_ = Fault::None;
  std::map<std::string, std::string> beats_;  ///< targets, by id
};

}  // namespace syncer::registry
