// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/side.h"

#include <algorithm>
#include <random>
#include <utility>

#include "syncer/config/former_name.h"
#include "syncer/daemon/process_limits.h"
#include "syncer/httpio/token.h"
#include "syncer/peering/peering.h"
#include "syncer/store/file.h"

namespace syncer::daemon {
namespace {

/// How often other regions are asked how old their changes are, while there are any.
constexpr Duration kMeasure = std::chrono::seconds(5);

std::uint64_t fresh_seed() {
  std::random_device device;
  const std::uint64_t high = device();
  return (high << 32U) | device();
}

httpio::HttpOptions http_options(const config::DaemonConfig& config) {
  httpio::HttpOptions options;
  options.connections = config.node.registry.concurrency;
  options.tls = config.registry_tls;
  options.token_file = config.node.registry.token_file;
  return options;
}

/// The folder keeps the name under which its syncer was started first.
Result<void> keep_name(const config::DaemonConfig& config) {
  const config::FormerName name{config.node.node, config.effective.at("bind-addr").text,
                                config.effective.at("sc-addr").text};
  return store::replace_file(config.data_dir, config::kNameFile, config::to_text(name));
}

}  // namespace

Side::Side(config::DaemonConfig& config, net::Loop& loop, EventLog& log, std::string name)
    : config_(config),
      loop_(loop),
      log_(log),
      events_(log, std::move(name), config.node.node),
      certificates_(config, events_) {}

net::StreamCallbacks Side::stream_callbacks() {
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

Result<void> Side::open(std::size_t descriptors) {
  if (auto usable = check(http_options(config_)); !usable) return usable;
  if (const std::string& file = config_.node.registry.password_file; !file.empty()) {
    auto password = httpio::read_password(file);
    if (!password) return tl::unexpected(password.error());
    config_.node.registry.password = std::move(*password);
  }
  if (auto certificates = certificates_.open(); !certificates) return certificates;
  // The lock first: a second syncer of that name is the likelier mistake than a busy port, and says more.
  if (auto stored = open_storage(); !stored) return stored;
  auto sockets =
      open_sockets(loop_, config_, stream_limits(descriptors, config_.node.registry.concurrency), stream_callbacks(),
                   [this](const Endpoint& from, ByteView packet) { node_->on_datagram(loop_.now(), from, packet); });
  if (!sockets) return tl::unexpected(sockets.error());
  sockets_ = std::move(*sockets);
  open_http();
  return open_node();
}

void Side::open_http() {
  http_ = std::make_unique<httpio::HttpClient>(loop_, http_options(config_),
                                               [this](CallId id, Result<HttpResponse> answer) {
                                                 metered_->answered(id, answer);
                                                 node_->on_http(loop_.now(), id, std::move(answer));
                                               });
  metered_ = std::make_unique<MeteredHttp>(*http_, measures_, [this] { return loop_.now(); });
}

Result<void> Side::open_storage() {
  const auto post = [this](std::function<void()> task) { loop_.post(std::move(task)); };
  auto storage = store::FileStorage::open(config_.data_dir, post, [this](CallId id, Result<void> outcome) {
    node_->on_stored(loop_.now(), id, std::move(outcome));
  });
  if (!storage) return tl::unexpected(storage.error());
  storage_ = std::move(*storage);
  return {};
}

Result<void> Side::open_node() {
  const Ports ports{*sockets_.datagrams, *sockets_.streams, *metered_, *storage_, events_, certificates_.signer()};
  auto created = node::Node::create(config_.node, ports, Random(fresh_seed()), loop_.now());
  if (!created) return tl::unexpected(created.error());
  node_ = std::move(*created);
  inquiries_ = std::make_unique<Inquiries>(*node_);
  return {};
}

void Side::abandon() {
  if (storage_) storage_->abandon();
}

void Side::start() {
  if (const auto kept = keep_name(config_); !kept)
    log_.say(Severity::Warning, "daemon.warning", to_string(kept.error()));
  certificates_.begin(loop_.now(), *sockets_.streams);
  node_->start(loop_.now());
  resolver_ = std::make_unique<net::Resolver>(
      loop_, config_.join, [this](std::vector<Endpoint> seeds) { node_->set_seeds(loop_.now(), std::move(seeds)); },
      [this](const std::string& target, const std::string& reason) {
        log_.say(Severity::Warning, "resolve.failed", "cannot find the address of a syncer to join; trying again",
                 {{"target", target}, {"reason", reason}});
      });
}

void Side::advance(Instant now) {
  if (now >= node_->next_deadline()) node_->advance(now);
  certificates_.advance(now);
  inquiries_->advance(now);
  measure(now);
}

/// Takes what other regions answered, and asks them for the ages of what was written here.
void Side::measure(Instant now) {
  for (const node::ConvergenceTime& one : node_->take_times()) measures_.note_convergence(one.origin, one.time);
  if (now < measure_due_) return;
  measure_due_ = now + kMeasure;
  node_->measure(now);
}

Result<void> Side::check_reload(const config::DaemonConfig& fresh) const {
  if (auto usable = check(http_options(config_)); !usable) return usable;
  if (auto usable = node::with_live_settings(node_->config(), fresh.node); !usable)
    return tl::unexpected(usable.error());
  if (auto permitted = node_->permit_policy(fresh.node.policy); !permitted) return tl::unexpected(permitted.error());
  return certificates_.check(fresh.tls_files);
}

Result<void> Side::reload(const config::DaemonConfig& fresh) {
  if (auto files = http_->reload_files(); !files) return files;
  if (auto taken = node_->reconfigure(loop_.now(), fresh.node); !taken) return tl::unexpected(taken.error());
  config_.tls_files = fresh.tls_files;
  return {};
}

admin::SideMetrics Side::metrics(std::string label, node::Status status) {
  std::map<std::string, bool> regions;
  for (const node::RegionStatus& region : status.regions) regions.emplace(region.region, true);
  measures_.set_regions(regions);
  return {std::move(label), std::move(status), events_.counts(), &measures_};
}

node::Status Side::status(Instant now) const {
  node::Status status = node_->status(now);
  status.certificate = certificates_.status();
  add_unresolved(status);
  return status;
}

Result<node::RttReport> Side::round_trips(Instant now, const std::string& about) const {
  node::RttReport report = node_->round_trips(about);
  for (const std::string& region : node_->peering().regions()) {
    const bool is_meant = std::any_of(report.members.begin(), report.members.end(),
                                      [&](const node::MemberRoundTrip& member) { return member.region == region; });
    if (!about.empty() && about != region && !is_meant) continue;
    const peering::Peering::Link link = node_->peering().link(region);
    const auto heard = link.last_heard ? std::optional(now - *link.last_heard) : std::nullopt;
    const bool is_one = link.in && link.in == link.out;
    if (link.out)
      report.links.push_back({region, is_one ? "both" : "out", sockets_.streams->round_trip(*link.out), heard});
    if (link.in && !is_one) report.links.push_back({region, "in", sockets_.streams->round_trip(*link.in), heard});
  }
  if (about.empty() || !report.members.empty() || !report.links.empty()) return report;
  return failure(ErrorCode::NotFound, "", "no other member and no region is known as \"" + about + "\"");
}

/// Host names to join by that have no address yet: the node does not know of them.
void Side::add_unresolved(node::Status& status) const {
  const bool never =
      std::all_of(status.joins.begin(), status.joins.end(), [](const auto& join) { return join.needed; });
  for (const auto& [target, reason] : resolver_->unresolved()) {
    status.joins.push_back({target, false, reason.empty() ? "not resolved yet" : "not resolved: " + reason, never});
  }
}

}  // namespace syncer::daemon
