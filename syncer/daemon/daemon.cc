// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/daemon.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <utility>

#include "syncer/admin/admin_server.h"
#include "syncer/daemon/gossip_keys.h"
#include "syncer/daemon/group_words.h"
#include "syncer/daemon/sockets.h"
#include "syncer/daemon/watch.h"
#include "syncer/httpio/http_pool.h"
#include "syncer/net/resolver.h"
#include "syncer/node/node.h"
#include "syncer/store/file.h"
#include "syncer/store/file_storage.h"

namespace syncer::daemon {
namespace {

/// An orderly end that takes longer is broken off; below the patience of systemd and Kubernetes.
/// A keyring file that cannot be written is tried again after this.
constexpr Duration kKeepAgain = std::chrono::seconds(5);
constexpr Duration kLeaveTimeout = std::chrono::seconds(10);
/// Time for the last octets to leave after the node is done.
constexpr Duration kFlushTimeout = std::chrono::seconds(1);
/// Threads for requests to the service center; more requests than this wait their turn.
constexpr std::size_t kMaxWorkers = 64;

std::uint64_t fresh_seed() {
  std::random_device device;
  const std::uint64_t high = device();
  return (high << 32U) | device();
}

/// One process: the adapters, the node between them, and the loop that drives it.
class Daemon {
 public:
  Daemon(config::DaemonConfig config, Build build)
      : config_(std::move(config)), build_(std::move(build)), log_(config_.log_level, config_.log_format) {}

