// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <random>
#include <utility>

#include "syncer/admin/admin_server.h"
#include "syncer/admin/history.h"
#include "syncer/admin/metrics.h"
#include "syncer/config/former_name.h"
#include "syncer/daemon/certificates.h"
#include "syncer/daemon/command_runner.h"
#include "syncer/daemon/event_log.h"
#include "syncer/daemon/gossip_keys.h"
#include "syncer/daemon/inquiries.h"
#include "syncer/daemon/metered_http.h"
#include "syncer/daemon/process_limits.h"
#include "syncer/daemon/reload.h"
#include "syncer/daemon/service_notify.h"
#include "syncer/daemon/sockets.h"
#include "syncer/httpio/http_client.h"
#include "syncer/httpio/token.h"
#include "syncer/net/resolver.h"
#include "syncer/node/facts.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"
#include "syncer/store/file.h"
#include "syncer/store/file_storage.h"

namespace syncer::daemon {
namespace {

/// A keyring file that cannot be written is tried again after this.
constexpr Duration kKeepAgain = std::chrono::seconds(5);
/// An orderly end that takes longer is broken off; shorter than what systemd and Kubernetes wait.
constexpr Duration kLeaveTimeout = std::chrono::seconds(10);
/// How often other regions are asked how old their changes are, while there are any.
constexpr Duration kMeasure = std::chrono::seconds(5);
/// Time for the last bytes to leave after the node is done.
constexpr Duration kFlushTimeout = std::chrono::seconds(1);

std::uint64_t fresh_seed() {
  std::random_device device;
  const std::uint64_t high = device();
  return (high << 32U) | device();
}

std::string shown(const std::optional<Endpoint>& address) { return address ? to_string(*address) : "off"; }

/// One process: the adapters, the node between them, and the loop that drives it.
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
  }

