// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <utility>
#include <vector>

#include "syncer/admin/admin_server.h"
#include "syncer/admin/history.h"
#include "syncer/admin/metrics.h"
#include "syncer/daemon/command_runner.h"
#include "syncer/daemon/event_log.h"
#include "syncer/daemon/gossip_keys.h"
#include "syncer/daemon/process_limits.h"
#include "syncer/daemon/reload.h"
#include "syncer/daemon/service_notify.h"
#include "syncer/daemon/side.h"
#include "syncer/node/facts.h"
#include "syncer/node/mappings.h"
#include "syncer/store/file.h"

namespace syncer::daemon {
namespace {

/// A keyring file that cannot be written is tried again after this.
constexpr Duration kKeepAgain = std::chrono::seconds(5);
/// An orderly end that takes longer is broken off; shorter than what systemd and Kubernetes wait.
constexpr Duration kLeaveTimeout = std::chrono::seconds(10);
/// Time for the last bytes to leave after the nodes are done.
constexpr Duration kFlushTimeout = std::chrono::seconds(1);

constexpr std::size_t kKeptEvents = 1000;

/// Beyond all ids of a process before: whoever read that one's events has to begin anew.
std::uint64_t first_event() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count());
}

std::string shown(const std::optional<Endpoint>& address) { return address ? to_string(*address) : "off"; }

/// One process: its syncer, a second one where there is a bridge, and the loop that drives them.
class Daemon {
 public:
  Daemon(config::DaemonConfig config, Build build, LoadConfig load)
      : config_(std::move(config)),
        build_(std::move(build)),
        load_(std::move(load)),
        log_(config_.log_level, config_.log_format) {
    log_.set_keep([this](Said said) {
      feed_.add({0, said.severity, std::move(said.name), std::move(said.region), std::move(said.inside), said.single});
    });
    sides_.push_back(std::make_unique<Side>(config_, loop_, log_, config_.bridge ? config_.node.region : ""));
    if (config_.bridge)
      sides_.push_back(std::make_unique<Side>(*config_.bridge, loop_, log_, config_.bridge->node.region));
  }

  int run() {
    if (auto opened = open(); !opened) {
      std::for_each(sides_.rbegin(), sides_.rend(), [](const auto& side) { side->abandon(); });
      return fail(to_string(opened.error()));
    }
    start();
    loop_.run([this] { return turn(); });
    finish();
    return exit_code_;
  }

 private:
  Result<void> open();
  Result<void> open_keys();
  Result<void> open_trace();
  Result<void> open_admin();
  void add_inventory(admin::AdminApi& api);
  node::Status full_status() const;
  std::optional<node::Status> bridge_status() const;
  std::string metrics();
  Result<std::string> run_command(const admin::Command& command, const std::string& who);
  Result<std::string> reload();
  Result<policy::Policy> load_policy();
  void set_log_level(Severity level, std::optional<Duration> time);
  void start();
  Instant turn();
  void follow_keys(Instant now);
  bool left() const;
  void finish();
  void on_signal(int number);
  void begin_leave(bool for_good);
  void report_ready();
  std::string service_status() const { return "node " + config_.node.node + " of region " + config_.node.region; }
  int fail(const std::string& reason) {
    log_.say(Severity::Error, "daemon.failed", reason);
    return exit_code_ = 1;
  }
  Side& own() const { return *sides_.front(); }
  node::Node& node() const { return own().node(); }

  config::DaemonConfig config_;
  const Build build_;
  const LoadConfig load_;
  std::unique_ptr<TraceFile> trace_;
  EventLog log_;
  ServiceNotify notify_{config::process_environment()};
  net::Loop loop_;
  const Instant started_ = loop_.now();
  admin::EventFeed feed_{kKeptEvents, first_event()};
  admin::History history_;
  std::unique_ptr<GossipKeys> keys_;
  std::vector<std::unique_ptr<Side>> sides_;  ///< our own; then that of the bridge
  std::unique_ptr<admin::AdminServer> admin_;
  std::optional<Instant> leave_until_;
  Instant keys_due_{};
  Instant log_until_ = kNever;  ///< of another level than the configured one
  int exit_code_ = 0;
};

