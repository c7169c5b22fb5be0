// SPDX-License-Identifier: Apache-2.0
#include "sim/real/processes/daemon.h"

#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "sim/real/trace/shown.h"
#include "syncer/admin/command.h"

namespace sim::real {

using syncer::Result;

namespace {

std::string flow_of(const char* direction, const std::string& region) {
  return region.empty() ? direction : std::string(direction) + " " + region;
}

syncer::admin::Command command_of(const host::Order& order) {
  using Kind = host::Order::Kind;
  switch (order.kind) {
    case Kind::Replace:
      return syncer::admin::ReplaceVoter{order.subject};
    case Kind::Release:
      return syncer::admin::ReleaseGuard{order.subject.empty() ? "*" : order.subject};
    case Kind::Forget:
      return syncer::admin::ForgetRegion{order.subject};
    case Kind::Reconfigure:
      return syncer::admin::Reload{};
    case Kind::PauseExport:
      return syncer::admin::Pause{flow_of("export", order.subject)};
    case Kind::ResumeExport:
      return syncer::admin::Resume{flow_of("export", order.subject)};
    case Kind::PauseImport:
      return syncer::admin::Pause{flow_of("import", order.subject)};
    case Kind::ResumeImport:
      return syncer::admin::Resume{flow_of("import", order.subject)};
    case Kind::Join:
      break;
  }
  return syncer::admin::Join{};
}

}  // namespace

std::string last_words(const std::string& log) {
  std::ifstream file(log);
  std::string words;
  for (std::string line; std::getline(file, line);) {
    const auto entry = nlohmann::json::parse(line, nullptr, false);
    if (!entry.is_object()) {
      words = line;
    } else if (entry.value("event", "") == "daemon.failed") {
      words = entry.value("message", "");
    }
  }
  return words;
}

Result<std::unique_ptr<host::Process>> Daemon::start_on(Machine& machine, const syncer::node::NodeConfig& config,
                                                        DaemonEars ears) {
  if (auto address = machine.network().set_address(config.gossip_address); !address)
    return tl::unexpected(address.error());
  const auto file = machine.write_config(config);
  if (!file) return tl::unexpected(file.error());
  auto child = Child::start({{machine.site().syncer, "daemon", "--config", *file},
                             machine.environment(),
                             machine.network().descriptor(),
                             machine.log()});
  if (!child) return tl::unexpected(child.error());
  std::unique_ptr<Daemon> daemon(new Daemon(machine, std::move(*child), std::move(ears)));
  daemon->policy_ = config.policy.text;
  daemon->listen();
  return std::unique_ptr<host::Process>(std::move(daemon));
}

Daemon::~Daemon() {
  ears_.poller.forget(child_->pipe());
  ears_.poller.forget(child_->end());
}

void Daemon::listen() {
  ears_.poller.watch(child_->pipe(), [this] { hear(); });
  ears_.poller.watch(child_->end(), [this] { ended(); });
}

void Daemon::hear() {
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::read(child_->pipe(), buffer.data(), buffer.size());
    if (got == 0) ears_.poller.forget(child_->pipe());
    if (got <= 0) return;
    unread_.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = unread_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      take(std::string_view(unread_).substr(begin, end - begin));
    }
    unread_.erase(0, begin);
  }
}

void Daemon::take(std::string_view line) {
  trace_ << line << '\n';
  auto entry = parse_trace_line(line);
  if (!entry) {
    why_ = "its trace cannot be read: " + to_string(entry.error());
    return;
  }
  if (!*entry || !std::holds_alternative<TracedEvent>(**entry)) return;
  auto& event = std::get<TracedEvent>(**entry);
  event.use([this](const syncer::Event& e) { follow(shown_, e); });
  ears_.heard(std::move(event));
}

/// What it said before comes first.
void Daemon::ended() {
  hear();
  ears_.poller.forget(child_->end());
  const int code = child_->take_exit_code();
  is_over_ = true;
  if (code != 0 || !is_leaving_) {
    fatal_ = last_words(machine_.log());
    if (fatal_.empty()) fatal_ = why_.empty() ? "it ended with exit code " + std::to_string(code) : why_;
  }
  ears_.changed();
}

void Daemon::leave(syncer::Instant) {
  is_leaving_ = true;
  child_->signal(SIGTERM);
}

void Daemon::freeze(bool frozen) { child_->signal(frozen ? SIGSTOP : SIGCONT); }

/// A daemon answers at once; meanwhile all else stands still.
Result<void> Daemon::obey(syncer::Instant, const host::Order& order) {
  if (order.config != nullptr) {
    if (const auto file = machine_.write_config(*order.config); !file) return tl::unexpected(file.error());
  }
  std::vector<syncer::admin::Command> commands;
  // An operator who means it says so; a reload alone takes no policy that takes much.
  if (order.config != nullptr && std::exchange(policy_, order.config->policy.text) != order.config->policy.text) {
    commands.emplace_back(syncer::admin::ConfirmPolicy{policy_});
  }
  for (const syncer::Endpoint& seed : order.seeds) commands.emplace_back(syncer::admin::Join{to_string(seed)});
  if (order.kind != host::Order::Kind::Join) commands.push_back(command_of(order));
  const syncer::admin::DaemonAddress address{{machine_.admin_socket(), {}}, ""};
  for (const auto& command : commands) {
    const auto outcome = syncer::admin::ask_daemon(address, command);
    if (!outcome) return tl::unexpected(outcome.error());
    if (outcome->status / 100 != 2) return syncer::failure(syncer::ErrorCode::Refused, "", outcome->body);
  }
  return {};
}

}  // namespace sim::real
