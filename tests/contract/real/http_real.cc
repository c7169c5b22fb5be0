// SPDX-License-Identifier: Apache-2.0
#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "syncer/httpio/http_client.h"
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

syncer::httpio::HttpOptions two_connections() {
  syncer::httpio::HttpOptions options;
  options.connections = 2;  // fewer than stuck calls in the suite: a stuck place must come free again
  return options;
}

class RealHttp : public LoopWorld<HttpHarness> {
 public:
  explicit RealHttp(syncer::httpio::HttpOptions options = two_connections())
      : client_(loop_, std::move(options),
                [this](syncer::CallId id, auto answer) { outcomes_.emplace_back(id, std::move(answer)); }) {
    syncer::net::TcpStreams passing(loop_, {});
    nobody_ = "http://" + to_string(passing.listen(syncer::Listener::Rpc, loopback()).value());
  }
  syncer::Http& http() override { return client_; }
  std::string origin() override { return server_.origin(); }
  void serve(Handler handler) override { server_.serve(std::move(handler)); }
  std::string nobody() override { return nobody_; }
  const std::vector<HttpOutcome>& outcomes() override { return outcomes_; }

 private:
  std::vector<HttpOutcome> outcomes_;
  TestServer server_;
  std::string nobody_;
  syncer::httpio::HttpClient client_;
};

INSTANTIATE_TEST_SUITE_P(Real, HttpContract, testing::Values([]() -> std::unique_ptr<HttpHarness> {
                           return std::make_unique<RealHttp>();
                         }));