  int run() {
    if (auto opened = open(); !opened) {
      if (storage_) storage_->abandon();
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
  Result<void> open_node();
  Result<void> open_admin();
  void add_inventory(admin::AdminApi& api);
  node::Status full_status() const;
  std::string metrics();
  void measure(Instant now);
  Result<std::string> run_command(const admin::Command& command, const std::string& who);
  Result<std::string> reload();
  Result<policy::Policy> load_policy();
  void set_log_level(Severity level, std::optional<Duration> time);
  void keep_name();
  void start();
  Instant turn();
  void follow_keys(Instant now);
  void add_unresolved(node::Status& status) const;
  void finish();
  void on_signal(int number);
  void begin_leave(bool for_good);
  void report_ready();
  std::string service_status() const { return "node " + config_.node.node + " of region " + config_.node.region; }
  int fail(const std::string& reason) {
    log_.say(Severity::Error, "daemon.failed", reason);
    return exit_code_ = 1;
  }
  auto post() {
    return [this](std::function<void()> task) { loop_.post(std::move(task)); };
  }
  net::StreamCallbacks stream_callbacks();

  config::DaemonConfig config_;
  const Build build_;
  const LoadConfig load_;
  EventLog log_;
  EventCounter events_{log_};
  ServiceNotify notify_{config::process_environment()};
  net::Loop loop_;
  const Instant started_ = loop_.now();
  admin::EventFeed feed_;
  admin::History history_;
  admin::Measures measures_;
  Instant measure_due_{};
  // The node uses the ports and goes first; the ports use the loop.
  std::unique_ptr<store::FileStorage> storage_;
  Sockets sockets_;
  std::unique_ptr<httpio::HttpClient> http_;
  std::unique_ptr<MeteredHttp> metered_;
  std::unique_ptr<node::Node> node_;
  std::unique_ptr<Inquiries> inquiries_;
  std::unique_ptr<GossipKeys> keys_;
  std::unique_ptr<net::Resolver> resolver_;
  std::unique_ptr<admin::AdminServer> admin_;
  Certificates certificates_{config_, events_};
  std::optional<Instant> leave_until_;
  Instant keys_due_{};
  Instant log_until_ = kNever;  ///< of another level than the configured one
  int exit_code_ = 0;
};

net::StreamCallbacks Daemon::stream_callbacks() {
  net::StreamCallbacks callbacks;
  callbacks.accepted = [this](LinkId link, Listener listener, const Endpoint& from, const PeerIdentity& identity) {
    node_->on_stream_accepted(loop_.now(), link, listener, from, identity);
  };
  callbacks.connected = [this](LinkId link, const PeerIdentity& identity) {
    node_->on_stream_connected(loop_.now(), link, identity);
  };
  callbacks.turned_away = [this](const Endpoint& from, std::string_view reason) {
    observe(events_, loop_.now(), EventKind::PeerRefused, Severity::Warning,
            {{"address", from.host()}, {"reason", reason}});
  };
  callbacks.expects = [this](const Endpoint& from) { return node_->is_member_host(from); };
  callbacks.data = [this](LinkId link, ByteView bytes) { node_->on_stream_data(loop_.now(), link, bytes); };
  callbacks.closed = [this](LinkId link, std::string_view reason) {
    node_->on_stream_closed(loop_.now(), link, reason);
  };
  return callbacks;
}

Result<void> Daemon::open() {
  httpio::HttpOptions options;
  options.connections = config_.node.registry.concurrency;
  options.tls = config_.registry_tls;
  options.token_file = config_.node.registry.token_file;
  if (auto usable = check(options); !usable) return usable;
  if (const std::string& file = config_.node.registry.password_file; !file.empty()) {
    auto password = httpio::read_password(file);
    if (!password) return tl::unexpected(password.error());
    config_.node.registry.password = std::move(*password);
  }
  if (auto keys = open_keys(); !keys) return keys;
  if (auto certificates = certificates_.open(); !certificates) return certificates;

  // The lock first: a second syncer of that name is the likelier mistake than a busy port, and says more.
  auto storage = store::FileStorage::open(config_.data_dir, post(), [this](CallId id, Result<void> outcome) {
    node_->on_stored(loop_.now(), id, std::move(outcome));
  });
  if (!storage) return tl::unexpected(storage.error());
  storage_ = std::move(*storage);

  auto sockets = open_sockets(loop_, config_, stream_callbacks(), [this](const Endpoint& from, ByteView packet) {
    node_->on_datagram(loop_.now(), from, packet);
  });
  if (!sockets) return tl::unexpected(sockets.error());
  sockets_ = std::move(*sockets);

  http_ = std::make_unique<httpio::HttpClient>(loop_, options, [this](CallId id, Result<HttpResponse> answer) {
    metered_->answered(id, answer);
    node_->on_http(loop_.now(), id, std::move(answer));
  });
  metered_ = std::make_unique<MeteredHttp>(*http_, measures_, [this] { return loop_.now(); });
  if (auto created = open_node(); !created) return created;
  return open_admin();
}

Result<void> Daemon::open_keys() {
  crypto::Keyring& ring = config_.node.gossip_pool.keys;
  if (!config_.keyring_file.empty()) {
    auto loaded = load_keyring(config_.keyring_file);
    if (!loaded) return tl::unexpected(loaded.error());
    ring = std::move(*loaded);
    config_.node.gossip_nonce = system_nonce;
    config_.node.gossip_keep_keys = [this](const crypto::Keyring& changed) { return keys_->keep(changed); };
  }
  const auto apply = [this](crypto::Keyring keys) { return node_->set_gossip_keys(loop_.now(), std::move(keys)); };
  const auto use = [this](const std::string& id) { return node_->use_key(loop_.now(), id); };
  const auto remove = [this](const std::string& id) { return node_->remove_key(loop_.now(), id); };
  keys_ = std::make_unique<GossipKeys>(config_.keyring_file, ring, apply, use, remove);
  return {};
}

Result<void> Daemon::open_node() {
  const Ports ports{*sockets_.datagrams, *sockets_.streams, *metered_, *storage_, events_};
  auto created = node::Node::create(config_.node, ports, Random(fresh_seed()), loop_.now());
  if (!created) return tl::unexpected(created.error());
  node_ = std::move(*created);
  inquiries_ = std::make_unique<Inquiries>(*node_);
  return {};
}

Result<void> Daemon::open_admin() {
  admin::AdminApi api;
  api.status = [this] { return full_status(); };
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
  const node::Status status = full_status();
  std::map<std::string, bool> regions;
  for (const node::RegionStatus& region : status.regions) regions.emplace(region.region, true);
  measures_.set_regions(regions);
  return admin::metrics_text(status, events_.counts(),
                             {build_.version, build_.commit, loop_.now() - started_, &measures_,
                              admin::read_process_figures(), feed_.dropped()});
}

/// The node's, with what only the process knows.
node::Status Daemon::full_status() const {
  node::Status status = node_->status(loop_.now());
  status.leaving = leave_until_.has_value();
  status.unkept_keys = keys_->problem();
  status.certificate = certificates_.status();
  add_unresolved(status);
  status.ready = node::problems_of(status).empty();
  return status;
}

void Daemon::add_inventory(admin::AdminApi& api) {
  api.copies = [this](const catalog::CopyQuery& query) { return node_->copies(loop_.now(), query); };
  api.services = [this](const std::string& search, const std::string& after, std::size_t limit) {
    return node_->services(search, after, limit);
  };
  api.explain = [this](const std::string& what) { return inquiries_->explain(loop_.now(), what); };
  api.differences = [this](const std::string& a, const std::string& b) {
    return inquiries_->differences(loop_.now(), a, b);
  };
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
  const CommandRunner runner(*node_, *keys_, loop_.now(),
                             {[this] { return reload(); },
                              [this](Severity level, std::optional<Duration> time) { set_log_level(level, time); },
                              [this](const std::string& address) { return resolver_->add(address); },
                              [this] { begin_leave(true); }, [this] { return load_policy(); }});
  auto outcome = std::visit(runner, command);
  config_.effective["policy"].text = node_->policy().text;
  const admin::CommandRequest request = admin::to_request(command);
  const bool is_secret = std::holds_alternative<admin::InstallKey>(command);
  log_.say(Severity::Info, "operator.command", "",
           {{"command", request.path},
            {"argument", is_secret ? "" : std::string_view(request.argument)},
            {"by", who},
            {"outcome", outcome ? "done" : std::string_view(outcome.error().detail)}});
  return outcome;
}

/// All of it is checked before any of it is applied.
Result<std::string> Daemon::reload() {
  const ServiceNotify::Reload told(notify_, service_status());
  auto fresh = load_();
  if (!fresh) return tl::unexpected(fresh.error());
  if (auto usable = node::with_live_settings(node_->config(), fresh->node); !usable) {
    return tl::unexpected(usable.error());
  }
  if (auto usable = certificates_.check(fresh->tls_files); !usable) return tl::unexpected(usable.error());
  if (auto permitted = node_->permit_policy(fresh->node.policy); !permitted) return tl::unexpected(permitted.error());
  if (auto files = http_->reload_files(); !files) return tl::unexpected(files.error());
  if (auto taken = node_->reconfigure(loop_.now(), fresh->node); !taken) return tl::unexpected(taken.error());
  const Changes changes = changes_between(config_, *fresh);
  if (changes.log_level) config_.log_level = *changes.log_level;
  config_.tls_files = fresh->tls_files;
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

/// Host names to join by that have no address yet: the node does not know of them.
void Daemon::add_unresolved(node::Status& status) const {
  const bool never =
      std::all_of(status.joins.begin(), status.joins.end(), [](const auto& join) { return join.needed; });
  for (const auto& [target, reason] : resolver_->unresolved()) {
    status.joins.push_back({target, false, reason.empty() ? "not resolved yet" : "not resolved: " + reason, never});
  }
}

/// The folder keeps the name under which its syncer was started first.
void Daemon::keep_name() {
  const config::FormerName name{config_.node.node, config_.effective.at("bind-addr").text,
                                config_.effective.at("sc-addr").text};
  const auto kept = store::replace_file(config_.data_dir, config::kNameFile, config::to_text(name));
  if (!kept) log_.say(Severity::Warning, "daemon.warning", to_string(kept.error()));
}

void Daemon::start() {
  keep_name();
  loop_.on_signals([this](int number) { on_signal(number); });
  for (const std::string& warning : config_.warnings) log_.say(Severity::Warning, "daemon.warning", warning);
  certificates_.begin(loop_.now(), *sockets_.streams);
  node_->start(loop_.now());
  resolver_ = std::make_unique<net::Resolver>(
      loop_, config_.join, [this](std::vector<Endpoint> seeds) { node_->set_seeds(loop_.now(), std::move(seeds)); },
      [this](const std::string& target, const std::string& reason) {
        log_.say(Severity::Warning, "resolve.failed", "cannot find the address of a syncer to join; trying again",
                 {{"target", target}, {"reason", reason}});
      });
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
            {"certificates", certificates_.rule()},
            {"admin", to_string(admin_->socket())},
            {"commands", shown(admin_->commands())},
            {"metrics", shown(admin_->read_only())},
            {"registry", config_.effective.at("sc-addr").text},
            {"data_dir", config_.data_dir},
            {"pid", ::getpid()}});
  notify_.ready(service_status());
}

/// A file that cannot be written is tried again, but not at each turn.
void Daemon::follow_keys(Instant now) {
  const auto kept = keys_->follow(node_->gossip_keys());
  keys_due_ = kept ? now : now + kKeepAgain;
  if (kept) return;
  log_.say(Severity::Error, "daemon.warning", "the keyring file cannot be written",
           {{"reason", to_string(kept.error())}});
}

/// What is due now, and when to be called again.
Instant Daemon::turn() {
  const Instant now = loop_.now();
  if (now >= node_->next_deadline()) node_->advance(now);
  if (now >= keys_due_) follow_keys(now);
  if (now >= log_until_) set_log_level(config_.log_level, std::nullopt);
  certificates_.advance(now);
  if (now >= log_.next_deadline()) log_.advance(now);
  if (now >= history_.next_deadline()) history_.note(now, std::time(nullptr), full_status());
  measure(now);
  if (!node_->fatal().empty()) {
    fail(node_->fatal());
    loop_.stop();
  } else if (leave_until_ && (node_->left() || now >= *leave_until_)) {
    if (!node_->left()) log_.say(Severity::Warning, "daemon.warning", "leaving took too long and was broken off");
    loop_.stop();
  }
  const Instant sign_due = notify_.advance(now);
  return std::min({leave_until_.value_or(kNever), log_until_, log_.next_deadline(), history_.next_deadline(),
                   inquiries_->next_deadline(), measure_due_, sign_due, node_->next_deadline()});
}

/// Takes what other regions answered, and asks them for the ages of what was written here.
void Daemon::measure(Instant now) {
  inquiries_->advance(now);
  for (const node::ConvergenceTime& one : node_->take_times()) measures_.note_convergence(one.origin, one.time);
  if (now < measure_due_) return;
  measure_due_ = now + kMeasure;
  node_->measure(now);
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
  node_->leave(loop_.now(), for_good);
}

void Daemon::finish() {
  loop_.run_until([this] { return sockets_.streams->flushed(); }, loop_.now() + kFlushTimeout);
  ::unlink((config_.data_dir + "/" + kAdminFile).c_str());
  log_.say(Severity::Info, "daemon.stopped", "");
}

}  // namespace

int run(config::DaemonConfig config, const Build& build, LoadConfig load) {
  forbid_core_dumps();
  return Daemon(std::move(config), build, std::move(load)).run();
}

}  // namespace syncer::daemon
