// SPDX-License-Identifier: Apache-2.0
// Websockets over real sockets, with a clock that the test moves.
#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "mocksc/http/server.h"
#include "tests/contract/mocksc/socket_client.h"

namespace mocksc {
namespace {

using namespace std::chrono_literals;

constexpr const char* kJson = "application/json";
const std::string kServices = "/v4/default/registry/microservices";

struct Sockets : testing::Test {
  void SetUp() override {
    ServerOptions options;
    options.listen.assign(2, syncer::Endpoint::v4(127, 0, 0, 1, 0));
    options.clock = [this] { return syncer::Instant(std::chrono::milliseconds(now.load())); };
    auto started = Server::start(std::move(options));
    ASSERT_TRUE(started) << to_string(started.error());
    server = std::move(*started);
    client = std::make_unique<httplib::Client>("127.0.0.1", port(0));
    for (const char* name : {"cart", "web"}) {
      const std::string body =
          std::string(R"({"service":{"serviceName":")") + name + R"(","serviceId":")" + name + "\"}}";
      ASSERT_EQ(client->Post(kServices, body, kJson)->status, 200);
    }
    const httplib::Headers as_web = {{"X-ConsumerId", "web"}};
    ASSERT_EQ(client->Get("/v4/default/registry/instances?appId=default&serviceName=cart", as_web)->status, 200);
  }
  std::uint16_t port(std::size_t frontend) const { return server->endpoints()[frontend].port; }
  void pass(std::chrono::milliseconds time) { now += time.count(); }
  void add(const std::string& id) {
    const std::string body = R"({"instance":{"hostName":"h","instanceId":")" + id + "\"}}";
    EXPECT_EQ(client->Post(kServices + "/cart/instances", body, kJson)->status, 200);
  }
  void remove(const std::string& id) { EXPECT_EQ(client->Delete(kServices + "/cart/instances/" + id)->status, 200); }

  std::atomic<std::int64_t> now{0};
  std::unique_ptr<Server> server;
  std::unique_ptr<httplib::Client> client;
};

std::string event(SocketClient& socket) {
  const auto frame = socket.next();
  if (!frame) return "nothing";
  const auto begin = frame->find("\"instanceId\":\"") + 14;
  const std::string text = frame->substr(1, frame->find("\",") - 1);
  return text.substr(text.rfind('"') + 1) + " " + frame->substr(begin, frame->find('"', begin) - begin);
}

TEST_F(Sockets, AWatcherHearsOfEveryCopyThatComesAndGoesInOrderAtEachFrontEnd) {
  SocketClient first(port(0), kServices + "/web/watcher");
  SocketClient second(port(1), kServices + "/web/watcher");
  EXPECT_EQ(first.head(),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  for (SocketClient* socket : {&first, &second}) {
    // Its answer shows that the watch has begun.
    socket->send(0x89, "x");
    EXPECT_EQ(socket->next(), "\x8ax");
  }
  for (const char* id : {"i1", "i2", "i3"}) add(id);
  pass(400ms);
  remove("i2");
  add("i4");
  EXPECT_EQ(client->Put(kServices + "/cart/instances/i1/status?value=DOWN", "", kJson)->status, 200);
  pass(400ms);
  for (SocketClient* socket : {&first, &second}) {
    for (const char* expected : {"CREATE i1", "CREATE i2", "CREATE i3", "CREATE i4", "UPDATE i1"}) {
      EXPECT_EQ(event(*socket), expected);
    }
  }
  pass(2s);
  for (SocketClient* socket : {&first, &second}) EXPECT_EQ(event(*socket), "DELETE i2");
}

TEST_F(Sockets, AnUnknownServiceIsToldSoAndTheConnectionEnds) {
  SocketClient socket(port(0), kServices + "/nobody/watcher");
  EXPECT_EQ(socket.next(), "\x81service does not exist");
  EXPECT_EQ(socket.next(), std::nullopt);
  EXPECT_TRUE(socket.is_ended());
}

TEST_F(Sockets, AHeartbeatIsPingedAndRenewsWithEachPong) {
  add("i1");
  SocketClient socket(port(1), kServices + "/cart/instances/i1/heartbeat");
  for (int i = 0; i < 5; ++i) {
    pass(30s);
    EXPECT_EQ(socket.next(), "\x89");
    socket.send(0x8a, "");
    socket.send(0x89, "x");  // its answer shows that the pong was read
    EXPECT_EQ(socket.next(), "\x8ax");
  }
  EXPECT_EQ(client->Put(kServices + "/cart/instances/i1/heartbeat", "", kJson)->status, 200);
  remove("i1");
  socket.send(0x8a, "");
  EXPECT_EQ(socket.next(), "\x88\x0f\xa1heartbeat reporting failed because the instance does not exist");
  SocketClient late(port(0), kServices + "/cart/instances/i1/heartbeat");
  EXPECT_EQ(late.next(), "\x88\x0f\xa1heartbeat reporting failed because the instance does not exist");
}

TEST_F(Sockets, WithoutUpgradeTheVersionIsNamed) {
  const auto answer = client->Get(kServices + "/web/watcher");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(answer->body, "Bad Request\n");
  EXPECT_EQ(answer->get_header_value("Sec-Websocket-Version"), "13");
}

TEST_F(Sockets, AnOutageBreaksThemAndTheServerEndsWithThemOpen) {
  SocketClient first(port(0), kServices + "/web/watcher");
  SocketClient second(port(1), kServices + "/web/watcher");
  ASSERT_EQ(client->Post("/mock/faults", R"({"fault":"outage","mode":"reset","frontend":1})", kJson)->status, 200);
  EXPECT_EQ(second.next(), std::nullopt);
  EXPECT_TRUE(second.is_ended());
  EXPECT_EQ(first.head().substr(0, 12), "HTTP/1.1 101");
  server.reset();
  EXPECT_EQ(first.next(), std::nullopt);
  EXPECT_TRUE(first.is_ended());
}

}  // namespace
}  // namespace mocksc
