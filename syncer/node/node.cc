// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/node.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/node/flows.h"
#include "syncer/node/node_config.h"
#include "syncer/wire/sync/message.h"

namespace syncer::node {
namespace {

/// Silent streams of one socket: of all, of all but members' hosts, and of one host.
constexpr std::size_t kMaxSilent = 256;
constexpr std::size_t kMaxSilentStrangers = 192;
constexpr std::size_t kMaxSilentOfOneHost = 64;
constexpr Duration kSilenceLimit = std::chrono::seconds(5);

/// The message types of memberlist, the other protocol, are small numbers or 244.
bool is_sync(ByteView first_bytes) { return first_bytes.front() == wire::kSyncProtocol.magic.front(); }

}  // namespace

Result<std::unique_ptr<Node>> Node::create(NodeConfig config, Ports ports, Random random, Instant now) {
  if (auto valid = validate(config); !valid) return tl::unexpected(valid.error());
  if (auto valid = validate_pool(config); !valid) return tl::unexpected(valid.error());
  auto parts = std::make_unique<Parts>(std::move(config), ports, random, now);
  auto loaded = parts->cluster ? parts->cluster->load() : parts->epochs.load();
  if (!loaded) return tl::unexpected(loaded.error());
  if (auto names = parts->names.load(); !names) return tl::unexpected(names.error());
  if (auto members = parts->members.load(); !members) return tl::unexpected(members.error());
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)), flows_(std::make_unique<Flows>(*parts_)) {}
Node::~Node() = default;

// Begin and end.

void Node::start(Instant now) {
  const NodeConfig& config = parts_->config;
  observe(parts_->ports.observer, now, EventKind::NodeStarted, Severity::Info,
          {{"node", config.node},
           {"region", config.region},
           {"gossip", to_string(config.gossip_address)},
           {"rpc", to_string(config.rpc_address)}});
  parts_->names.start(now);
  parts_->gossip.start(now, parts_->names.held_before());
  parts_->gossip.set_seeds(now, config.join);
  parts_->members.start(now);
  parts_->catalog.start(now);
  if (parts_->cluster) parts_->cluster->start(now);
  flows_->start(now);
  flows_->run(now);
}

Result<Node::Reconfigured> Node::reconfigure(Instant now, const NodeConfig& wanted) {
  auto config = with_live_settings(parts_->config, wanted);
  if (!config) return tl::unexpected(config.error());
  const Reconfigured changes{differences(parts_->config, *config), differences(*config, wanted)};
  if (changes.applied.empty()) return changes;
  parts_->config = std::move(*config);
  parts_->peering.reconfigure(now, parts_->config.sync);
  parts_->catalog.reconfigure(now, {parts_->config.registry, parts_->config.guard, parts_->config.sync.hold});
  take_policy(now);
  flows_->reconfigured(now);
  flows_->run(now);
  return changes;
}

void Node::leave(Instant now, bool for_good) {
  if (!flows_->stopped()) begin_leave(now, for_good);
  flows_->run(now);
}

void Node::begin_leave(Instant now, bool for_good) {
  flows_->stop();
  observe(parts_->ports.observer, now, EventKind::NodeLeaving, Severity::Info, {{"node", parts_->config.node}});
  // In cluster mode the region stays: no leave is announced to the pool, and the next leader removes the canary.
  leaves_pool_ = for_good || !parts_->cluster;
  if (parts_->cluster) parts_->cluster->resign(now);
  if (parts_->cluster && for_good) parts_->gossip.leave(now);
  if (parts_->cluster) return;
  parts_->catalog.withdraw(now);
  parts_->gossip.leave(now);
}

bool Node::left() const {
  if (!flows_->stopped()) return false;
  if (parts_->cluster) return parts_->cluster->resigned() && (!leaves_pool_ || parts_->gossip.left());
  return parts_->gossip.left() && parts_->catalog.withdrawn();
}

const std::string& Node::fatal() const { return flows_->fatal(); }

// Time.