TEST(HttpClient, AnAnswerOverTheLimitIsAnErrorNotAnAllocation) {
  syncer::httpio::HttpOptions options = two_connections();
  options.limits.body = 1000;
  RealHttp world(options);
  world.serve([](const auto&) { return syncer::HttpResponse{200, {}, std::string(100'000, 'x')}; });
  world.http().call(syncer::CallId{1}, {"GET", world.origin(), "/", {}, {}}, world.now() + std::chrono::seconds(5));
  ASSERT_TRUE(world.run_until([&] { return !world.outcomes().empty(); }, std::chrono::seconds(10)));
  ASSERT_FALSE(world.outcomes()[0].second);
  EXPECT_EQ(world.outcomes()[0].second.error().code, syncer::ErrorCode::TooLarge);
}

TEST(HttpClient, ReadsTheTokenAnewForEveryCall) {
  const std::string path = testing::TempDir() + "/token-of-http-client-" + std::to_string(::getpid());
  syncer::httpio::HttpOptions options = two_connections();
  options.token_file = path;
  RealHttp world(options);
  world.serve([](const syncer::HttpRequest& request) {
    const std::string* token = request.headers.find("Authorization");
    return syncer::HttpResponse{200, {}, token != nullptr ? *token : "none"};
  });
  for (const std::string token : {"first", "second"}) {
    std::ofstream(path) << token << "\n";
    ::chmod(path.c_str(), 0600);
    const std::size_t before = world.outcomes().size();
    world.http().call(syncer::CallId{before + 1}, {"GET", world.origin(), "/", {}, {}},
                      world.now() + std::chrono::seconds(5));
    ASSERT_TRUE(world.run_until([&] { return world.outcomes().size() > before; }, std::chrono::seconds(10)));
    ASSERT_TRUE(world.outcomes().back().second);
    EXPECT_EQ(world.outcomes().back().second->body, "Bearer " + token);
  }
}

TEST(HttpClient, AServerThatSpeaksNoHttpIsAnError) {
  RealHttp world;
  syncer::net::Loop loop;
  std::unique_ptr<syncer::net::TcpStreams> streams;
  syncer::net::StreamCallbacks callbacks;
  callbacks.accepted = [&](syncer::LinkId link, auto, const auto&, const auto&) {
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

/// A server whose every byte a test decides.
class RawServer {
 public:
  /// Called with all that came over a connection since its last answer; what it gives is sent.
  using Script = std::function<std::string(const std::string&)>;

  RawServer(syncer::net::Loop& loop, const syncer::Endpoint& at, Script script) : script_(std::move(script)) {
    syncer::net::StreamCallbacks callbacks;
    callbacks.accepted = [this](syncer::LinkId link, auto, const auto&, const auto&) {
      ++connections;
      links_.push_back(link);
    };
    callbacks.data = [this](syncer::LinkId link, syncer::ByteView bytes) {
      std::string& request = requests_[link];
      request.append(bytes);
      if (request.find("\r\n\r\n") == std::string::npos) return;
      ++requests;
      const std::string answer = script_(std::exchange(request, {}));
      if (answer.empty()) return streams_->close(link);
      streams_->send(link, answer);
      if (closes) streams_->close(link);
    };
    callbacks.closed = [](auto, auto) {};
    streams_ = std::make_unique<syncer::net::TcpStreams>(loop, callbacks);
    origin = "http://" + to_string(streams_->listen(syncer::Listener::Rpc, at).value());
  }
  /// Closes all connections.
  void hang_up() {
    for (const syncer::LinkId link : std::exchange(links_, {})) streams_->close(link);
  }

  std::string origin;
  int connections = 0;
  int requests = 0;
  bool closes = false;  ///< each connection after its answer

 private:
  Script script_;
  std::unique_ptr<syncer::net::TcpStreams> streams_;
  std::map<syncer::LinkId, std::string> requests_;
  std::vector<syncer::LinkId> links_;
};

/// A client and a scripted server on one loop.
struct Raw : LoopWorld<HttpHarness> {
  explicit Raw(RawServer::Script script, const syncer::Endpoint& at = loopback())
      : server(loop_, at, std::move(script)) {}
  syncer::Http& http() override { return client; }
  std::string origin() override { return server.origin; }
  void serve(Handler) override {}
  std::string nobody() override { return {}; }
  const std::vector<HttpOutcome>& outcomes() override { return all; }

  syncer::Result<syncer::HttpResponse> ask(const std::string& method = "GET") {
    const std::size_t before = all.size();
    client.call(syncer::CallId{before + 1}, {method, server.origin, "/", {}, {}}, now() + std::chrono::seconds(5));
    EXPECT_TRUE(run_until([&] { return all.size() > before; }, std::chrono::seconds(20)));
    return all.back().second;
  }

  std::vector<HttpOutcome> all;
  RawServer server;
  syncer::httpio::HttpClient client{
      loop_, two_connections(), [this](syncer::CallId id, auto answer) { all.emplace_back(id, std::move(answer)); }};
};

std::string fine(const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"; }

TEST(HttpClient, ManyRequestsOneAfterAnotherGoOverOneConnection) {
  Raw world(fine);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(world.ask());
  EXPECT_EQ(world.server.requests, 20);
  EXPECT_EQ(world.server.connections, 1);
}

TEST(HttpClient, AConnectionThatTheServerClosedMeanwhileIsReplacedUnnoticed) {
  Raw world(fine);
  ASSERT_TRUE(world.ask());
  world.server.hang_up();
  // Sent before the end of the connection can be seen: a request that may be repeated is sent again.
  const auto again = world.ask();
  EXPECT_TRUE(again) << to_string(again.error());
  EXPECT_EQ(world.server.connections, 2);
}

TEST(HttpClient, WhatMayNotBeRepeatedIsSentOnceAtMost) {
  int answered = 0;
  Raw world([&](const std::string& request) { return ++answered == 1 ? fine(request) : ""; });
  ASSERT_TRUE(world.ask());
  const auto lost = world.ask("POST");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, syncer::ErrorCode::Unreachable);
  EXPECT_EQ(world.server.requests, 2);
  answered = 0;
  ASSERT_TRUE(world.ask());
  EXPECT_FALSE(world.ask("PUT"));  // repeated once, and no more
  EXPECT_EQ(world.server.requests, 5);
}

TEST(HttpClient, AnIpv6OriginWorks) {
  Raw world(fine, syncer::parse_endpoint("[::1]:0").value());
  ASSERT_EQ(world.server.origin.substr(0, 12), "http://[::1]");
  const auto answer = world.ask();
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->body, "fine");
}

TEST(HttpClient, AnswersThatEndWithTheConnectionOrInTrailersAreRead) {
  Raw until_close([](const std::string&) { return "HTTP/1.1 200 OK\r\n\r\nup to the end"; });
  until_close.server.closes = true;
  EXPECT_EQ(until_close.ask()->body, "up to the end");
  Raw trailers([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n";
  });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(trailers.ask()->body, "abc");
  EXPECT_EQ(trailers.server.connections, 1);
}

TEST(HttpClient, AnUntrustedCertificateOrPlainServerBehindHttpsIsUnreachable) {
  RealHttp world;
  const std::string https = "https" + world.origin().substr(4);
  world.http().call(syncer::CallId{1}, {"GET", https, "/", {}, {}}, world.now() + std::chrono::seconds(5));
  ASSERT_TRUE(world.run_until([&] { return !world.outcomes().empty(); }, std::chrono::seconds(10)));
  ASSERT_FALSE(world.outcomes()[0].second);
  EXPECT_EQ(world.outcomes()[0].second.error().code, syncer::ErrorCode::Unreachable);
}

/// A key and a certificate that it signed for itself, for the given alternative name, in two files.
struct Certificate {
  explicit Certificate(const char* name, const std::string& file, int valid_for = 3600) : path(folder() + file) {
    X509_gmtime_adj(X509_getm_notBefore(x509), -7200);
    X509_gmtime_adj(X509_getm_notAfter(x509), valid_for);
    X509_set_version(x509, 2);
    X509_NAME* subject = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(file.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(x509, subject);
    X509_set_pubkey(x509, key);
    X509_EXTENSION* alternative = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name);
    X509_add_ext(x509, alternative, -1);
    X509_EXTENSION_free(alternative);
    X509_sign(x509, key, EVP_sha256());
    FILE* const file_of_certificate = std::fopen(path.c_str(), "w");
    PEM_write_X509(file_of_certificate, x509);
    std::fclose(file_of_certificate);
    FILE* const file_of_key = std::fopen(key_path().c_str(), "w");
    PEM_write_PrivateKey(file_of_key, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file_of_key);
    ::chmod(key_path().c_str(), 0600);
  }
  ~Certificate() {
    X509_free(x509);
    EVP_PKEY_free(key);
    ::unlink(path.c_str());
    ::unlink(key_path().c_str());
  }
  Certificate(const Certificate&) = delete;
  static std::string folder() { return testing::TempDir() + "/http-client-" + std::to_string(::getpid()) + "-"; }
  std::string key_path() const { return path + ".key"; }

  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* x509 = X509_new();
  const std::string path;
};

/// What a client with these options gets from a server that shows the certificate and wants one that `clients` trusts.
syncer::Result<syncer::HttpResponse> over_tls(const Certificate& certificate, const std::string& host,
                                              const syncer::httpio::TlsOptions& tls,
                                              const Certificate* clients = nullptr) {
  X509_STORE* trusted = nullptr;
  if (clients != nullptr) {
    trusted = X509_STORE_new();  // the server owns it
    X509_STORE_add_cert(trusted, clients->x509);
  }
  httplib::SSLServer server(certificate.x509, certificate.key, trusted);
  server.Get(".*", [](const httplib::Request&, httplib::Response& out) { out.set_content("sealed", "text/plain"); });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
  syncer::httpio::HttpOptions options = two_connections();
  options.tls = tls;
  RealHttp world(options);
  world.http().call(syncer::CallId{1}, {"GET", "https://" + host + ":" + std::to_string(port), "/", {}, {}},
                    world.now() + std::chrono::seconds(5));
  EXPECT_TRUE(world.run_until([&] { return !world.outcomes().empty(); }, std::chrono::seconds(10)));
  server.stop();
  thread.join();
  return world.outcomes()[0].second;
}

TEST(HttpClient, ATrustedCertificateOfTheRightNameIsAccepted) {
  for (const auto& [name, host] : {std::pair{"IP:127.0.0.1", "127.0.0.1"}, {"DNS:localhost", "localhost"}}) {
    const Certificate right(name, "right");
    const auto answer = over_tls(right, host, {right.path, "", ""});
    ASSERT_TRUE(answer) << host << ": " << to_string(answer.error());
    EXPECT_EQ(answer->body, "sealed");
  }
}

/// Why the connection failed.
std::string tls_problem(const Certificate& server, const std::string& host, const syncer::httpio::TlsOptions& tls,
                        const Certificate* clients = nullptr) {
  const auto answer = over_tls(server, host, tls, clients);
  if (answer) return "none";
  EXPECT_EQ(answer.error().code, syncer::ErrorCode::Unreachable);
  return answer.error().detail;
}

TEST(HttpClient, AnErrorOfTlsSaysWhichOfTheThreeChecksFailed) {
  const Certificate server("IP:127.0.0.1", "server");
  const Certificate other("DNS:other.example,DNS:second.example", "other");
  const Certificate old("IP:127.0.0.1", "old", -60);
  const Certificate client("DNS:client", "client");
  const Certificate stranger("DNS:stranger", "stranger");
  const syncer::httpio::TlsOptions trusting = {server.path, "", ""};
  const auto starts_with = [](const std::string& text, const std::string& begin) {
    EXPECT_EQ(text.rfind(begin, 0), 0U) << text;
  };
  starts_with(tls_problem(server, "127.0.0.1", {other.path, "", ""}),
              "TLS: CA: the server's certificate is not trusted");
  starts_with(tls_problem(old, "127.0.0.1", {old.path, "", ""}),
              "TLS: CA: the server's certificate is not trusted: "
              "certificate has expired");
  starts_with(tls_problem(other, "127.0.0.1", {other.path, "", ""}),
              "TLS: host name: the server's certificate is not for 127.0.0.1");
  starts_with(tls_problem(other, "localhost", {other.path, "", ""}),
              "TLS: host name: the server's certificate is not for localhost");
  starts_with(tls_problem(server, "127.0.0.1", trusting, &client),
              "TLS: client certificate: the server wants one; give registry.cert-file");
  starts_with(tls_problem(server, "127.0.0.1", {server.path, stranger.path, stranger.key_path()}, &client),
              "TLS: client certificate: the server refuses that of registry.cert-file");
  EXPECT_EQ(tls_problem(server, "127.0.0.1", {server.path, client.path, client.key_path()}, &client), "none");
}

TEST(HttpClient, FilesOfCertificatesAreCheckedBeforeTheFirstCall) {
  const Certificate one("DNS:one", "one");
  const Certificate two("DNS:two", "two");
  const auto problem = [](const syncer::httpio::TlsOptions& tls) {
    syncer::httpio::HttpOptions options;
    options.tls = tls;
    const auto usable = check(options);
    return usable ? "none" : to_string(usable.error());
  };
  EXPECT_EQ(problem({one.path, one.path, one.key_path()}), "none");
  EXPECT_NE(problem({one.path + ".absent", "", ""}).find("trusted certificates"), std::string::npos);
  EXPECT_NE(problem({"", one.key_path(), one.key_path()}).find("cannot be read as a certificate"), std::string::npos);
  EXPECT_NE(problem({"", one.path, one.path}).find("chmod 600"), std::string::npos)
      << problem({"", one.path, one.path});
  EXPECT_NE(problem({"", one.path, two.key_path()}).find("is not the key of " + one.path), std::string::npos);
  ::chmod(one.key_path().c_str(), 0644);
  EXPECT_NE(problem({"", one.path, one.key_path()}).find("chmod 600"), std::string::npos);
}

TEST(HttpClient, EndingItWithAStuckCallDoesNotHang) {
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
