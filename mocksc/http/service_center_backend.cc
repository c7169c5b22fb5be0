// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/service_center_backend.h"

#include <string>
#include <utility>
#include <vector>

#include "mocksc/fault/control.h"
#include "mocksc/http/websocket.h"
#include "mocksc/servicecenter/fault/faulty_frontend.h"

namespace mocksc {
namespace {

syncer::HttpRequest heartbeat_of(const SocketTarget& target) {
  syncer::HttpRequest out;
  out.method = "PUT";
  out.target = "/v4/" + syncer::percent_encode(target.project) + "/registry/microservices/" +
               syncer::percent_encode(target.service_id) + "/instances/" + syncer::percent_encode(target.instance_id) +
               "/heartbeat";
  out.headers.add("X-Domain-Name", target.domain);
  return out;
}

class ServiceCenterBackend final : public Backend {
 public:
  explicit ServiceCenterBackend(ServerOptions options);

  syncer::Instant now() const override { return clock_(); }
  Outcome handle(std::size_t frontend, const syncer::HttpRequest& request) override;
  std::unique_ptr<SocketSubject> socket_of(const syncer::HttpRequest& request, const Outcome& outcome) override;
  std::unique_ptr<SocketSession> open(SocketSubject& subject) override {
    return std::make_unique<SocketSession>(subject, release_, now());
  }
  bool is_out(std::size_t frontend) override;

 private:
  class Watcher;
  class Heart;
  std::function<syncer::Instant()> clock_;
  Release release_;
  std::mutex mutex_;
  FaultyFrontend registry_;
};

/// A service that watches, from the beginning of its websocket to the end.
class ServiceCenterBackend::Watcher final : public SocketSubject {
 public:
  Watcher(ServiceCenterBackend& backend, SocketTarget target) : backend_(backend), target_(std::move(target)) {
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
  ServiceCenterBackend& backend_;
  SocketTarget target_;
  WatchId id_ = 0;
};

/// An instance that lives for as long as its websocket answers.
class ServiceCenterBackend::Heart final : public SocketSubject {
 public:
  Heart(ServiceCenterBackend& backend, const SocketTarget& target) : backend_(backend), beat_(heartbeat_of(target)) {}

  Kind kind() const override { return Kind::Heartbeat; }
  bool is_there() override {
    const std::lock_guard<std::mutex> lock(backend_.mutex_);
    return backend_.registry_.handle_unharmed(backend_.clock_(), 0, beat_).status == 200;
  }
  std::vector<std::string> take_events() override { return {}; }

 private:
  ServiceCenterBackend& backend_;
  syncer::HttpRequest beat_;
};

ServiceCenterBackend::ServiceCenterBackend(ServerOptions options)
    : clock_(clock_of(options)),
      release_(options.model.release),
      registry_(Model(std::move(options.model), syncer::Random(options.seed).stream("model")),
                syncer::Random(options.seed).stream("faults")) {}

Outcome ServiceCenterBackend::handle(std::size_t frontend, const syncer::HttpRequest& request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (is_control(request.target)) return {Outcome::Kind::Answer, control(registry_, clock_(), request)};
  return registry_.handle(clock_(), frontend, request);
}

std::unique_ptr<SocketSubject> ServiceCenterBackend::socket_of(const syncer::HttpRequest& request,
                                                               const Outcome& outcome) {
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

bool ServiceCenterBackend::is_out(std::size_t frontend) {
  const std::lock_guard<std::mutex> lock(mutex_);
  registry_.advance(clock_());
  return registry_.is_out(frontend);
}

}  // namespace

syncer::Result<std::unique_ptr<Backend>> make_service_center_backend(ServerOptions options) {
  if (!options.settings.empty()) {
    return syncer::failure(syncer::ErrorCode::Invalid, "--set", "a service center has flags of its own");
  }
  if (!options.release.empty()) {
    const auto release = parse_release(options.release);
    if (!release) return tl::unexpected(release.error());
    options.model.release = *release;
  }
  options.model.wall_at_zero = options.clock ? options.model.wall_at_zero : wall_at_zero(options);
  return std::unique_ptr<Backend>(std::make_unique<ServiceCenterBackend>(std::move(options)));
}

}  // namespace mocksc