void Node::advance(Instant now) {
  while (const auto link = unidentified_.take_expired(now)) {
    if (!SYNCER_MUTATED("node.forget_silent_streams_unclosed")) parts_->ports.streams.close(*link);
  }
  if (parts_->cluster && now >= parts_->cluster->next_deadline()) {
    parts_->cluster->advance(now);
    // After a long sleep all deadlines have passed: a node that does not lead any more must not touch the registry.
    if (!SYNCER_MUTATED("node.advance_catalog_of_the_deposed")) flows_->follow_writer(now);
  }
  if (now >= parts_->names.next_deadline() && fatal().empty()) parts_->names.advance(now);
  if (now >= parts_->gossip.next_deadline()) parts_->gossip.advance(now);
  if (now >= parts_->members.next_deadline() && fatal().empty()) flows_->recall_members(now);
  if (now >= parts_->peering.next_deadline()) parts_->peering.advance(now);
  if (now >= parts_->catalog.next_deadline()) parts_->catalog.advance(now);
  if (now >= flows_->next_deadline()) flows_->advance(now);
  flows_->note_guards(now);
  flows_->run(now);
}

Instant Node::next_deadline() const {
  const Instant cluster = parts_->cluster ? parts_->cluster->next_deadline() : kNever;
  return std::min({cluster, parts_->gossip.next_deadline(), parts_->peering.next_deadline(),
                   parts_->catalog.next_deadline(), parts_->names.next_deadline(), parts_->members.next_deadline(),
                   flows_->next_deadline(), unidentified_.next_deadline()});
}

// Inputs: each goes to the part that it is meant for, then the flows carry the results.

void Node::on_datagram(Instant now, const Endpoint& from, ByteView packet) {
  parts_->gossip.on_datagram(now, from, packet);
  flows_->run(now);
}

void Node::on_stream_accepted(Instant now, LinkId link, Listener listener, const Endpoint& from,
                              const PeerIdentity& identity) {
  if (listener == Listener::Cluster) {
    if (parts_->cluster)
      parts_->cluster->on_stream_accepted(now, link, from, identity);
    else
      parts_->ports.streams.close(link);
    return flows_->run(now);
  }
  if (unidentified_.accept(now, link, listener, from, identity, is_member_host(from))) return;
  observe(parts_->ports.observer, now, EventKind::PeerRefused, Severity::Warning,
          {{"address", from.host()}, {"reason", "too many silent connections"}});
  parts_->ports.streams.close(link);
}

bool Node::is_member_host(const Endpoint& from) const {
  if (parts_->peering.expects(from)) return true;
  bool found = false;
  parts_->gossip.swim().members().for_each([&](const membership::Member& member) {
    found = found || (member.address.address == from.address && !membership::is_gone(member.state));
  });
  return found;
}

void Node::on_stream_connected(Instant now, LinkId link, const PeerIdentity& identity) {
  if (parts_->cluster && parts_->cluster->owns(link))
    parts_->cluster->on_stream_connected(now, link, identity);
  else if (parts_->gossip.owns(link))
    parts_->gossip.on_stream_connected(now, link);
  else if (parts_->peering.owns(link))
    parts_->peering.on_stream_connected(now, link, identity);
  flows_->run(now);
}

/// The part that an accepted stream is for has it from its first byte on.
void Node::identify(Instant now, LinkId link, ByteView first_bytes) {
  const auto identified = unidentified_.identify(link, first_bytes);
  if (!identified) return;
  const auto& [protocol, from, identity] = *identified;
  if (protocol == UnidentifiedStreams::Protocol::Sync)
    parts_->peering.on_stream_accepted(now, link, from, identity);
  else
    parts_->gossip.on_stream_accepted(now, link, from);
}

void Node::on_stream_data(Instant now, LinkId link, ByteView bytes) {
  identify(now, link, bytes);
  if (parts_->cluster && parts_->cluster->owns(link))
    parts_->cluster->on_stream_data(now, link, bytes);
  else if (parts_->peering.owns(link))
    parts_->peering.on_stream_data(now, link, bytes);
  else if (parts_->gossip.owns(link))
    parts_->gossip.on_stream_data(now, link, bytes);
  flows_->run(now);
}

void Node::on_stream_closed(Instant now, LinkId link, std::string_view reason) {
  unidentified_.forget(link);
  if (parts_->cluster && parts_->cluster->owns(link))
    parts_->cluster->on_stream_closed(now, link);
  else if (parts_->gossip.owns(link))
    parts_->gossip.on_stream_closed(now, link, reason);
  else if (parts_->peering.owns(link))
    parts_->peering.on_stream_closed(now, link, reason);
  flows_->run(now);
}

void Node::on_http(Instant now, CallId call, Result<HttpResponse> answer) {
  parts_->catalog.on_http(now, call, std::move(answer));
  flows_->run(now);
}

