// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/websocket.h"

#include <gtest/gtest.h>

#include <vector>

#include "mocksc/http/socket_session.h"
#include "tests/unit/mocksc/center.h"

namespace mocksc::testing {
namespace {

using namespace std::chrono_literals;

/// A frame as a client sends it.
std::string masked(std::uint8_t first, const std::string& payload, const std::string& mask = "\x37\xfa\x21\x3d") {
  std::string out = {static_cast<char>(first), static_cast<char>(0x80U | payload.size())};
  out += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) out.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
  return out;
}

std::vector<Frame> read_all(FrameReader& reader, const std::string& bytes) {
  std::vector<Frame> out;
  reader.feed(bytes, [&](Frame frame) { out.push_back(std::move(frame)); });
  return out;
}

std::uint16_t error_of(const std::string& bytes) {
  FrameReader reader(64);
  read_all(reader, bytes);
  return reader.error();
}

TEST(Websocket, SwitchesWithTheKeyOfTheStandard) {
  HttpRequest request{"GET",
                      "",
                      "/",
                      {{"Connection", "keep-alive, Upgrade"},
                       {"Upgrade", "WebSocket"},
                       {"Sec-WebSocket-Version", "13"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}},
                      ""};
  EXPECT_TRUE(asks_for_websocket(request));
  EXPECT_EQ(switching_answer(request),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
  for (const char* missing : {"Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key"}) {
    HttpRequest other = request;
    other.headers = {};
    for (const auto& [name, value] : request.headers) {
      if (name != missing) other.headers.add(name, value);
    }
    EXPECT_FALSE(asks_for_websocket(other)) << missing;
  }
}

TEST(Websocket, WritesTheFramesOfTheStandard) {
  using namespace std::string_literals;
  EXPECT_EQ(encode_frame(Opcode::Text, "Hello"), "\x81\x05Hello");
  EXPECT_EQ(encode_frame(Opcode::Binary, std::string(256, 'x')).substr(0, 4), "\x82\x7e\x01\x00"s);
  EXPECT_EQ(encode_frame(Opcode::Binary, std::string(65536, 'x')).substr(0, 10), "\x82\x7f\0\0\0\0\0\x01\0\0"s);
  EXPECT_EQ(close_frame(4001, "why"), "\x88\x05\x0f\xa1why");
}

TEST(Websocket, ReadsFramesWhateverPiecesTheyComeIn) {
  EXPECT_EQ(masked(0x81, "Hello"), "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
  const std::string bytes = masked(0x01, "He") + masked(0x89, "") + masked(0x80, "llo") + masked(0x88, "\x03\xe8");
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, bytes.size()}) {
    FrameReader reader(64);
    std::vector<Frame> frames;
    for (std::size_t i = 0; i < bytes.size(); i += piece) {
      for (Frame& frame : read_all(reader, bytes.substr(i, piece))) frames.push_back(std::move(frame));
    }
    ASSERT_EQ(frames.size(), 4U);
    EXPECT_EQ(frames[0].payload + frames[2].payload, "Hello");
    EXPECT_EQ(frames[1].opcode, Opcode::Ping);
    EXPECT_EQ(frames[3].opcode, Opcode::Close);
    EXPECT_EQ(reader.error(), 0);
  }
}

TEST(Websocket, RefusesWhatTheStandardForbidsAndWhatIsTooLong) {
  EXPECT_EQ(error_of("\x81\x05Hello"), close_code::kProtocolError) << "not masked";
  EXPECT_EQ(error_of(masked(0xc1, "x")), close_code::kProtocolError) << "a reserved bit";
  EXPECT_EQ(error_of(masked(0x83, "x")), close_code::kProtocolError) << "an unknown opcode";
  EXPECT_EQ(error_of(masked(0x09, "x")), close_code::kProtocolError) << "a ping in pieces";
  EXPECT_EQ(error_of("\x89\xfe"), close_code::kProtocolError) << "a long ping";
  EXPECT_EQ(error_of(masked(0x80, "x")), close_code::kProtocolError) << "goes on with nothing";
  EXPECT_EQ(error_of(masked(0x01, "x") + masked(0x81, "y")), close_code::kProtocolError) << "two at once";
  EXPECT_EQ(error_of(masked(0x81, std::string(64, 'x'))), 0);
  EXPECT_EQ(error_of(masked(0x81, std::string(65, 'x'))), close_code::kTooBig);
  EXPECT_EQ(error_of(masked(0x01, std::string(40, 'x')) + masked(0x80, std::string(25, 'x'))), close_code::kTooBig);
  EXPECT_EQ(error_of("\x82\xff"), close_code::kTooBig) << "judged before it comes";
}

struct Subject final : SocketSubject {
  explicit Subject(Kind what) : what(what) {}
  Kind kind() const override { return what; }
  bool is_there() override {
    ++asked;
    return there;
  }
  std::vector<std::string> take_events() override { return std::exchange(events, {}); }
  Kind what;
  bool there = true;
  int asked = 0;
  std::vector<std::string> events;
};

struct Socket {
  explicit Socket(Subject& subject, Release release = Release::V2_2_0) : session(subject, release, now) {}
  std::string pass(syncer::Duration time) {
    now += time;
    session.advance(now);
    return session.take_output();
  }
  std::string say(const std::string& bytes) {
    session.receive(now, bytes);
    return session.take_output();
  }
  syncer::Instant now{};
  SocketSession session;
};

const std::string kPing = "\x89" + std::string(1, '\0');

TEST(WatcherSocket, TellsEventsInOrderAndPingsEvery30Seconds) {
  Subject subject(SocketSubject::Kind::Watcher);
  Socket socket(subject);
  EXPECT_EQ(socket.pass(0s), "");
  subject.events = {"a", "b"};
  EXPECT_EQ(socket.pass(1s),
            "\x81\x01"
            "a\x81\x01"
            "b");
  EXPECT_EQ(socket.pass(28s), "");
  EXPECT_EQ(socket.pass(1s), kPing);
  EXPECT_EQ(socket.say(masked(0x81, "anything")), "");
  EXPECT_EQ(socket.say(masked(0x8a, "")), "");
  EXPECT_EQ(socket.pass(30s), kPing);
}

TEST(WatcherSocket, PingsNoClientThatPingsAndNoDeletedService) {
  Subject subject(SocketSubject::Kind::Watcher);
  Socket socket(subject);
  EXPECT_EQ(socket.say(masked(0x89, "x")), "\x8a\x01x");
  EXPECT_EQ(socket.pass(31s), "");
  Subject deleted(SocketSubject::Kind::Watcher);
  Socket silent(deleted);
  Socket old(deleted, Release::V1_3_0);
  deleted.there = false;
  EXPECT_EQ(silent.pass(31s), "");
  EXPECT_EQ(old.pass(31s), encode_frame(Opcode::Text, "Service does not exit."));
}

TEST(WatcherSocket, EndsWithATextWhenTheServiceIsUnknown) {
  Subject subject(SocketSubject::Kind::Watcher);
  subject.there = false;
  Socket socket(subject);
  EXPECT_TRUE(socket.session.is_over());
  EXPECT_EQ(socket.session.take_output(), encode_frame(Opcode::Text, "service does not exist"));
  EXPECT_EQ(Socket(subject, Release::V1_3_0).session.take_output(),
            encode_frame(Opcode::Text, "Service does not exist."));
}

TEST(WatcherSocket, EndsWhenTheClientClosesIsSilentOrBreaksTheRules) {
  Subject subject(SocketSubject::Kind::Watcher);
  Socket closed(subject);
  EXPECT_EQ(closed.say(masked(0x88, "\x03\xe8why") + masked(0x89, "x")), "\x88\x02\x03\xe8");
  EXPECT_TRUE(closed.session.is_over());
  Socket silent(subject);
  silent.pass(119s);
  EXPECT_FALSE(silent.session.is_over());
  silent.pass(1s);
  EXPECT_TRUE(silent.session.is_over());
  Socket alive(subject);
  alive.pass(119s);
  alive.say(masked(0x8a, ""));
  alive.pass(119s);
  EXPECT_FALSE(alive.session.is_over());
  EXPECT_EQ(alive.say(masked(0x81, std::string(65, 'x'))), close_frame(close_code::kTooBig, ""));
  EXPECT_TRUE(alive.session.is_over());
}

TEST(HeartbeatSocket, RenewsWithEveryPongAndEndsWhenTheInstanceIsGone) {
  Subject subject(SocketSubject::Kind::Heartbeat);
  Socket socket(subject);
  EXPECT_EQ(subject.asked, 1);
  EXPECT_EQ(socket.pass(30s), kPing);
  EXPECT_EQ(socket.say(masked(0x8a, "")), "");
  EXPECT_EQ(subject.asked, 2);
  subject.there = false;
  EXPECT_EQ(socket.say(masked(0x8a, "")),
            close_frame(4001, "heartbeat reporting failed because the instance does not exist"));
  EXPECT_TRUE(socket.session.is_over());
}

/// The events a service gets that watches.
std::vector<std::string> actions(Center& sc, WatchId id) {
  std::vector<std::string> out;
  for (const std::string& event : sc.model.take_events(id)) {
    out.push_back(Center::value(event, "action") + " " + Center::value(event, "instanceId") + " " +
                  Center::value(event, "serviceName"));
  }
  return out;
}

TEST(Watch, TellsWhatBecomesVisibleOfProvidersThatWereFound) {
  ModelOptions options = plain_options();
  options.lags = Lags{};
  options.delete_visibility = 2300ms;
  Center sc(options);
  const std::string cart = sc.service("cart");
  const std::string pay = sc.service("pay");
  const std::string web = sc.service("web");
  const auto target = sc.model.socket_target({"GET", "", sc.base + "/microservices/" + web + "/watcher", {}, ""});
  ASSERT_TRUE(target);
  EXPECT_TRUE(sc.model.has_service(*target));
  const WatchId watch = sc.model.open_watch(*target);
  sc.get("/instances?appId=shop&serviceName=cart", {{"X-ConsumerId", web}});
  sc.instance(cart, R"(,"instanceId":"i1")");
  sc.instance(pay, R"(,"instanceId":"i2")");
  EXPECT_EQ(actions(sc, watch), std::vector<std::string>{});
  sc.pass(400ms);
  EXPECT_EQ(actions(sc, watch), std::vector<std::string>{"CREATE i1 cart"});
  sc.put("/microservices/" + cart + "/instances/i1/status?value=DOWN");
  sc.pass(400ms);
  EXPECT_EQ(actions(sc, watch), std::vector<std::string>{"UPDATE i1 cart"});
  sc.del("/microservices/" + cart + "/instances/i1");
  sc.pass(2200ms);
  EXPECT_EQ(actions(sc, watch), std::vector<std::string>{});
  sc.pass(100ms);
  const auto events = sc.model.take_events(watch);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(
      events[0].find(R"({"action":"DELETE","key":{"tenant":"default/default","appId":"shop","serviceName":"cart",)"
                     R"("version":"1.0.0"},"instance":{"instanceId":"i1",)"),
      0U)
      << events[0];
  EXPECT_NE(events[0].find(R"("status":"DOWN")"), std::string::npos);
}

TEST(Watch, ForgetsAllWhenTooManyWait) {
  Center sc;
  const std::string cart = sc.service("cart");
  const std::string web = sc.service("web");
  const WatchId watch = sc.model.open_watch({"default", "default", web, ""});
  sc.get("/instances?appId=shop&serviceName=cart", {{"X-ConsumerId", web}});
  sc.instance(cart, R"(,"instanceId":"i1")");
  for (int i = 0; i < 5001; ++i) sc.put("/microservices/" + cart + "/instances/i1/status?value=DOWN");
  EXPECT_EQ(sc.model.take_events(watch).size(), 2U);
}

TEST(Watch, IsAskedForByItsPathsOnly) {
  Center sc;
  const auto target = [&](const std::string& path, Release release = Release::V2_2_0) {
    return Center(plain_options(release))
        .model.socket_target({"GET", "", sc.base + path, {{"X-Domain-Name", "d"}}, ""});
  };
  EXPECT_EQ(target("/microservices/s/watcher")->domain, "d");
  EXPECT_EQ(target("/microservices/s/instances/i/heartbeat")->instance_id, "i");
  EXPECT_FALSE(target("/microservices/s/instances/i/heartbeat", Release::V1_3_0));
  EXPECT_FALSE(target("/microservices/s"));
}

}  // namespace
}  // namespace mocksc::testing
