// SPDX-License-Identifier: Apache-2.0
#include "sim/host/registry/service_center.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "sim/host/world.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::HttpRequest;
using syncer::Instant;

/// What a registry reported, owned.
struct Reported {
  RegistryChangeKind kind;
  std::string what;
  RegistryInstance instance;
  std::string client;
};

class ServiceCenterTest : public testing::Test {
 protected:
  ServiceCenterTest() { remake({}); }
  void remake(Returning returning) {
    RegistrySpec spec;
    spec.name = "sc";
    spec.returning = returning;
    registry_ = find_registry_kind("servicecenter")->make(spec, syncer::Random(1));
    registry_->set_listener([this](const RegistryChange& change) {
      if (change.instance == nullptr) return;
      reports_.push_back({change.kind, std::string(change.what), *change.instance, std::string(change.client)});
    });
  }
  static AppInstance cart() {
    AppInstance app;
    app.name = "cart-1";
    app.environment = "production";
    app.app = "shop";
    app.service = "cart";
    app.endpoints = {"rest://10.1.0.7:8080"};
    app.properties = {{"zone", "a"}};
    return app;
  }
  static HttpRequest request(std::string method, const std::string& path, std::string body = {}) {
    HttpRequest request;
    request.method = std::move(method);
    request.target = "/v4/default/registry" + path;
    request.headers.add("X-Domain-Name", "default");
    request.body = std::move(body);
    return request;
  }
  /// Registers an instance with these properties over HTTP, as a syncer does.
  void post(const std::string& properties) {
    const mocksc::Model& model = front_of(*registry_).model();
    std::string service;
    model.for_each_instance([&](const mocksc::InstanceView& view) {
      if (view.service.service_name == "cart") service = view.service.service_id;
    });
    const HttpReply reply = registry_->handle(
        now_, 0,
        request("POST", "/microservices/" + service + "/instances",
                R"({"instance":{"instanceId":"copy-1","hostName":"h","endpoints":["rest://b"],"status":"UP",)"
                R"("healthCheck":{"mode":"push","interval":30,"times":3},"properties":)" +
                    properties + "}}"),
        "syncer-1");
    ASSERT_TRUE(reply.outcome) << to_string(reply.outcome.error());
    ASSERT_EQ(reply.outcome->status, 200) << reply.outcome->body;
  }

  Instant now_ = Instant{} + 1s;
  std::unique_ptr<Registry> registry_;
  std::vector<Reported> reports_;
};

TEST_F(ServiceCenterTest, ReportsWhatAnApplicationDoesInNeutralWords) {
  ASSERT_TRUE(registry_->register_instance(now_, cart()));
  ASSERT_TRUE(registry_->set_status(now_, "cart-1", "DOWN"));
  ASSERT_TRUE(registry_->deregister(now_, "cart-1"));
  ASSERT_EQ(reports_.size(), 3U);
  EXPECT_EQ(reports_[0].kind, RegistryChangeKind::InstanceRegistered);
  EXPECT_EQ(reports_[0].client, "app:cart-1");
  EXPECT_EQ(reports_[0].instance.service, service_text("production", "shop", "cart", "1.0.0"));
  EXPECT_EQ(reports_[0].instance.id, "cart-1");
  EXPECT_EQ(reports_[0].instance.properties, cart().properties);
  EXPECT_FALSE(reports_[0].instance.mark);
  EXPECT_FALSE(reports_[0].instance.internal);
  EXPECT_EQ(reports_[1].kind, RegistryChangeKind::InstanceChanged);
  EXPECT_EQ(reports_[1].instance.status, "DOWN");
  EXPECT_EQ(reports_[2].kind, RegistryChangeKind::InstanceUnregistered);
}

TEST_F(ServiceCenterTest, TellsACopyByItsMarkAndLeavesTheMarkOutOfTheProperties) {
  ASSERT_TRUE(registry_->register_instance(now_, cart()));
  post(R"({"zone":"a","syncer.region":"east","syncer.instance":"i1","syncer.epoch":"2.7"})");
  const RegistryInstance& copy = reports_.back().instance;
  ASSERT_TRUE(copy.mark);
  EXPECT_EQ(copy.mark->region, "east");
  EXPECT_EQ(copy.mark->instance, "i1");
  EXPECT_EQ(copy.mark->epoch, (syncer::Epoch{2, 7}));
  EXPECT_EQ(copy.properties, cart().properties);
  EXPECT_EQ(reports_.back().client, "syncer-1");
}

TEST_F(ServiceCenterTest, WhatARegionRunsForItselfIsNeitherAnApplicationNorACopy) {
  for (const char* service : {"SYNCER", "KIE", "SERVICECENTER"}) {
    AppInstance app = cart();
    app.name = std::string(service) + "-1";
    app.service = service;
    ASSERT_TRUE(registry_->register_instance(now_, app));
    EXPECT_TRUE(reports_.back().instance.internal) << service;
  }
  ASSERT_TRUE(registry_->register_instance(now_, cart()));
  post(R"({"syncer.canary":"east"})");
  EXPECT_FALSE(reports_.back().instance.internal) << "anybody can say so of his own instance";
}

