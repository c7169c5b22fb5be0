// SPDX-License-Identifier: Apache-2.0
// The service center's rules over real sockets: what the model alone cannot show.
#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "mocksc/http/server.h"

namespace mocksc {
namespace {

using namespace std::chrono_literals;

constexpr const char* kRegistry = "/v4/default/registry";
constexpr const char* kJson = "application/json";

std::unique_ptr<Server> start(std::size_t frontends) {
  ServerOptions options;
  options.listen.assign(frontends, syncer::Endpoint::v4(127, 0, 0, 1, 0));
  options.model.delete_visibility = syncer::Duration(0);
  auto server = Server::start(std::move(options));
  EXPECT_TRUE(server) << to_string(server.error());
  return std::move(*server);
}

std::unique_ptr<httplib::Client> client_of(const Server& server, std::size_t frontend = 0) {
  auto client = std::make_unique<httplib::Client>("127.0.0.1", server.endpoints()[frontend].port);
  client->set_read_timeout(20s);
  client->set_keep_alive(true);
  return client;
}

std::string path(const std::string& rest) { return kRegistry + rest; }

void register_one(httplib::Client& client) {
  const auto service =
      client.Post(path("/microservices"), R"({"service":{"serviceName":"cart","serviceId":"s"}})", kJson);
  ASSERT_TRUE(service);
  ASSERT_EQ(service->status, 200);
  const auto instance =
      client.Post(path("/microservices/s/instances"), R"({"instance":{"hostName":"h","instanceId":"i1"}})", kJson);
  ASSERT_TRUE(instance);
  ASSERT_EQ(instance->body, R"({"instanceId":"i1"})");
}

TEST(MockscServer, FrontEndsShareOneStoreAndListThemselvesAsHealthy) {
  const auto server = start(2);
  register_one(*client_of(*server, 0));
  const auto other = client_of(*server, 1);
  const auto found = other->Get(path("/microservices/s/instances"));
  ASSERT_TRUE(found);
  EXPECT_NE(found->body.find("\"i1\""), std::string::npos);
  EXPECT_EQ(found->get_header_value("Server"), "SERVICECENTER/2.2.0");
  EXPECT_EQ(found->get_header_value_count("Vary"), 2U);
  EXPECT_EQ(found->get_header_value("Content-Type"), "application/json; charset=UTF-8");
  const auto health = other->Get(path("/health"));
  ASSERT_TRUE(health);
  for (const syncer::Endpoint& endpoint : server->endpoints()) {
    EXPECT_NE(health->body.find("rest://" + to_string(endpoint) + "/"), std::string::npos) << health->body;
  }
}

TEST(MockscServer, AnswersNotModifiedWithoutABody) {
  const auto server = start(1);
  const auto client = client_of(*server);
  // As in the real one the answer has no Content-Length, and this library then reads to the end of the connection.
  client->set_keep_alive(false);
  register_one(*client);
  const auto first = client->Get(path("/instances?appId=default&serviceName=cart"));
  ASSERT_TRUE(first);
  const auto again = client->Get(path("/instances?appId=default&serviceName=cart&rev=") +
                                 first->get_header_value("X-Resource-Revision"));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body, "");
  EXPECT_FALSE(again->has_header("Content-Length"));
}

TEST(MockscServer, TakesPutAndDeleteWithAndWithoutALength) {
  const auto server = start(1);
  const auto client = client_of(*server);
  register_one(*client);
  const auto beat = client->Put(path("/microservices/s/instances/i1/heartbeat"), "", kJson);
  ASSERT_TRUE(beat);
  EXPECT_EQ(beat->status, 200);
  httplib::Request bare;
  bare.method = "DELETE";
  bare.path = path("/microservices/s/instances/i1");
  const auto gone = client->send(bare);
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->status, 200);
}

TEST(MockscServer, FaultsReachTheSocket) {
  const auto server = start(2);
  const auto desk = client_of(*server, 1);
  const auto client = client_of(*server, 0);
  for (const char* fault :
       {R"({"fault":"outage","mode":"refuse","frontend":0})", R"({"fault":"outage","mode":"reset","frontend":0})",
        R"({"fault":"fail","with":[{"truncated_body":true}],"frontend":0})"}) {
    ASSERT_EQ(desk->Post("/mock/faults", fault, kJson)->status, 200);
    EXPECT_FALSE(client->Get(path("/version"))) << fault;
    ASSERT_EQ(desk->Delete("/mock/faults")->status, 200);
    EXPECT_TRUE(client->Get(path("/version"))) << fault;
  }
  const auto bad = desk->Post("/mock/faults", R"({"fault":"outge"})", kJson);
  EXPECT_EQ(bad->status, 400);
  EXPECT_EQ(bad->body, "unknown fault \"outge\", did you mean \"outage\"?\n");
}

TEST(MockscServer, StopsAtOnceThoughARequestHangs) {
  auto server = start(1);
  const auto client = client_of(*server);
  ASSERT_EQ(client->Post("/mock/faults", R"({"fault":"outage","mode":"hang"})", kJson)->status, 200);
  auto hanging = std::async(std::launch::async, [&] { return static_cast<bool>(client->Get(path("/version"))); });
  const auto before = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
  EXPECT_FALSE(hanging.get());
}

TEST(MockscServer, IdleConnectionsDoNotStarveNewOnes) {
  const auto server = start(1);
  std::vector<std::unique_ptr<httplib::Client>> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(client_of(*server));
    ASSERT_TRUE(idle.back()->Get(path("/version"))) << i;
  }
}

TEST(MockscServer, SaysWhichAddressIsTaken) {
  const auto server = start(1);
  ServerOptions options;
  options.listen = {server->endpoints()[0]};
  const auto second = Server::start(std::move(options));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().where, to_string(server->endpoints()[0]));
}

}  // namespace
}  // namespace mocksc