Result<void> Daemon::open() {
  if (auto keys = open_keys(); !keys) return keys;
  const std::size_t descriptors = raise_descriptor_limit() / sides_.size();
  if (auto opened = own().open(descriptors); !opened) return opened;
  if (config_.bridge) {
    // The far side is in the pool by the near one, wherever else that one finds it.
    config_.bridge->join = {to_string(config_.node.gossip_address)};
    config_.bridge->node.join_targets = config_.bridge->join;
    config_.bridge->node.join = {config_.node.gossip_address};
    if (auto opened = sides_.back()->open(descriptors); !opened) return opened;
  }
  if (auto opened = open_trace(); !opened) return opened;
  return open_admin();
}

/// Once the addresses are known that the system chose; no node has begun yet.
Result<void> Daemon::open_trace() {
  if (config_.trace_file.empty()) return {};
  auto opened = TraceFile::open(config_.trace_file);
  if (!opened) return tl::unexpected(opened.error());
  trace_ = std::move(*opened);
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  for (const auto& side : sides_) {
    const auto begun = trace_->begin(side->node().config(), loop_.now(),
                                     std::chrono::duration_cast<Duration>(wall).count(), build_.version);
    if (!begun) return begun;
  }
  log_.set_trace(*trace_);
  return {};
}

/// Both sides of a bridge have the keys of the pool.
Result<void> Daemon::open_keys() {
  crypto::Keyring ring;
  if (!config_.keyring_file.empty()) {
    auto loaded = load_keyring(config_.keyring_file);
    if (!loaded) return tl::unexpected(loaded.error());
    ring = std::move(*loaded);
    for (config::DaemonConfig* config : {&config_, config_.bridge.get()}) {
      if (config == nullptr) continue;
      config->node.gossip_pool.keys = ring;
      config->node.gossip_nonce = system_nonce;
      config->node.gossip_keep_keys = [this](const crypto::Keyring& changed) { return keys_->keep(changed); };
    }
  }
  const auto apply = [this](const crypto::Keyring& keys) -> Result<void> {
    for (const auto& side : sides_) {
      if (auto set = side->node().set_gossip_keys(loop_.now(), keys); !set) return set;
    }
    return {};
  };
  const auto use = [this](const std::string& id) { return node().use_key(loop_.now(), id); };
  const auto remove = [this](const std::string& id) { return node().remove_key(loop_.now(), id); };
  keys_ = std::make_unique<GossipKeys>(config_.keyring_file, ring, apply, use, remove);
  return {};
}

Result<void> Daemon::open_admin() {
  admin::AdminApi api;
  api.status = [this] { return full_status(); };
  api.bridge = [this] { return bridge_status(); };
  api.metrics = [this] { return metrics(); };
  api.keys = [this] { return keys_->report(); };
  api.events = &feed_;
  add_inventory(api);
  api.run = [this](const admin::Command& command, const std::string& who) { return run_command(command, who); };
  auto server = admin::AdminServer::start(loop_, config_.admin, std::move(api));
  if (!server) return tl::unexpected(server.error());
  admin_ = std::move(*server);
  return store::replace_file(config_.data_dir, kAdminFile, to_string(admin_->socket()) + "\n");
}

std::string Daemon::metrics() {
  std::vector<admin::SideMetrics> sides;
  sides.push_back(own().metrics(config_.bridge ? config_.node.region : "", full_status()));
  if (auto far = bridge_status()) sides.push_back(sides_.back()->metrics(config_.bridge->node.region, std::move(*far)));
  admin::MetricsContext context{build_.version, build_.commit, loop_.now() - started_};
  context.process = admin::read_process_figures();
  context.dropped_event_readers = feed_.dropped();
  return admin::metrics_text(sides, context);
}

/// Our own side's, with what only the process knows.
node::Status Daemon::full_status() const {
  node::Status status = own().status(loop_.now());
  status.leaving = leave_until_.has_value();
  status.unkept_keys = keys_->problem();
  status.ready = node::problems_of(status).empty();
  return status;
}