TEST_F(ServiceCenterTest, KnowsWritesAndTheMarksInThem) {
  EXPECT_FALSE(registry_->writes(request("GET", "/microservices")));
  EXPECT_FALSE(registry_->writes(request("POST", "/instances/action?type=query")));
  const HttpRequest write =
      request("POST", "/microservices/s/instances",
              R"({"properties":{"syncer.epoch":"1.3","syncer.instance":"i1","syncer.region":"east"}})");
  EXPECT_TRUE(registry_->writes(write));
  const auto mark = registry_->mark_of(write);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->region, "east");
  EXPECT_EQ(mark->epoch, (syncer::Epoch{1, 3}));
  EXPECT_FALSE(registry_->mark_of(request("PUT", "/heartbeats", "{}")));
}

TEST_F(ServiceCenterTest, LosesAndRestoresItsContent) {
  ASSERT_TRUE(registry_->register_instance(now_, cart()));
  registry_->save(now_, "backup");
  registry_->lose_data(now_);
  EXPECT_EQ(reports_.back().kind, RegistryChangeKind::InstanceLost);
  EXPECT_FALSE(registry_->has("cart-1"));
  ASSERT_TRUE(registry_->restore(now_, "backup"));
  EXPECT_EQ(reports_.back().kind, RegistryChangeKind::InstanceRestored);
  EXPECT_TRUE(registry_->has("cart-1"));
  EXPECT_FALSE(registry_->restore(now_, "never saved"));
}

TEST_F(ServiceCenterTest, AnApplicationThatIsForgottenComesBackWithItsNextHeartbeat) {
  ASSERT_TRUE(registry_->register_instance(now_, cart()));
  registry_->lose_data(now_);
  EXPECT_TRUE(registry_->runs("cart-1"));
  registry_->advance(now_ + 30s);
  EXPECT_TRUE(registry_->has("cart-1"));
  EXPECT_EQ(reports_.back().instance.id, "cart-1");
}

TEST_F(ServiceCenterTest, AnApplicationThatIsForgottenMayTakeItsTimeAndANewId) {
  remake({.new_ids = true, .within = 10s});
  ASSERT_TRUE(registry_->register_instance(now_, cart()));
  EXPECT_EQ(reports_.back().instance.id, "cart-1");
  registry_->lose_data(now_);
  registry_->advance(now_ + 30s);
  EXPECT_FALSE(registry_->has("cart-1"));
  const Instant back = registry_->next_deadline();
  EXPECT_LE(back, now_ + 40s);
  registry_->advance(back);
  EXPECT_TRUE(registry_->has("cart-1"));
  EXPECT_EQ(reports_.back().instance.id, "cart-1-r2");
  EXPECT_EQ(reports_.back().instance.endpoints, cart().endpoints);
  while (registry_->next_deadline() < now_ + 200s) registry_->advance(registry_->next_deadline());
  EXPECT_TRUE(registry_->has("cart-1"));  // it beats under its new id
  ASSERT_TRUE(registry_->deregister(now_ + 200s, "cart-1"));
  EXPECT_EQ(reports_.back().kind, RegistryChangeKind::InstanceUnregistered);
  EXPECT_EQ(reports_.back().instance.id, "cart-1-r2");
}

TEST_F(ServiceCenterTest, AnApplicationThatEndsWhileItIsForgottenNeverComesBack) {
  ASSERT_TRUE(registry_->register_instance(now_, cart()));
  registry_->lose_data(now_);
  ASSERT_TRUE(registry_->deregister(now_, "cart-1"));
  EXPECT_FALSE(registry_->runs("cart-1"));
  registry_->advance(now_ + 200s);
  EXPECT_EQ(reports_.back().kind, RegistryChangeKind::InstanceLost);
}

TEST_F(ServiceCenterTest, RefusesASpecItCannotFollow) {
  RegistrySpec spec;
  spec.min_lease = 3s;
  EXPECT_EQ(service_center_kind().check(spec).error().where, "min_lease");
  spec.min_lease.reset();
  spec.version = "9.9.9";
  EXPECT_EQ(service_center_kind().check(spec).error().where, "version");
  EXPECT_FALSE(service_center_kind().check_operation("dance"));
  EXPECT_TRUE(service_center_kind().check_operation("unregister"));
}

TEST(RegistryKinds, AProgramAddsKindsThatWorldsThenBuild) {
  EXPECT_EQ(find_registry_kind("renamed"), nullptr);
  RegistryKind kind = service_center_kind();
  kind.name = "renamed";
  std::string made;
  kind.make = [&made, make = kind.make](const RegistrySpec& spec, const syncer::Random& random) {
    made = spec.name;
    return make(spec, random);
  };
  add_registry_kind(kind);
  RegistrySpec spec;
  spec.name = "other";
  spec.kind = "renamed";
  World world(1);
  world.add_registry(spec);
  EXPECT_EQ(made, "other");
  EXPECT_EQ(registry_kinds(), (std::vector<std::string_view>{"eureka", "nacos", "renamed", "servicecenter"}));
}

}  // namespace
}  // namespace sim::host
