// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/http_client.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "syncer/base/mutation.h"
#include "syncer/httpio/connection.h"
#include "syncer/httpio/request_text.h"
#include "syncer/httpio/token.h"

namespace syncer::httpio {
namespace {

/// RFC 9110 section 9.2.2.
bool is_idempotent(const HttpRequest& request) { return request.method != "POST" && request.method != "PATCH"; }

}  // namespace

struct HttpClient::State : std::enable_shared_from_this<State> {
  /// One call from call() to its report.
  struct Job {
    HttpRequest request;
    Instant deadline;
    std::shared_ptr<Connection> connection{};  ///< while it is under way
    bool tried = false;                        ///< on a connection that was kept
    std::optional<Result<HttpResponse>> outcome{};
  };
  struct Kept {
    std::shared_ptr<Connection> connection;
    Instant since;
  };
  using Jobs = std::map<CallId, Job>;

  State(net::Loop& l, HttpOptions o, Done d) : loop(l), options(std::move(o)), done(std::move(d)), timer(l) {
    auto loaded = Trust::load(options.tls);
    if (loaded) trust = *loaded;
  }

  void start_waiting();
  void start(CallId id, Job& job);
  void on_answer(CallId id, const std::shared_ptr<Connection>& connection, Result<HttpResponse> answer);
  void report(CallId id, Job& job, Result<HttpResponse> answer);
  void deliver(CallId id);
  std::shared_ptr<Connection> take_kept(const std::string& origin);
  void keep(const std::string& origin, std::shared_ptr<Connection> connection);
  void drop_idle(Instant now);
  void let_go(Job& job);
  void arm();
  void on_timer();