void Node::on_stored(Instant now, CallId call, Result<void> outcome) {
  flows_->on_stored(now, call, outcome);
  flows_->run(now);
}

void Node::set_seeds(Instant now, std::vector<Endpoint> seeds) {
  parts_->gossip.set_seeds(now, std::move(seeds));
  flows_->run(now);
}

// Operators' commands.

Result<void> Node::ask_cluster(Instant now, const std::function<Result<void>(cluster::Cluster&)>& ask) {
  if (!parts_->cluster) return failure(ErrorCode::Refused, "", "this syncer runs in single mode: it has no group");
  auto outcome = ask(*parts_->cluster);
  flows_->run(now);
  return outcome;
}

Result<void> Node::release_guard(Instant now, std::string_view region) {
  const auto ask = [&](cluster::Cluster& cluster) { return cluster.release_guard(now, region); };
  if (parts_->cluster) return ask_cluster(now, ask);
  parts_->catalog.release_guard(now, region);
  flows_->run(now);
  return {};
}

Result<void> Node::forget_region(Instant now, std::string_view region) {
  if (auto may = parts_->peering.absent().may_forget(region); !may) return may;
  const auto ask = [&](cluster::Cluster& cluster) { return cluster.forget_region(now, region); };
  if (parts_->cluster) return ask_cluster(now, ask);
  parts_->peering.absent().want_forgotten(region);
  flows_->run(now);
  return {};
}

Result<void> Node::force_leave(Instant now, const std::string& member) {
  auto outcome = parts_->gossip.force_leave(now, member);
  flows_->run(now);
  return outcome;
}

/// What is steered is the work of the region's writer.
Result<void> Node::may_steer(const std::string& region) const {
  if (parts_->cluster && !flows_->epoch()) {
    return failure(ErrorCode::Refused, "", "this syncer follows; ask its leader, " + parts_->cluster->leader());
  }
  const std::vector<std::string> known = parts_->peering.regions();
  if (region.empty() || std::find(known.begin(), known.end(), region) != known.end()) return {};
  return failure(ErrorCode::NotFound, "", "no other region is known as \"" + region + "\"");
}

Result<void> Node::pause_imports(Instant now, const std::string& region) {
  if (auto may = may_steer(region); !may) return may;
  parts_->catalog.pause_imports(now, region);
  return {};
}

Result<void> Node::resume_imports(Instant now, const std::string& region) {
  if (auto may = may_steer(""); !may) return may;
  const bool was_paused = parts_->catalog.resume_imports(now, region);
  flows_->run(now);
  if (was_paused) return {};
  return failure(ErrorCode::Refused, "", "its import is not paused by itself");
}

Result<void> Node::drain(Instant now, const std::string& region, std::uint32_t per_second) {
  if (auto may = may_steer(region); !may) return may;
  parts_->catalog.drain(now, region, per_second);
  return {};
}

Result<void> Node::pause_exports(Instant now, const std::string& region) {
  if (auto may = may_steer(region); !may) return may;
  auto outcome = flows_->pause_exports(region);
  flows_->run(now);
  return outcome;
}

Result<void> Node::resume_exports(Instant now, const std::string& region) {
  if (auto may = may_steer(""); !may) return may;
  auto outcome = flows_->resume_exports(now, region);
  flows_->run(now);
  return outcome;
}

Result<void> Node::sync_now(Instant now, const std::string& region) {
  if (auto may = may_steer(region); !may) return may;
  parts_->peering.dial_now(now, region);
  parts_->catalog.hurry(now, region);
  flows_->run(now);
  return {};
}

Result<void> Node::replace_voter(Instant now, std::string_view node) {
  return ask_cluster(now, [&](cluster::Cluster& cluster) { return cluster.replace(now, node); });
}

Result<void> Node::raise_generation(Instant now) {
  return ask_cluster(now, [&](cluster::Cluster& cluster) { return cluster.raise_generation(now); });
}

Result<void> Node::forget_proposal(Instant now) {
  return ask_cluster(now, [&](cluster::Cluster& cluster) { return cluster.forget_proposal(now); });
}

Result<void> Node::set_gossip_keys(Instant now, crypto::Keyring keys) {
  gossip::Gossip& gossip = parts_->gossip;
  if (!parts_->cluster) return gossip.set_keys(std::move(keys));
  if (keys.empty() != gossip.keys().empty()) return gossip.set_keys(std::move(keys));  // refused, with the reason
  return ask_cluster(now, [&](cluster::Cluster& cluster) { return cluster.set_keys(now, std::move(keys)); });
}

