// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/http_pool.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "syncer/httpio/exchange.h"
#include "syncer/net/loop.h"

namespace syncer::httpio {
namespace {

/// One call from call() to its end.
struct Job {
  CallId id;
  HttpRequest request;
  Instant deadline;
  Exchange* worker = nullptr;  ///< set while a worker is at it
};

Result<HttpResponse> perform(Exchange& exchange, const Job& job) {
  try {
    return exchange.perform(job.request, job.deadline);
  } catch (const std::exception& e) {  // cpp-httplib and its users' callbacks must not end the process
    return failure(ErrorCode::Io, job.request.origin, e.what());
  }
}

}  // namespace

struct HttpPool::State : std::enable_shared_from_this<State> {
  State(HttpOptions o, Post p, Done d) : options(std::move(o)), post(std::move(p)), done(std::move(d)) {}

  void work() {
    Exchange exchange(options);
    std::unique_lock lock(mutex);
    while (true) {
      wake_workers.wait(lock, [this] { return stopping || !queue.empty(); });
      if (stopping) return;
      const std::shared_ptr<Job> job = queue.front();
      queue.pop_front();
      if (jobs.count(job->id) == 0) continue;  // cancelled or timed out while it waited
      job->worker = &exchange;
      lock.unlock();
      auto answer = perform(exchange, *job);
      lock.lock();
      job->worker = nullptr;
      if (jobs.erase(job->id) != 0) report(job->id, std::move(answer));
    }
  }

  /// Ends what is past its deadline. The worker is interrupted as well, so that it is free again.
  void watch() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      Instant next = kNever;
      for (const auto& [id, job] : jobs) next = std::min(next, job->deadline);
      if (next == kNever) {
        wake_watcher.wait(lock);
        continue;
      }
      if (next > net::steady_now()) {
        wake_watcher.wait_until(lock, net::to_steady(next));
        continue;
      }
      expire(net::steady_now());
    }
  }

  void expire(Instant now) {
    for (auto it = jobs.begin(); it != jobs.end();) {
      const std::shared_ptr<Job> job = it->second;
      if (job->deadline > now) {
        ++it;
        continue;
      }
      it = jobs.erase(it);
      if (job->worker != nullptr) job->worker->interrupt();
      report(job->id, failure(ErrorCode::Timeout, job->request.origin, "no answer within the deadline"));
    }
  }

  /// With the mutex held; `done` runs later, on the owner's thread, unless the call is cancelled until then.
  void report(CallId id, Result<HttpResponse> answer) {
    reported.emplace(id, std::move(answer));
    post([self = shared_from_this(), id] { self->deliver(id); });
  }

  void deliver(CallId id) {
    std::unique_lock lock(mutex);
    auto found = reported.extract(id);
    if (found.empty() || stopping) return;
    lock.unlock();
    done(id, std::move(found.mapped()));
  }

  const HttpOptions options;
  const Post post;
  const Done done;
  std::mutex mutex;  ///< guards all below
  std::condition_variable wake_workers;
  std::condition_variable wake_watcher;
  std::deque<std::shared_ptr<Job>> queue;
  std::map<CallId, std::shared_ptr<Job>> jobs;  ///< not ended yet
  std::map<CallId, Result<HttpResponse>> reported;
  bool stopping = false;
  std::vector<std::thread> threads;
};

HttpPool::HttpPool(HttpOptions options, Post post, Done done)
    : state_(std::make_shared<State>(std::move(options), std::move(post), std::move(done))) {
  State* const state = state_.get();  // joined before state_ goes
  for (std::size_t i = 0; i < state->options.workers; ++i) state->threads.emplace_back([state] { state->work(); });
  state->threads.emplace_back([state] { state->watch(); });
}

HttpPool::~HttpPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    for (const auto& [id, job] : state_->jobs) {
      if (job->worker != nullptr) job->worker->interrupt();
    }
  }
  state_->wake_workers.notify_all();
  state_->wake_watcher.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void HttpPool::call(CallId id, HttpRequest request, Instant deadline) {
  const auto job = std::make_shared<Job>(Job{id, std::move(request), deadline});
  {
    const std::lock_guard lock(state_->mutex);
    state_->jobs.emplace(id, job);
    state_->queue.push_back(job);
  }
  state_->wake_workers.notify_one();
  state_->wake_watcher.notify_one();
}

void HttpPool::cancel(CallId id) {
  const std::lock_guard lock(state_->mutex);
  state_->reported.erase(id);
  const auto it = state_->jobs.find(id);
  if (it == state_->jobs.end()) return;
  if (it->second->worker != nullptr) it->second->worker->interrupt();
  state_->jobs.erase(it);
}

Result<void> check(const HttpOptions& options) {
  const std::string& ca = options.ca_file;
  if (!ca.empty() && !std::ifstream(ca)) return failure(ErrorCode::Io, ca, "cannot be read");
  if (options.token_file.empty()) return {};
  const auto token = read_token(options.token_file);
  return token ? Result<void>() : tl::unexpected(token.error());
}

}  // namespace syncer::httpio
