// SPDX-License-Identifier: Apache-2.0
#include <httplib.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <thread>

#include "syncer/httpio/http_pool.h"
#include "syncer/net/tcp_streams.h"
#include "tests/contract/real/loop_world.h"

namespace contract {
namespace {

/// A cpp-httplib server whose handler may choose never to answer.
class TestServer {
 public:
  TestServer() {
    const auto handle = [this](const httplib::Request& in, httplib::Response& out) { answer(in, out); };
    server_.Get(".*", handle).Put(".*", handle).Post(".*", handle).Delete(".*", handle);
    server_.set_keep_alive_timeout(1);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();  // stop() before that would do nothing
  }
  ~TestServer() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    server_.stop();
    thread_.join();
  }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void serve(Handler handler) {
    const std::lock_guard lock(mutex_);
    handler_ = std::move(handler);
  }

 private:
  void answer(const httplib::Request& in, httplib::Response& out) {
    syncer::HttpRequest request{in.method, origin(), in.target, {}, in.body};
    for (const auto& [name, value] : in.headers) request.headers.add(name, value);
    std::unique_lock lock(mutex_);
    const auto response = handler_ ? handler_(request) : syncer::HttpResponse{200, {}, ""};
    if (!response) return wake_.wait(lock, [this] { return closing_; });
    out.status = response->status;
    for (const auto& [name, value] : response->headers) out.set_header(name, value);
    out.body = response->body;
  }

  httplib::Server server_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool closing_ = false;
  Handler handler_;
  int port_ = 0;
  std::thread thread_;
};

syncer::httpio::HttpOptions two_workers() {
  syncer::httpio::HttpOptions options;
  options.workers = 2;  // fewer than stuck calls in the suite: a stuck worker must come free again
  return options;
}

class RealHttp : public LoopWorld<HttpHarness> {
 public:
  explicit RealHttp(syncer::httpio::HttpOptions options = two_workers())
      : pool_(std::move(options), post(),
              [this](syncer::CallId id, auto answer) { outcomes_.emplace_back(id, std::move(answer)); }) {
    syncer::net::TcpStreams passing(loop_, {});
    nobody_ = "http://" + to_string(passing.listen(syncer::Listener::Rpc, loopback()).value());
  }
  syncer::Http& http() override { return pool_; }
  std::string origin() override { return server_.origin(); }
  void serve(Handler handler) override { server_.serve(std::move(handler)); }
  std::string nobody() override { return nobody_; }
  const std::vector<HttpOutcome>& outcomes() override { return outcomes_; }

 private:
  std::vector<HttpOutcome> outcomes_;
  TestServer server_;
  std::string nobody_;
  syncer::httpio::HttpPool pool_;
};

INSTANTIATE_TEST_SUITE_P(Real, HttpContract, testing::Values([]() -> std::unique_ptr<HttpHarness> {
                           return std::make_unique<RealHttp>();
                         }));

TEST(HttpPool, AnAnswerOverTheLimitIsAnErrorNotAnAllocation) {
  syncer::httpio::HttpOptions options = two_workers();
  options.body_limit = 1000;
  RealHttp world(options);
  world.serve([](const auto&) { return syncer::HttpResponse{200, {}, std::string(100'000, 'x')}; });
  world.http().call(syncer::CallId{1}, {"GET", world.origin(), "/", {}, {}}, world.now() + std::chrono::seconds(5));
  ASSERT_TRUE(world.run_until([&] { return !world.outcomes().empty(); }, std::chrono::seconds(10)));
  ASSERT_FALSE(world.outcomes()[0].second);
  EXPECT_EQ(world.outcomes()[0].second.error().code, syncer::ErrorCode::TooLarge);
}

TEST(HttpPool, ReadsTheTokenAnewForEveryCall) {
  const std::string path = testing::TempDir() + "/token-of-http-pool-" + std::to_string(::getpid());
  syncer::httpio::HttpOptions options = two_workers();
  options.token_file = path;
  RealHttp world(options);
  world.serve([](const syncer::HttpRequest& request) {
    const std::string* token = request.headers.find("Authorization");
    return syncer::HttpResponse{200, {}, token != nullptr ? *token : "none"};
  });
  for (const std::string token : {"first", "second"}) {
    std::ofstream(path) << token << "\n";
    const std::size_t before = world.outcomes().size();
    world.http().call(syncer::CallId{before + 1}, {"GET", world.origin(), "/", {}, {}},
                      world.now() + std::chrono::seconds(5));
    ASSERT_TRUE(world.run_until([&] { return world.outcomes().size() > before; }, std::chrono::seconds(10)));
    ASSERT_TRUE(world.outcomes().back().second);
    EXPECT_EQ(world.outcomes().back().second->body, "Bearer " + token);
  }
}

TEST(HttpPool, AServerThatSpeaksNoHttpIsAnError) {
  RealHttp world;
  syncer::net::Loop loop;
  std::unique_ptr<syncer::net::TcpStreams> streams;
  syncer::net::StreamCallbacks callbacks;
  callbacks.accepted = [&](syncer::LinkId link, auto, const auto&) {
    streams->send(link, "220 mail.example ESMTP\r\n");
    streams->close(link);
  };
  callbacks.data = [](auto, auto) {};
  callbacks.closed = [](auto, auto) {};
  streams = std::make_unique<syncer::net::TcpStreams>(loop, callbacks);
  const auto address = streams->listen(syncer::Listener::Rpc, loopback()).value();
  world.http().call(syncer::CallId{1}, {"GET", "http://" + to_string(address), "/", {}, {}},
                    world.now() + std::chrono::seconds(5));
  const auto both = [&] {
    loop.run_until([] { return false; }, loop.now() + std::chrono::milliseconds(5));
    return !world.outcomes().empty();
  };
  ASSERT_TRUE(world.run_until([&] { return both() || world.run_until(both, std::chrono::milliseconds(5)); },
                              std::chrono::seconds(10)));
  EXPECT_FALSE(world.outcomes()[0].second);
}

TEST(HttpPool, AnUntrustedCertificateOrPlainServerBehindHttpsIsUnreachable) {
  RealHttp world;
  const std::string https = "https" + world.origin().substr(4);
  world.http().call(syncer::CallId{1}, {"GET", https, "/", {}, {}}, world.now() + std::chrono::seconds(5));
  ASSERT_TRUE(world.run_until([&] { return !world.outcomes().empty(); }, std::chrono::seconds(10)));
  ASSERT_FALSE(world.outcomes()[0].second);
  EXPECT_EQ(world.outcomes()[0].second.error().code, syncer::ErrorCode::Unreachable);
}

TEST(HttpPool, EndingItWithAStuckCallDoesNotHang) {
  const syncer::Instant start = syncer::net::steady_now();
  {
    RealHttp world;
    world.serve([](const auto&) { return std::nullopt; });
    world.http().call(syncer::CallId{1}, {"GET", world.origin(), "/", {}, {}}, world.now() + std::chrono::minutes(5));
    world.http().call(syncer::CallId{2}, {"GET", world.nobody(), "/", {}, {}}, world.now() + std::chrono::seconds(9));
    ASSERT_TRUE(world.run_until([&] { return !world.outcomes().empty(); }, std::chrono::seconds(10)));
  }
  EXPECT_LT(syncer::net::steady_now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace contract
