// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/resolver.h"

#include <algorithm>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <utility>

#include "syncer/base/quantity.h"
#include "syncer/net/addresses.h"

namespace syncer::net {
namespace {

using asio::ip::tcp;
constexpr Duration kRefresh = std::chrono::seconds(60);
constexpr Duration kFirstRetry = std::chrono::seconds(1);

}  // namespace

Result<std::pair<std::string, std::string>> split_host_port(const std::string& text) {
  const auto wrong = [&](const char* why) { return failure(ErrorCode::Invalid, "", "\"" + text + "\" " + why); };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return wrong("has no port; write HOST:PORT");
  std::string host = text.substr(0, colon);
  std::string port = text.substr(colon + 1);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    return wrong("is not HOST:PORT; write an IPv6 address as [ADDRESS]:PORT");
  if (host.empty()) return wrong("has no host; write HOST:PORT");
  const auto number = parse_number(port, 65535);
  if (!number || *number == 0) return wrong("has no port between 1 and 65535");
  return std::pair{std::move(host), std::move(port)};
}

struct Resolver::State : std::enable_shared_from_this<State> {
  struct Target {
    Target(Loop& loop, std::string text) : name(std::move(text)), timer(loop) {}
    std::string name;
    Timer timer;
    std::vector<Endpoint> addresses;
    std::string problem;
    Duration retry = kFirstRetry;
  };

  State(Loop& l, OnChanged on_changed, OnFailed on_failed)
      : loop(l), resolver(l.io()), changed(std::move(on_changed)), failed(std::move(on_failed)) {}

  void look_up(const std::shared_ptr<Target>& target) {
    const auto parts = split_host_port(target->name);
    if (!parts) return failed(target->name, parts.error().detail);
    resolver.async_resolve(
        parts->first, parts->second,
        [self = shared_from_this(), target](const asio::error_code& error, const tcp::resolver::results_type& found) {
          if (self->closed) return;
          if (error) return self->on_failure(target, error.message());
          self->on_success(target, found);
        });
  }

  void on_failure(const std::shared_ptr<Target>& target, const std::string& reason) {
    target->problem = reason;
    failed(target->name, reason);  // addresses found earlier stay: stale is better than none
    again(target, target->retry);
    target->retry = std::min(target->retry * 2, kRefresh);
  }

  void on_success(const std::shared_ptr<Target>& target, const tcp::resolver::results_type& found) {
    std::vector<Endpoint> fresh;
    for (const auto& entry : found) fresh.push_back(from_asio(entry.endpoint()));
    std::sort(fresh.begin(), fresh.end());
    target->retry = kFirstRetry;
    again(target, kRefresh);
    if (fresh == target->addresses) return;
    target->addresses = std::move(fresh);
    report();
  }

  void report() {
    std::vector<Endpoint> all;
    for (const auto& target : targets) all.insert(all.end(), target->addresses.begin(), target->addresses.end());
    changed(std::move(all));
  }

  void again(const std::shared_ptr<Target>& target, Duration after) {
    const std::weak_ptr<Target> weak = target;
    target->timer.set(after, [this, weak] {
      if (const auto due = weak.lock()) look_up(due);
    });
  }

  Loop& loop;
  tcp::resolver resolver;
  OnChanged changed;
  OnFailed failed;
  std::vector<std::shared_ptr<Target>> targets;
  bool closed = false;
};

Resolver::Resolver(Loop& loop, std::vector<std::string> targets, OnChanged changed, OnFailed failed)
    : state_(std::make_shared<State>(loop, std::move(changed), std::move(failed))) {
  for (std::string& text : targets) {
    state_->targets.push_back(std::make_shared<State::Target>(state_->loop, std::move(text)));
    state_->look_up(state_->targets.back());
  }
}

Resolver::~Resolver() {
  state_->closed = true;
  state_->resolver.cancel();
  for (const auto& target : state_->targets) target->timer.cancel();
}

Result<void> Resolver::add(const std::string& text) {
  if (auto parts = split_host_port(text); !parts) return tl::unexpected(parts.error());
  const auto same = [&](const auto& target) { return target->name == text; };
  if (std::any_of(state_->targets.begin(), state_->targets.end(), same)) return {};
  state_->targets.push_back(std::make_shared<State::Target>(state_->loop, text));
  state_->look_up(state_->targets.back());
  return {};
}

std::vector<std::pair<std::string, std::string>> Resolver::unresolved() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& target : state_->targets) {
    if (target->addresses.empty()) all.emplace_back(target->name, target->problem);
  }
  return all;
}

}  // namespace syncer::net