  net::Loop& loop;
  const HttpOptions options;
  const Done done;
  std::shared_ptr<Trust> trust;
  const std::shared_ptr<UnpackedBodies> bodies = std::make_shared<UnpackedBodies>();
  net::Timer timer;
  Instant armed = kNever;
  Jobs jobs;
  std::deque<CallId> waiting;
  std::size_t running = 0;
  std::map<std::string, std::vector<Kept>> kept;  ///< by origin, the last used at the end
  bool stopped = false;
};

void HttpClient::State::start_waiting() {
  while (!waiting.empty() && running < std::max<std::size_t>(options.connections, 1)) {
    const CallId id = waiting.front();
    waiting.pop_front();
    const auto job = jobs.find(id);
    if (job != jobs.end() && !job->second.outcome) start(id, job->second);
  }
  arm();
}

void HttpClient::State::start(CallId id, Job& job) {
  const std::string& text = job.request.origin;
  const auto origin = parse_origin(text);
  if (!origin) return report(id, job, tl::unexpected(origin.error()));
  if (origin->secure && !trust) return report(id, job, failure(ErrorCode::Io, options.tls.ca_file, "cannot be used"));
  const auto token = options.token_file.empty() ? Result<std::string>("") : read_token(options.token_file);
  if (!token) return report(id, job, tl::unexpected(token.error()));
  HttpHeaders also;
  if (!token->empty()) also.add("Authorization", "Bearer " + *token);
  auto request = request_text(job.request, origin->authority, also);
  if (!request) return report(id, job, tl::unexpected(request.error()));
  auto connection = job.tried ? nullptr : take_kept(text);
  job.tried = job.tried || connection == nullptr;
  if (!connection) connection = Connection::create(loop, *origin, options.limits, trust);
  job.connection = connection;
  ++running;
  Recall recall;
  if (job.request.method == "GET") recall = {bodies, text + job.request.target};
  connection->exchange(std::move(*request), job.request.method != "HEAD", std::move(recall),
                       [self = weak_from_this(), id, connection = connection.get()](Result<HttpResponse> answer) {
                         const auto state = self.lock();
                         if (state) state->on_answer(id, connection->shared_from_this(), std::move(answer));
                       });
}

void HttpClient::State::on_answer(CallId id, const std::shared_ptr<Connection>& connection,
                                  Result<HttpResponse> answer) {
  --running;
  Job& job = jobs.at(id);  // a call that ends otherwise closes its connection, which is then silent
  job.connection.reset();
  if (connection->is_reusable()) keep(job.request.origin, connection);
  const bool was_stale = !answer && !job.tried && !connection->was_answered();
  if (was_stale && is_idempotent(job.request)) {
    job.tried = true;
    start(id, job);
  } else {
    report(id, job, std::move(answer));
  }
  start_waiting();
}

/// `done` runs later, unless the call is cancelled until then.
void HttpClient::State::report(CallId id, Job& job, Result<HttpResponse> answer) {
  job.outcome = std::move(answer);
  loop.post([self = shared_from_this(), id] { self->deliver(id); });
}

void HttpClient::State::deliver(CallId id) {
  auto job = jobs.extract(id);
  if (!job.empty() && !stopped) done(id, std::move(*job.mapped().outcome));
}

std::shared_ptr<Connection> HttpClient::State::take_kept(const std::string& origin) {
  auto& idle = kept[origin];
  while (!idle.empty()) {
    auto connection = std::move(idle.back().connection);
    idle.pop_back();
    if (connection->is_reusable()) return connection;
    connection->close();
  }
  return nullptr;
}

void HttpClient::State::keep(const std::string& origin, std::shared_ptr<Connection> connection) {
  kept[origin].push_back({std::move(connection), loop.now()});
}

void HttpClient::State::drop_idle(Instant now) {
  for (auto& [origin, idle] : kept) {
    std::erase_if(idle, [&](const Kept& one) {
      const bool over = one.since + options.idle_time <= now || !one.connection->is_reusable();
      if (over) one.connection->close();
      return over;
    });
  }
  std::erase_if(kept, [](const auto& entry) { return entry.second.empty(); });
}

/// Ends what the call has under way.
void HttpClient::State::let_go(Job& job) {
  if (!job.connection) return;
  job.connection->close();
  job.connection.reset();
  if (!SYNCER_MUTATED("httpio.lose_the_places_of_late_calls")) --running;
}

/// Wakes at the earliest deadline of a call that is not over, and when a connection was kept for long enough.
void HttpClient::State::arm() {
  Instant next = kNever;
  for (const auto& [id, job] : jobs) {
    if (!job.outcome) next = std::min(next, job.deadline);
  }
  for (const auto& [origin, idle] : kept) {
    if (!idle.empty()) next = std::min(next, saturating_add(idle.front().since, options.idle_time));
  }
  if (next == armed) return;
  armed = next;
  timer.cancel();
  if (next != kNever) timer.set(next, [this] { on_timer(); });
}

void HttpClient::State::on_timer() {
  armed = kNever;
  const Instant now = loop.now();
  for (auto& [id, job] : jobs) {
    if (job.outcome || job.deadline > now) continue;
    let_go(job);
    report(id, job, failure(ErrorCode::Timeout, job.request.origin, "no answer within the deadline"));
  }
  if (!SYNCER_MUTATED("httpio.keep_connections_for_ever")) drop_idle(now);
  start_waiting();
}

HttpClient::HttpClient(net::Loop& loop, HttpOptions options, Done done)
    : state_(std::make_shared<State>(loop, std::move(options), std::move(done))) {}

HttpClient::~HttpClient() {
  state_->stopped = true;
  state_->timer.cancel();
  for (auto& [id, job] : state_->jobs) state_->let_go(job);
  for (auto& [origin, idle] : state_->kept) {
    for (auto& one : idle) one.connection->close();
  }
}

void HttpClient::call(CallId id, HttpRequest request, Instant deadline) {
  state_->jobs.emplace(id, State::Job{.request = std::move(request), .deadline = deadline});
  state_->waiting.push_back(id);
  state_->start_waiting();
}

void HttpClient::cancel(CallId id) {
  const auto job = state_->jobs.find(id);
  if (job == state_->jobs.end()) return;
  state_->let_go(job->second);
  state_->jobs.erase(job);
  state_->start_waiting();
}

Result<void> HttpClient::reload_files() {
  if (auto usable = check(state_->options); !usable) return usable;
  auto fresh = Trust::load(state_->options.tls);
  if (!fresh) return tl::unexpected(fresh.error());
  state_->trust = *fresh;
  for (auto& [origin, idle] : state_->kept) {
    for (auto& one : idle) one.connection->close();
  }
  state_->kept.clear();
  return {};
}

Result<void> check(const HttpOptions& options) {
  if (auto trust = Trust::load(options.tls); !trust) return tl::unexpected(trust.error());
  if (options.token_file.empty()) return {};
  const auto token = read_token(options.token_file);
  return token ? Result<void>() : tl::unexpected(token.error());
}

}  // namespace syncer::httpio
