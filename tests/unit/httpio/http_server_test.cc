// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <future>
#include <thread>

#include "syncer/httpio/blocking_call.h"
#include "syncer/httpio/blocking_stream.h"

namespace syncer::httpio {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A TCP connection of a client that does what it likes.
class Client {
 public:
  explicit Client(const Endpoint& to) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { ::close(descriptor_); }
  Client(Client&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

  bool send(std::string_view bytes) const {
    return ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// Everything until the server closes.
  std::string read_all() const {
    std::string all;
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = ::recv(descriptor_, buffer.data(), buffer.size(), 0)) > 0;)
      all.append(buffer.data(), static_cast<std::size_t>(size));
    return all;
  }

 private:
  int descriptor_;
};

/// A body that the test gives part by part.
class Parts final : public BodyStream {
 public:
  std::optional<Bytes> take() override {
    if (parts.empty()) return ended ? std::nullopt : std::optional<Bytes>("");
    Bytes part = std::move(parts.front());
    parts.erase(parts.begin());
    return part;
  }
  Bytes pulse() override { return pulse_text; }
  void too_slow() override { ++slow; }
  void give(Bytes part) {
    parts.push_back(std::move(part));
    wake();
  }
  void end() {
    ended = true;
    wake();
  }

  std::vector<Bytes> parts;
  Bytes pulse_text = ":";
  bool ended = false;
  int slow = 0;
};

class HttpServerTest : public testing::Test {
 protected:
  void listen(const SocketAddress& local, const ServerLimits& limits = {}) {
    auto server = HttpServer::listen(loop_, local, std::nullopt, limits, [this](const auto& request, const auto& who) {
      callers_.push_back(who);
      if (request.target == "/stream") return Answer{200, "text/plain", "begin\n", {}, stream_};
      return Answer{200, "text/plain", request.target + "\n"};
    });
    ASSERT_TRUE(server) << to_string(server.error());
    server_ = std::move(*server);
  }
  void listen_tcp(const ServerLimits& limits = {}) { listen({"", *parse_endpoint("127.0.0.1:0")}, limits); }
  std::string path() const { return testing::TempDir() + "syncer-http-server-" + std::to_string(::getpid()); }
  Client connect() { return Client(server_->local().endpoint); }

  /// Turns the loop until `blocking`, on a thread of its own, has its answer.
  template <class Blocking>
  auto turn_until(Blocking blocking) {
    auto answer = std::async(std::launch::async, blocking);
    const auto ready = [&] { return answer.wait_for(seconds(0)) == std::future_status::ready; };
    while (!ready()) loop_.run_until(ready, loop_.now() + milliseconds(5));
    return answer.get();
  }
  Result<HttpResponse> ask(const std::string& method = "GET", const std::string& target = "/a") {
    return turn_until([&, to = server_->local()] {
      return call_and_wait(to, {method, "", target, {{"Connection", "close"}}, ""}, seconds(5));
    });
  }

  net::Loop loop_;
  std::vector<Caller> callers_;
  std::shared_ptr<Parts> stream_ = std::make_shared<Parts>();
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AUnixSocketTellsWhoAsks) {
  listen({path(), {}});
  const auto answer = ask();
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->body, "/a\n");
  EXPECT_EQ(callers_.at(0).who, "uid " + std::to_string(::geteuid()) + " gid " + std::to_string(::getegid()) + " pid " +
                                    std::to_string(::getpid()));
  EXPECT_EQ(callers_.at(0).host, "uid " + std::to_string(::geteuid()));
}

