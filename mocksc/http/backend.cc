// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/backend.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "mocksc/http/websocket.h"
#include "mocksc/servicecenter/fault/control.h"

namespace mocksc {
namespace {

std::function<syncer::Instant()> real_clock() {
  return [start = std::chrono::steady_clock::now()] {
    return syncer::Instant(std::chrono::duration_cast<syncer::Duration>(std::chrono::steady_clock::now() - start));
  };
}

ModelOptions with_wall_clock(ModelOptions options) {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  options.wall_at_zero = std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count();
  return options;
}

syncer::HttpRequest heartbeat_of(const SocketTarget& target) {
  syncer::HttpRequest out;
  out.method = "PUT";
  out.target = "/v4/" + syncer::percent_encode(target.project) + "/registry/microservices/" +
               syncer::percent_encode(target.service_id) + "/instances/" + syncer::percent_encode(target.instance_id) +
               "/heartbeat";
  out.headers.add("X-Domain-Name", target.domain);
  return out;
}

}  // namespace

/// A service that watches, from the beginning of its websocket to the end.
class Backend::Watcher final : public SocketSubject {
 public:
  Watcher(Backend& backend, SocketTarget target) : backend_(backend), target_(std::move(target)) {
    const std::lock_guard<std::mutex> lock(backend_.mutex_);
    id_ = backend_.registry_.model().open_watch(target_);
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() override {
    const std::lock_guard<std::mutex> lock(backend_.mutex_);
    backend_.registry_.model().close_watch(id_);
  }

  Kind kind() const override { return Kind::Watcher; }
  bool is_there() override {
    const std::lock_guard<std::mutex> lock(backend_.mutex_);
    return backend_.registry_.model().has_service(target_);
  }
  std::vector<std::string> take_events() override {
    const std::lock_guard<std::mutex> lock(backend_.mutex_);
    backend_.registry_.advance(backend_.clock_());
    return backend_.registry_.model().take_events(id_);
  }

 private:
  Backend& backend_;
  SocketTarget target_;
  WatchId id_ = 0;
};

/// An instance that lives for as long as its websocket answers.
class Backend::Heart final : public SocketSubject {
 public:
  Heart(Backend& backend, const SocketTarget& target) : backend_(backend), beat_(heartbeat_of(target)) {}

  Kind kind() const override { return Kind::Heartbeat; }
  bool is_there() override {
    const std::lock_guard<std::mutex> lock(backend_.mutex_);
    return backend_.registry_.handle_unharmed(backend_.clock_(), 0, beat_).status == 200;
  }
  std::vector<std::string> take_events() override { return {}; }

 private:
  Backend& backend_;
  syncer::HttpRequest beat_;
};

Backend::Backend(ServerOptions options)
    : clock_(options.clock ? options.clock : real_clock()),
      release_(options.model.release),
      registry_(Model(options.clock ? std::move(options.model) : with_wall_clock(std::move(options.model)),
                      syncer::Random(options.seed).stream("model")),
                syncer::Random(options.seed).stream("faults")) {}

Outcome Backend::handle(std::size_t frontend, const syncer::HttpRequest& request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (is_control(request.target)) return {Outcome::Kind::Answer, control(registry_, clock_(), request)};
  return registry_.handle(clock_(), frontend, request);
}

std::unique_ptr<SocketSubject> Backend::socket_of(const syncer::HttpRequest& request, const Outcome& outcome) {
  // Only the handler that misses an upgrade says so: no fault got in the way.
  const bool is_missed = outcome.response.headers.find("Sec-Websocket-Version") != nullptr;
  if (!is_missed || !asks_for_websocket(request)) return nullptr;
  std::optional<SocketTarget> target;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    target = registry_.model().socket_target(request);
  }
  if (!target) return nullptr;
  if (!target->instance_id.empty()) return std::make_unique<Heart>(*this, *target);
  return std::make_unique<Watcher>(*this, std::move(*target));
}

bool Backend::is_out(std::size_t frontend) {
  const std::lock_guard<std::mutex> lock(mutex_);
  registry_.advance(clock_());
  return registry_.is_out(frontend);
}

}  // namespace mocksc
