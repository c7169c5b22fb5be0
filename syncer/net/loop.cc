// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/loop.h"

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <csignal>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::net {
namespace {

/// Handlers run in a row before the node gets its turn: timers must not starve under a flood of packets.
constexpr int kBatch = 64;
/// Longest wait in one go: how late a machine that slept notices what is overdue.
constexpr Duration kLongestWait = std::chrono::seconds(1);

}  // namespace

struct Loop::State {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  asio::signal_set signals{io};
  std::function<void(int)> on_signal;

  void wait_for_signal() {
    signals.async_wait([this](const asio::error_code& failed, int number) {
      if (failed) return;
      wait_for_signal();
      on_signal(number);
    });
  }
};

Loop::Loop(Clock clock) : clock_(std::move(clock)), state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

asio::io_context& Loop::io() { return state_->io; }

void Loop::post(std::function<void()> task) { asio::post(state_->io, std::move(task)); }

void Loop::on_signals(std::function<void(int)> handler) {
  state_->on_signal = std::move(handler);
  state_->signals.add(SIGINT);
  state_->signals.add(SIGTERM);
  state_->signals.add(SIGHUP);
  state_->wait_for_signal();
}

void Loop::run(const std::function<Instant()>& turn) {
  while (!stopped_) {
    const Instant next = turn();
    if (!stopped_) wait(next);
  }
}

bool Loop::run_until(const std::function<bool()>& done, Instant deadline) {
  while (!done()) {
    if (now() >= deadline) return false;
    wait(deadline);
  }
  return true;
}

/// Waits on the system's clock, which stands still while the machine sleeps, for what is due by the loop's.
void Loop::wait(Instant until) {
  const Instant begun = now();
  const Duration time = std::min(std::min(until, agenda_->next()) - begun, kLongestWait);
  // The library looks at no socket when there is no time to wait: what is always due must not starve the rest.
  std::size_t first = SYNCER_MUTATED("net.look_at_no_socket_when_late") ? 0 : state_->io.poll_one();
  if (first == 0) first = state_->io.run_one_for(time);
  if (first > 0) {
    for (int i = 1; i < kBatch && state_->io.poll_one() > 0; ++i) {
    }
  }
  agenda_->run_due(now());
}

}  // namespace syncer::net