std::optional<node::Status> Daemon::bridge_status() const {
  if (!config_.bridge) return std::nullopt;
  node::Status status = sides_.back()->status(loop_.now());
  status.leaving = leave_until_.has_value();
  status.ready = node::problems_of(status).empty();
  return status;
}

void Daemon::add_inventory(admin::AdminApi& api) {
  api.copies = [this](const catalog::CopyQuery& query) { return node().copies(loop_.now(), query); };
  api.services = [this](const std::string& search, const std::string& after, std::size_t limit) {
    return node().services(search, after, limit);
  };
  api.explain = [this](const std::string& what, bool for_everybody) {
    return own().inquiries().explain(loop_.now(), what, for_everybody);
  };
  api.differences = [this](const std::string& a, const std::string& b) {
    return own().inquiries().differences(loop_.now(), a, b);
  };
  api.mappings = [this](const node::MappingQuery& query) { return node().mappings(query); };
  api.reachability = [this] { return own().inquiries().reachability(loop_.now()); };
  api.round_trips = [this](const std::string& about) { return own().round_trips(loop_.now(), about); };
  api.history = [this] { return history_.report(); };
  api.config = [this] {
    node::ConfigReport report;
    for (const auto& [key, value] : config_.effective) {
      report.keys.push_back({key, node::without_credentials(value.text), value.origin});
    }
    return report;
  };
}

/// Each manual act is an event with who asked; the argument of one is never a secret but for a key.
Result<std::string> Daemon::run_command(const admin::Command& command, const std::string& who) {
  std::vector<node::Node*> nodes;
  for (const auto& side : sides_) nodes.push_back(&side->node());
  const CommandRunner runner(nodes, *keys_, loop_.now(),
                             {[this] { return reload(); },
                              [this](Severity level, std::optional<Duration> time) { set_log_level(level, time); },
                              [this](const std::string& address) { return own().join(address); },
                              [this] { begin_leave(true); }, [this] { return load_policy(); }});
  auto outcome = std::visit(runner, command);
  config_.effective["policy"].text = node().policy().text;
  const admin::CommandRequest request = admin::to_request(command);
  const bool is_secret = std::holds_alternative<admin::InstallKey>(command);
  log_.say(Severity::Info, "operator.command", "",
           {{"command", request.path},
            {"argument", is_secret ? "" : std::string_view(request.argument)},
            {"by", who},
            {"outcome", outcome ? "done" : std::string_view(outcome.error().detail)}});
  return outcome;
}

/// All of it is checked before any of it is applied. A bridge comes and goes by a restart alone.
Result<std::string> Daemon::reload() {
  const ServiceNotify::Reload told(notify_, service_status());
  auto fresh = load_();
  if (!fresh) return tl::unexpected(fresh.error());
  std::vector<std::pair<Side*, const config::DaemonConfig*>> pairs = {{&own(), &*fresh}};
  if (config_.bridge && fresh->bridge) pairs.emplace_back(sides_.back().get(), fresh->bridge.get());
  for (const auto& [side, config] : pairs) {
    if (auto usable = side->check_reload(*config); !usable) return tl::unexpected(usable.error());
  }
  for (const auto& [side, config] : pairs) {
    if (auto taken = side->reload(*config); !taken) return tl::unexpected(taken.error());
  }
  const Changes changes = changes_between(config_, *fresh);
  if (changes.log_level) config_.log_level = *changes.log_level;
  for (const std::string& key : changes.applied) config_.effective[key] = fresh->effective[key];
  if (changes.log_level) set_log_level(config_.log_level, std::nullopt);
  const std::string text = describe(changes);
  log_.say(Severity::Info, "daemon.reloaded", text);
  return text + "\n";
}

Result<policy::Policy> Daemon::load_policy() {
  auto fresh = load_();
  if (!fresh) return tl::unexpected(fresh.error());
  return std::move(fresh->node.policy);
}

void Daemon::set_log_level(Severity level, std::optional<Duration> time) {
  log_.set_least(level);
  log_until_ = time ? saturating_add(loop_.now(), *time) : kNever;
}

