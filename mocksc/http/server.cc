// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/server.h"

#include <httplib.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>

#include "mocksc/http/backend.h"
#include "mocksc/http/connection.h"

namespace mocksc {
namespace {

/// Enough for some dozens of pollers; a connection that idles gives its worker up when others wait.
constexpr std::size_t kWorkers = 64;
constexpr std::size_t kMaxPayload = 4U << 20U;
constexpr syncer::Duration kKeepAlive = std::chrono::seconds(5);

/// A thread pool that knows how many connections wait for a worker.
class Pool : public httplib::TaskQueue {
 public:
  explicit Pool(std::atomic<std::size_t>& waiting) : waiting_(waiting), threads_(kWorkers) {}
  void enqueue(std::function<void()> job) override {
    ++waiting_;
    threads_.enqueue([this, job = std::move(job)] {
      --waiting_;
      job();
    });
  }
  void shutdown() override { threads_.shutdown(); }

 private:
  std::atomic<std::size_t>& waiting_;
  httplib::ThreadPool threads_;
};

/// Lets httplib parse requests from, and write answers to, a Connection.
class ConnectionStream : public httplib::Stream {
 public:
  explicit ConnectionStream(Connection& connection) : connection_(connection) {}
  bool is_readable() const override { return true; }
  bool is_writable() const override { return !connection_.is_cut(); }
  ssize_t read(char* to, std::size_t size) override { return connection_.read(to, size); }
  ssize_t write(const char* from, std::size_t size) override { return connection_.write(from, size); }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return connection_.socket(); }

 private:
  Connection& connection_;
};

/// The connection whose request this worker is answering: httplib hands handlers no way to drop an answer.
thread_local Connection* current = nullptr;

syncer::HttpRequest to_model(const httplib::Request& in) {
  syncer::HttpRequest out{in.method, {}, in.target, {}, in.body};
  for (const auto& [name, value] : in.headers) out.headers.add(name, value);
  return out;
}

/// Declares more octets than there are, so that the client can see that some are missing.
void set_truncated(httplib::Response& out, const std::string& body, const std::string& type) {
  out.set_content_provider(body.size() * 2 + 1, type, [body](std::size_t offset, std::size_t, httplib::DataSink& sink) {
    if (offset > 0) return false;
    sink.write(body.data(), body.size());
    return !body.empty();
  });
}

void to_wire(const Outcome& outcome, httplib::Response& out) {
  const syncer::HttpResponse& in = outcome.response;
  out.status = in.status;
  std::string type = "text/plain; charset=UTF-8";
  for (const auto& [name, value] : in.headers) {
    if (name == "Content-Type") {
      type = value;
    } else {
      out.headers.emplace(name, value);
    }
  }
  if (outcome.is_truncated) {
    set_truncated(out, in.body, type);
  } else {
    out.set_content(in.body, type);
  }
}

/// One listening address.
class FrontEnd : public httplib::Server {
 public:
  FrontEnd(std::size_t number, bool is_logging, const std::atomic<bool>& stopping)
      : number_(number), is_logging_(is_logging), stopping_(stopping) {
    new_task_queue = [this] { return new Pool(waiting_); };
    set_payload_max_length(kMaxPayload);
    set_tcp_nodelay(true);
    // Only what the Keep-Alive header tells: the loop below decides when a connection ends.
    set_keep_alive_max_count(1'000'000);
    set_keep_alive_timeout(5);
    // Not SO_REUSEPORT, httplib's default: two servers would share a port without a word.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    const auto serve = [this](const httplib::Request& in, httplib::Response& out) { answer(in, out); };
    Get(".*", serve).Post(".*", serve).Put(".*", serve).Delete(".*", serve).Patch(".*", serve).Options(".*", serve);
    // httplib waits for the end of the connection when a PUT or DELETE has no Content-Length, as curl sends them.
    set_pre_routing_handler([this](const httplib::Request& in, httplib::Response& out) {
      if (in.has_header("Content-Length") || in.has_header("Transfer-Encoding")) return HandlerResponse::Unhandled;
      answer(in, out);
      return HandlerResponse::Handled;
    });
  }

  /// The bound port, or 0.
  int bind(const syncer::Endpoint& endpoint) {
    if (endpoint.port == 0) return std::max(bind_to_any_port(endpoint.host()), 0);
    return bind_to_port(endpoint.host(), endpoint.port) ? endpoint.port : 0;
  }
  void serve(Backend& backend) {
    backend_ = &backend;
    thread_ = std::thread([this] { listen_after_bind(); });
    // stop() is ignored until the thread runs.
    while (!is_running()) std::this_thread::yield();
  }
  void finish() {
    if (!thread_.joinable()) return;
    stop();
    thread_.join();
  }

 private:
  bool process_and_close_socket(socket_t socket) override {
    Connection connection(socket, stopping_);
    ConnectionStream stream(connection);
    current = &connection;
    bool is_closed = false;
    while (!is_closed && !stopping_ && connection.wait_for_request(kKeepAlive, waiting_)) {
      if (!process_request(stream, waiting_ > 0, is_closed, nullptr)) break;
    }
    current = nullptr;
    return true;
  }

  void answer(const httplib::Request& in, httplib::Response& out) {
    const Outcome outcome = backend_->handle(number_, to_model(in));
    log(in, outcome);
    const bool is_alive = outcome.delay == syncer::Duration(0) || current->hold(outcome.delay);
    if (outcome.kind != Outcome::Kind::Answer || !is_alive) {
      current->cut(outcome.kind == Outcome::Kind::Reset);
    } else {
      to_wire(outcome, out);
    }
  }

  void log(const httplib::Request& in, const Outcome& outcome) const {
    if (!is_logging_) return;
    const std::string result =
        outcome.kind == Outcome::Kind::Answer ? std::to_string(outcome.response.status) : std::string("no answer");
    std::fprintf(stderr, "front-end %zu: %s %s -> %s\n", number_, in.method.c_str(), in.target.c_str(), result.c_str());
  }

  std::size_t number_;
  bool is_logging_;
  const std::atomic<bool>& stopping_;
  std::atomic<std::size_t> waiting_{0};
  Backend* backend_ = nullptr;
  std::thread thread_;
};

}  // namespace

struct Server::Impl {
  std::atomic<bool> stopping{false};
  std::unique_ptr<Backend> backend;
  std::vector<std::unique_ptr<FrontEnd>> frontends;
  std::vector<syncer::Endpoint> endpoints;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

syncer::Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
  auto impl = std::make_unique<Impl>();
  for (syncer::Endpoint endpoint : options.listen) {
    auto& frontend = impl->frontends.emplace_back(
        std::make_unique<FrontEnd>(impl->frontends.size(), options.is_logging, impl->stopping));
    const int port = frontend->bind(endpoint);
    if (port == 0) {
      return syncer::failure(syncer::ErrorCode::Io, to_string(endpoint),
                             "cannot listen: the address is not free or not here");
    }
    endpoint.port = static_cast<std::uint16_t>(port);
    impl->endpoints.push_back(endpoint);
    options.model.frontends.push_back("rest://" + to_string(endpoint) + "/");
  }
  impl->backend = std::make_unique<Backend>(std::move(options.model), options.seed);
  for (auto& frontend : impl->frontends) frontend->serve(*impl->backend);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() {
  impl_->stopping = true;
  for (auto& frontend : impl_->frontends) frontend->finish();
}

const std::vector<syncer::Endpoint>& Server::endpoints() const { return impl_->endpoints; }

}  // namespace mocksc