Result<bool> Node::use_key(Instant now, const std::string& id) {
  return ask_about_key(now, [&](cluster::Cluster& cluster) { return cluster.use_key(now, id); });
}

Result<bool> Node::remove_key(Instant now, const std::string& id) {
  return ask_about_key(now, [&](cluster::Cluster& cluster) { return cluster.remove_key(now, id); });
}

Result<bool> Node::ask_about_key(Instant now, const std::function<Result<void>(cluster::Cluster&)>& ask) {
  if (!parts_->cluster || parts_->cluster->raft_node() == nullptr) return false;
  if (auto asked = ask_cluster(now, ask); !asked) return tl::unexpected(asked.error());
  return true;
}

// What is shown of it.

const policy::Policy& Node::policy() const { return *flows_->policy(); }
const replication::Projection* Node::shown_here(const std::string& region) const {
  return flows_->gate().projection(region);
}

const crypto::Keyring& Node::gossip_keys() const { return parts_->gossip.keys(); }
const NodeConfig& Node::config() const { return parts_->config; }
const gossip::Gossip& Node::gossip() const { return parts_->gossip; }
const peering::Peering& Node::peering() const { return parts_->peering; }
const catalog::Catalog& Node::catalog() const { return parts_->catalog; }
const cluster::Cluster* Node::cluster() const { return parts_->cluster.get(); }

Sizes Node::sizes() const {
  Sizes sizes;
  sizes.unidentified = unidentified_.size();
  sizes.measured = flows_->convergence().size();
  sizes.gossip = parts_->gossip.sizes();
  sizes.peering = parts_->peering.sizes();
  sizes.catalog = parts_->catalog.sizes();
  if (parts_->cluster) sizes.cluster = parts_->cluster->sizes();
  return sizes;
}

void Node::hash(StateHasher& hasher) const {
  parts_->gossip.hash(hasher);
  parts_->peering.hash(hasher);
  parts_->catalog.hash(hasher);
  if (parts_->cluster) parts_->cluster->hash(hasher);
}

// Streams before their first byte.

bool UnidentifiedStreams::accept(Instant now, LinkId link, Listener listener, const Endpoint& from,
                                 const PeerIdentity& identity, bool expected) {
  Crowd& crowd = crowds_[listener];
  const auto of_this_host = crowd.of_host.find(from.address);
  const bool full = crowd.all >= (expected ? kMaxSilent : kMaxSilentStrangers);
  if (full || (of_this_host != crowd.of_host.end() && of_this_host->second >= kMaxSilentOfOneHost)) return false;
  const Instant deadline = now + kSilenceLimit;
  if (!streams_.emplace(link, Silent{listener, from, identity, deadline}).second) return true;
  deadlines_.insert(deadline);
  ++crowd.all;
  ++crowd.of_host[from.address];
  return true;
}

void UnidentifiedStreams::forget(LinkId link) {
  if (const auto found = streams_.find(link); found != streams_.end()) remove(found);
}

void UnidentifiedStreams::remove(std::map<LinkId, Silent>::iterator at) {
  const Silent& silent = at->second;
  Crowd& crowd = crowds_.at(silent.listener);
  --crowd.all;
  const auto of_this_host = crowd.of_host.find(silent.from.address);
  if (--of_this_host->second == 0) crowd.of_host.erase(of_this_host);
  deadlines_.erase(deadlines_.find(silent.deadline));
  streams_.erase(at);
}

std::optional<UnidentifiedStreams::Identified> UnidentifiedStreams::identify(LinkId link, ByteView first_bytes) {
  const auto found = streams_.find(link);
  if (found == streams_.end() || first_bytes.empty()) return std::nullopt;
  const Protocol protocol = is_sync(first_bytes) ? Protocol::Sync : Protocol::Gossip;
  Identified identified{protocol, found->second.from, std::move(found->second.identity)};
  remove(found);
  return identified;
}

std::optional<LinkId> UnidentifiedStreams::take_expired(Instant now) {
  if (next_deadline() > now) return std::nullopt;
  const auto found =
      std::find_if(streams_.begin(), streams_.end(), [&](const auto& entry) { return entry.second.deadline <= now; });
  const LinkId expired = found->first;
  remove(found);
  return expired;
}

Instant UnidentifiedStreams::next_deadline() const { return deadlines_.empty() ? kNever : *deadlines_.begin(); }

}  // namespace syncer::node
