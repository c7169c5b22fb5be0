// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/admin_server.h"

#include <httplib.h>
#include <sys/socket.h>

#include <future>
#include <thread>
#include <utility>

#include "syncer/admin/status_json.h"
#include "syncer/node/facts.h"

namespace syncer::admin {
namespace {

constexpr std::size_t kThreads = 4;
/// A loop that does not turn for this long is stuck.
constexpr std::chrono::seconds kPatience{2};
constexpr const char* kStuck = "the event loop does not turn\n";

/// Asks on the node's thread; nothing when that does not answer in time.
template <class Answer>
std::optional<Answer> ask(const AdminServer::Post& post, std::function<Answer()> question) {
  const auto promise = std::make_shared<std::promise<Answer>>();
  auto future = promise->get_future();
  post([promise, question = std::move(question)] { promise->set_value(question()); });
  if (future.wait_for(kPatience) != std::future_status::ready) return std::nullopt;
  return future.get();
}

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::Invalid:
      return 400;
    case ErrorCode::NotFound:
      return 404;
    case ErrorCode::Refused:
      return 409;
    default:
      return 500;
  }
}

void reply(httplib::Response& out, int status, const std::string& body, const char* type = "text/plain") {
  out.status = status;
  out.set_content(body, type);
}

void reply_error(httplib::Response& out, const Error& error) {
  reply(out, http_status(error.code), to_string(error) + "\n");
}

}  // namespace

struct AdminServer::State {
  State(AdminApi a, Post p) : api(std::move(a)), post(std::move(p)) {}

  /// Answers with what `render` makes of the status, or 503 when the node's thread is stuck.
  template <class Render>
  httplib::Server::Handler with_status(Render render) {
    return [this, render](const httplib::Request&, httplib::Response& out) {
      const auto status = ask<node::Status>(post, api.status);
      if (!status) return reply(out, 503, kStuck);
      render(*status, out);
    };
  }

  void set_routes() {
    server.Get("/livez", [this](const httplib::Request&, httplib::Response& out) {
      const bool turns = ask<bool>(post, [] { return true; }).has_value();
      reply(out, turns ? 200 : 503, turns ? "ok\n" : kStuck);
    });
    server.Get("/readyz", with_status([](const node::Status& status, httplib::Response& out) {
                 std::string reasons;
                 for (const std::string& line : node::problem_lines_of(status)) reasons += line + "\n";
                 reply(out, status.ready ? 200 : 503, status.ready ? "ok\n" : "not ready\n" + reasons);
               }));
    server.Get("/v1/status", with_status([](const node::Status& status, httplib::Response& out) {
                 reply(out, 200, to_json(status), "application/json");
               }));
    server.Get("/v1/members", with_status([](const node::Status& status, httplib::Response& out) {
                 reply(out, 200, to_json(node::MembersReport{status.members}), "application/json");
               }));
    server.Get("/v1/cluster", with_status([](const node::Status& status, httplib::Response& out) {
                 if (!status.group) return reply(out, 409, "this syncer runs in single mode: it has no group\n");
                 reply(out, 200, to_json(node::ClusterReport{status.region, status.group, status.group->problems}),
                       "application/json");
               }));
    server.Get("/v1/keys", [this](const httplib::Request&, httplib::Response& out) {
      const auto report = ask<node::KeysReport>(post, api.keys);
      if (!report) return reply(out, 503, kStuck);
      reply(out, 200, to_json(*report), "application/json");
    });
    server.Get("/metrics", [this](const httplib::Request&, httplib::Response& out) {
      const auto text = ask<std::string>(post, api.metrics);
      if (!text) return reply(out, 503, kStuck);
      reply(out, 200, *text, "text/plain; version=0.0.4");
    });
    set_command_routes();
  }

  void set_command_routes() {
    server.Post(".*", [this](const httplib::Request& in, httplib::Response& out) { run_command(in, out); });
    // A request that announces no body ("curl -X POST") would be read until the connection ends: answered before that.
    server.set_pre_routing_handler([this](const httplib::Request& in, httplib::Response& out) {
      const bool has_body = in.has_header("Content-Length") || in.has_header("Transfer-Encoding");
      if (in.method != "POST" || has_body) return httplib::Server::HandlerResponse::Unhandled;
      run_command(in, out);
      return httplib::Server::HandlerResponse::Handled;
    });
  }

  /// A web page can make a browser post to loopback, but cannot set the header of another origin.
  static bool is_operator(const httplib::Request& in, httplib::Response& out) {
    if (in.has_header("X-Syncer")) return true;
    reply(out, 403, "the header X-Syncer is missing\n");
    return false;
  }

  void run_command(const httplib::Request& in, httplib::Response& out) {
    if (!is_operator(in, out)) return;
    const std::string parameter(parameter_of(in.path));
    const auto command = to_command(in.path, parameter.empty() ? in.body : in.get_param_value(parameter.c_str()));
    if (!command) return reply_error(out, command.error());
    const auto answer = ask<Result<std::string>>(post, [run = api.run, command = *command] { return run(command); });
    if (!answer) return reply(out, 503, kStuck);
    if (!*answer) return reply_error(out, answer->error());
    reply(out, 200, **answer);
  }

  AdminApi api;
  Post post;
  httplib::Server server;
  std::thread thread;
  Endpoint address;
};

Result<std::unique_ptr<AdminServer>> AdminServer::start(const Endpoint& local, AdminApi api, Post post) {
  auto state = std::make_unique<State>(std::move(api), std::move(post));
  state->server.set_keep_alive_timeout(1);  // stop() waits for idle connections
  state->server.set_payload_max_length(64U << 10U);
  state->server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  // The library's default lets several processes share a port, and requests would reach any of them.
  state->server.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  state->set_routes();
  state->address = local;
  const bool any = local.port == 0;
  const int port = any ? state->server.bind_to_any_port(local.host().c_str())
                       : (state->server.bind_to_port(local.host().c_str(), local.port) ? local.port : -1);
  if (port < 0) {
    return failure(ErrorCode::Io, "",
                   "cannot use " + to_string(local) + " (TCP): in use, or no address of this machine");
  }
  state->address.port = static_cast<std::uint16_t>(port);
  state->thread = std::thread([raw = state.get()] { raw->server.listen_after_bind(); });
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(state)));
}

AdminServer::AdminServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

AdminServer::~AdminServer() {
  // stop() before the server listens would be lost and join() would wait for ever.
  while (!state_->server.is_running()) std::this_thread::yield();
  state_->server.stop();
  state_->thread.join();
}

Endpoint AdminServer::local() const { return state_->address; }

}  // namespace syncer::admin