void Daemon::start() {
  loop_.on_signals([this](int number) { on_signal(number); });
  for (const std::string& warning : config_.warnings) log_.say(Severity::Warning, "daemon.warning", warning);
  for (const auto& side : sides_) side->start();
  report_ready();
}

void Daemon::report_ready() {
  log_.say(Severity::Info, "daemon.ready", "listening",
           {{"version", build_.version},
            {"node", config_.node.node},
            {"region", config_.node.region},
            {"gossip", to_string(config_.node.gossip_address)},
            {"rpc", to_string(config_.node.rpc_address)},
            {"sealed", config_.keyring_file.empty() ? "no" : "yes"},
            {"certificates", own().certificate_rule()},
            {"admin", to_string(admin_->socket())},
            {"commands", shown(admin_->commands())},
            {"metrics", shown(admin_->read_only())},
            {"registry", config_.effective.at("sc-addr").text},
            {"bridge", config_.bridge ? std::string_view(config_.effective.at("bridge").text) : "off"},
            {"data_dir", config_.data_dir},
            {"pid", ::getpid()}});
  notify_.ready(service_status());
}

/// A file that cannot be written is tried again, but not at each turn.
void Daemon::follow_keys(Instant now) {
  const auto kept = keys_->follow(node().gossip_keys());
  keys_due_ = kept ? now : now + kKeepAgain;
  if (kept) return;
  log_.say(Severity::Error, "daemon.warning", "the keyring file cannot be written",
           {{"reason", to_string(kept.error())}});
}

bool Daemon::left() const {
  return std::all_of(sides_.begin(), sides_.end(), [](const auto& side) { return side->node().left(); });
}

/// What is due now, and when to be called again.
Instant Daemon::turn() {
  const Instant now = loop_.now();
  Instant next = kNever;
  std::string fatal;
  for (const auto& side : sides_) {
    side->advance(now);
    if (fatal.empty()) fatal = side->node().fatal();
    next = std::min(next, side->next_deadline());
  }
  if (now >= keys_due_) follow_keys(now);
  if (now >= log_until_) set_log_level(config_.log_level, std::nullopt);
  if (now >= log_.next_deadline()) log_.advance(now);
  if (now >= history_.next_deadline()) history_.note(now, std::time(nullptr), full_status());
  if (!fatal.empty()) {
    fail(fatal);
    loop_.stop();
  } else if (leave_until_ && (left() || now >= *leave_until_)) {
    if (!left()) log_.say(Severity::Warning, "daemon.warning", "leaving took too long and was broken off");
    loop_.stop();
  }
  const Instant sign_due = notify_.advance(now);
  return std::min(
      {leave_until_.value_or(kNever), log_until_, log_.next_deadline(), history_.next_deadline(), sign_due, next});
}

void Daemon::on_signal(int number) {
  if (number == SIGHUP) {
    const auto done = reload();
    if (!done)
      log_.say(Severity::Error, "daemon.warning", "the configuration was not reloaded: " + to_string(done.error()));
    return;
  }
  if (leave_until_) std::_Exit(128 + number);
  log_.say(Severity::Info, "daemon.leaving", "saying good-bye; a second signal ends at once", {{"signal", number}});
  begin_leave(false);
}

void Daemon::begin_leave(bool for_good) {
  notify_.stopping();
  leave_until_ = loop_.now() + kLeaveTimeout;
  for (const auto& side : sides_) side->node().leave(loop_.now(), for_good);
}

void Daemon::finish() {
  const auto flushed = [this] {
    return std::all_of(sides_.begin(), sides_.end(), [](const auto& side) { return side->flushed(); });
  };
  loop_.run_until(flushed, loop_.now() + kFlushTimeout);
  ::unlink((config_.data_dir + "/" + kAdminFile).c_str());
  log_.say(Severity::Info, "daemon.stopped", "");
}

}  // namespace

int run(config::DaemonConfig config, const Build& build, LoadConfig load) {
  forbid_core_dumps();
  return Daemon(std::move(config), build, std::move(load)).run();
}

}  // namespace syncer::daemon