TEST_F(HttpServerTest, AUnixSocketIsOpenToItsGroupAndGoneWithTheServer) {
  listen({path(), {}});
  struct stat about {};
  ASSERT_EQ(::stat(path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0660U);
  const auto second = HttpServer::listen(loop_, {path(), {}}, std::nullopt, {}, nullptr);
  ASSERT_FALSE(second);
  EXPECT_NE(to_string(second.error()).find("another process listens"), std::string::npos) << to_string(second.error());
  server_.reset();
  EXPECT_NE(::stat(path().c_str(), &about), 0);
}

TEST_F(HttpServerTest, WhatACrashLeftIsReplacedAndOtherFilesAreNot) {
  listen({path(), {}});
  ASSERT_EQ(::rename(path().c_str(), (path() + "~").c_str()), 0);
  server_.reset();  // removes the old name only
  ASSERT_EQ(::rename((path() + "~").c_str(), path().c_str()), 0);
  listen({path(), {}});
  EXPECT_TRUE(ask());
  server_.reset();
  std::ofstream(path()) << "precious";
  EXPECT_FALSE(HttpServer::listen(loop_, {path(), {}}, std::nullopt, {}, nullptr));
  EXPECT_EQ(::unlink(path().c_str()), 0) << "it was left alone";
}

TEST_F(HttpServerTest, TcpTellsBothAddresses) {
  listen_tcp();
  ASSERT_TRUE(ask());
  EXPECT_EQ(callers_.at(0).host, "127.0.0.1");
  EXPECT_EQ(callers_.at(0).local, to_string(server_->local().endpoint));
  EXPECT_TRUE(callers_.at(0).is_loopback);
}

TEST_F(HttpServerTest, AConnectionServesOneRequestAfterTheOther) {
  listen_tcp();
  const std::string text = turn_until([&] {
    const Client client = connect();
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.0\r\n\r\n");
    return client.read_all();
  });
  EXPECT_NE(text.find("\r\n\r\n/1\nHTTP/1.1 200 OK"), std::string::npos) << text;
  EXPECT_EQ(text.find("/2\n"), std::string::npos) << "HEAD has no body: " << text;
  EXPECT_NE(text.find("Connection: close\r\n\r\n/3\n"), std::string::npos) << text;
}

TEST_F(HttpServerTest, ARefusalIsAnsweredAndClosesTheConnection) {
  listen_tcp();
  const std::string text = turn_until([&] {
    const Client client = connect();
    client.send("nonsense\r\n\r\nGET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.read_all();
  });
  EXPECT_EQ(text.rfind("HTTP/1.1 400 ", 0), 0U) << text;
  EXPECT_TRUE(callers_.empty());
}

/// By what it sends, whatever time that takes.
TEST_F(HttpServerTest, AnEndlessHeadIsCutOffAtItsLimit) {
  listen_tcp({.linger_time = std::chrono::seconds(60)});
  const auto [sent, text] = turn_until([&] {
    const Client client = connect();
    std::size_t headers = 0;
    client.send("GET / HTTP/1.1\r\n");
    while (headers < 1'000'000 && client.send("A: " + std::string(1000, 'a') + "\r\n")) ++headers;
    return std::pair(headers, client.read_all());
  });
  EXPECT_LT(sent, 100'000U) << "the server read on";
  EXPECT_TRUE(text.empty() || text.rfind("HTTP/1.1 431 ", 0) == 0) << text;
}

TEST_F(HttpServerTest, WhoSaysNothingOrOneByteAfterTheOtherIsCutOff) {
  listen_tcp({.request_time = milliseconds(60)});
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(turn_until([&] { return connect().read_all(); }), "");
  EXPECT_EQ(turn_until([&] {
              const Client client = connect();
              while (client.send("G")) std::this_thread::yield();
              return client.read_all();
            }).find("200"),
            std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds(5));
}

TEST_F(HttpServerTest, AnIdleConnectionIsClosedAfterAWhile) {
  listen_tcp({.idle_time = milliseconds(60)});
  const std::string text = turn_until([&] {
    const Client client = connect();
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.read_all();
  });
  EXPECT_NE(text.find("/1\n"), std::string::npos) << text;
}

TEST_F(HttpServerTest, SilentConnectionsKeepNobodyOut) {
  listen_tcp({.connections = 8});
  std::vector<Client> silent;
  for (int i = 0; i < 300; ++i) {
    silent.push_back(connect());
    bool turned = false;
    loop_.post([&] { turned = true; });
    loop_.run_until([&] { return turned; }, loop_.now() + seconds(5));
  }
  const auto answer = ask();
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->status, 200);
}

TEST_F(HttpServerTest, NobodyThereIsUnreachable) {
  for (const SocketAddress& nowhere : {SocketAddress{path(), {}}, SocketAddress{"", *parse_endpoint("127.0.0.1:1")}}) {
    const auto answer = call_and_wait(nowhere, {"GET", "", "/livez", {}, ""}, seconds(5));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::Unreachable) << to_string(answer.error());
  }
}

TEST_F(HttpServerTest, WhoNeverAnswersIsNotWaitedForForEver) {
  listen_tcp();
  const auto answer = call_and_wait(server_->local(), {"GET", "", "/", {}, ""}, milliseconds(50));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::Timeout);
}

TEST_F(HttpServerTest, ABodyInPartsGoesOutAsItComesAndEndsWithItsConnection) {
  listen_tcp();
  std::string got;
  const auto done = turn_until([&, to = server_->local()] {
    return read_stream(to, {"GET", "", "/stream", {}, ""}, seconds(5), [&](ByteView part) {
      got.append(part);
      loop_.post([this, count = got.size()] {
        if (count == 6) stream_->give("one\n");
        if (count == 10) {
          stream_->give("two\n");
          stream_->give("three\n");
          stream_->end();
        }
      });
      return true;
    });
  });
  ASSERT_TRUE(done) << to_string(done.error());
  EXPECT_EQ(got, "begin\none\ntwo\nthree\n");
}

TEST_F(HttpServerTest, AQuietStreamBeatsSoThatAnEndIsNoticed) {
  ServerLimits limits;
  limits.idle_time = milliseconds(20);
  listen_tcp(limits);
  std::string got;
  const auto done = turn_until([&, to = server_->local()] {
    return read_stream(to, {"GET", "", "/stream", {}, ""}, seconds(5), [&](ByteView part) {
      got.append(part);
      return got.size() < 9;
    });
  });
  EXPECT_TRUE(done);
  EXPECT_EQ(got, "begin\n:::");
  const std::weak_ptr<Parts> stream = stream_;
  stream_.reset();
  EXPECT_TRUE(loop_.run_until([&] { return stream.expired(); }, loop_.now() + seconds(5))) << "the client is gone";
}

TEST_F(HttpServerTest, WhoDoesNotReadAStreamIsCutOffAndThatIsTold) {
  ServerLimits limits;
  limits.answer_time = milliseconds(100);
  listen_tcp(limits);
  for (int i = 0; i < 64; ++i) stream_->parts.push_back(Bytes(1U << 20U, 'x'));
  const Client client = connect();
  EXPECT_TRUE(client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_TRUE(loop_.run_until([&] { return stream_->slow == 1; }, loop_.now() + seconds(5)));
}

TEST_F(HttpServerTest, AStreamThatIsRefusedSaysWhy) {
  listen_tcp();
  const auto done = turn_until([&, to = server_->local()] {
    return read_stream(to, {"BAD METHOD", "", "/stream", {}, ""}, seconds(5), [](ByteView) { return true; });
  });
  ASSERT_FALSE(done);
}

}  // namespace
}  // namespace syncer::httpio