  int run() {
    if (auto opened = open(); !opened) return fail(to_string(opened.error()));
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
  void start();
  Instant turn();
  void follow_keys(Instant now);
  void finish();
  void on_signal(int number);
  void say_ready();
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
  EventLog log_;
  Watch watch_{log_};
  net::Loop loop_;
  const Instant started_ = loop_.now();
  // The node uses the ports and goes first; the ports use the loop.
  std::unique_ptr<store::FileStorage> storage_;
  Sockets sockets_;
  std::unique_ptr<httpio::HttpPool> http_;
  std::unique_ptr<node::Node> node_;
  std::unique_ptr<GossipKeys> keys_;
  std::unique_ptr<net::Resolver> resolver_;
  std::unique_ptr<admin::AdminServer> admin_;
  std::optional<Instant> leave_until_;
  Instant keys_due_{};
  int exit_code_ = 0;
};

net::StreamCallbacks Daemon::stream_callbacks() {
  net::StreamCallbacks callbacks;
  callbacks.accepted = [this](LinkId link, Listener listener, const Endpoint& from) {
    node_->on_stream_accepted(loop_.now(), link, listener, from);
  };
  callbacks.connected = [this](LinkId link) { node_->on_stream_connected(loop_.now(), link); };
  callbacks.data = [this](LinkId link, ByteView octets) { node_->on_stream_data(loop_.now(), link, octets); };
  callbacks.closed = [this](LinkId link, std::string_view reason) {
    node_->on_stream_closed(loop_.now(), link, reason);
  };
  return callbacks;
}

Result<void> Daemon::open() {
  httpio::HttpOptions options;
  options.workers = std::min<std::size_t>(config_.node.registry.concurrency, kMaxWorkers);
  options.ca_file = config_.ca_file;
  options.token_file = config_.node.registry.token_file;
  if (auto usable = check(options); !usable) return usable;
  if (auto keys = open_keys(); !keys) return keys;

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

  http_ = std::make_unique<httpio::HttpPool>(options, post(), [this](CallId id, Result<HttpResponse> answer) {
    node_->on_http(loop_.now(), id, std::move(answer));
  });
  if (auto created = open_node(); !created) return created;
  return open_admin();
}

Result<void> Daemon::open_keys() {
  wire::gossip::Keyring& ring = config_.node.gossip_pool.keys;
  if (!config_.keyring_file.empty()) {
    auto loaded = load_keyring(config_.keyring_file);
    if (!loaded) return tl::unexpected(loaded.error());
    ring = std::move(*loaded);
    config_.node.gossip_nonce = system_nonce;
    config_.node.gossip_keep_keys = [this](const wire::gossip::Keyring& changed) { return keys_->keep(changed); };
  }
  const auto apply = [this](wire::gossip::Keyring keys) {
    return node_->set_gossip_keys(loop_.now(), std::move(keys));
  };
  const auto ask = [this](const std::string& verb, const std::string& id) {
    return node_->ask_for_key(loop_.now(), verb, id);
  };
  keys_ = std::make_unique<GossipKeys>(config_.keyring_file, ring, apply, ask);
  return {};
}

Result<void> Daemon::open_node() {
  const Ports ports{*sockets_.datagrams, *sockets_.streams, *http_, *storage_, watch_};
  auto created = node::Node::create(config_.node, ports, Random(fresh_seed()), loop_.now());
  if (!created) return tl::unexpected(created.error());
  node_ = std::move(*created);
  return {};
}

Result<void> Daemon::open_admin() {
  admin::AdminApi api;
  api.status = [this] {
    node::Status status = node_->status(loop_.now());
    if (leave_until_) {
      status.ready = false;
      status.pending.emplace_back("the syncer is leaving");
    }
    if (!keys_->problem().empty()) status.pending.push_back(keys_->problem());
    return status;
  };
  api.metrics = [this, status = api.status] {
    return admin::metrics_text(status(), watch_.counts(), {build_.version, build_.commit, loop_.now() - started_});
  };
  api.release_guard = [this](const std::string& region) { return node_->release_guard(loop_.now(), region); };
  api.keys = [this](const std::string& verb, const std::string& argument) { return keys_->run(verb, argument); };
  api.cluster = [this](const std::string& verb, const std::string& argument) {
    return tell_group(*node_, loop_.now(), verb, argument);
  };
  auto server = admin::AdminServer::start(config_.admin, std::move(api), post());
  if (!server) return failure(ErrorCode::Io, "--admin-addr", server.error().detail);
  admin_ = std::move(*server);
  return store::replace_file(config_.data_dir, kAdminFile, to_string(admin_->local()) + "\n");
}

void Daemon::start() {
  loop_.on_signals([this](int number) { on_signal(number); });
  for (const std::string& warning : config_.warnings) log_.say(Severity::Warning, "daemon.warning", warning);
  node_->start(loop_.now());
  resolver_ = std::make_unique<net::Resolver>(
      loop_, config_.join, [this](std::vector<Endpoint> seeds) { node_->set_seeds(loop_.now(), std::move(seeds)); },
      [this](const std::string& target, const std::string& reason) {
        log_.say(Severity::Warning, "resolve.failed", "cannot find the address of a syncer to join; trying again",
                 {{"target", target}, {"reason", reason}});
      });
  say_ready();
}

void Daemon::say_ready() {
  log_.say(Severity::Info, "daemon.ready", "listening",
           {{"version", build_.version},
            {"node", config_.node.node},
            {"region", config_.node.region},
            {"gossip", to_string(config_.node.gossip_address)},
            {"rpc", to_string(config_.node.rpc_address)},
            {"sealed", config_.keyring_file.empty() ? "no" : "yes"},
            {"admin", to_string(admin_->local())},
            {"registry", config_.effective.at("sc-addr").text},
            {"data_dir", config_.data_dir},
            {"pid", ::getpid()}});
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
  if (!node_->fatal().empty()) {
    fail(node_->fatal());
    loop_.stop();
  } else if (leave_until_ && (node_->left() || now >= *leave_until_)) {
    if (!node_->left()) log_.say(Severity::Warning, "daemon.warning", "leaving took too long and was broken off");
    loop_.stop();
  }
  return leave_until_ ? std::min(*leave_until_, node_->next_deadline()) : node_->next_deadline();
}

void Daemon::on_signal(int number) {
  if (leave_until_) std::_Exit(128 + number);
  log_.say(Severity::Info, "daemon.leaving", "saying good-bye; a second signal ends at once", {{"signal", number}});
  leave_until_ = loop_.now() + kLeaveTimeout;
  node_->leave(loop_.now());
}

void Daemon::finish() {
  loop_.run_until([this] { return sockets_.streams->flushed(); }, loop_.now() + kFlushTimeout);
  ::unlink((config_.data_dir + "/" + kAdminFile).c_str());
  log_.say(Severity::Info, "daemon.stopped", "");
}

}  // namespace

int run(config::DaemonConfig config, const Build& build) { return Daemon(std::move(config), build).run(); }

}  // namespace syncer::daemon
