// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/node.h"

#include "syncer/node/node_state.h"
#include "syncer/node/settings.h"

namespace syncer::node {

Result<std::unique_ptr<Node>> Node::create(NodeConfig config, Ports ports, Random random, Instant now) {
  if (auto valid = validate(config); !valid) return tl::unexpected(valid.error());
  auto state = std::make_unique<State>(std::move(config), ports, random, now);
  auto loaded = state->cluster ? state->cluster->load() : state->epochs.load();
  if (!loaded) return tl::unexpected(loaded.error());
  return std::unique_ptr<Node>(new Node(std::move(state)));
}

Node::Node(std::unique_ptr<State> state) : state_(std::move(state)) {}
Node::~Node() = default;

void Node::start(Instant now) {
  State& s = *state_;
  observe(s.ports.observer, now, EventKind::NodeStarted, Severity::Info,
          {{"node", s.config.node},
           {"region", s.config.region},
           {"gossip", to_string(s.config.gossip_address)},
           {"rpc", to_string(s.config.rpc_address)}});
  s.started = now;
  s.gossip.start(now);
  s.gossip.set_seeds(now, s.config.join);
  s.catalog.start(now);
  if (s.cluster)
    s.cluster->start(now);
  else
    s.epochs.claim(std::nullopt);
  s.pump(now);
}

void Node::leave(Instant now) {
  state_->leave(now);
  state_->pump(now);
}

bool Node::left() const { return state_->left(); }
const std::string& Node::fatal() const { return state_->fatal; }

void Node::advance(Instant now) {
  state_->advance(now);
  state_->pump(now);
}

Instant Node::next_deadline() const { return state_->next_deadline(); }

void Node::on_datagram(Instant now, const Endpoint& from, ByteView packet) {
  state_->gossip.on_datagram(now, from, packet);
  state_->pump(now);
}

void Node::on_stream_accepted(Instant now, LinkId link, Listener listener, const Endpoint& from) {
  state_->accept(now, link, listener, from);
  if (listener == Listener::Cluster) state_->pump(now);
}

void Node::on_stream_connected(Instant now, LinkId link) {
  State& s = *state_;
  if (s.cluster && s.cluster->owns(link))
    s.cluster->on_stream_connected(now, link);
  else if (s.gossip.owns(link))
    s.gossip.on_stream_connected(now, link);
  else if (s.peering.owns(link))
    s.peering.on_stream_connected(now, link);
  s.pump(now);
}

void Node::on_stream_data(Instant now, LinkId link, ByteView octets) {
  state_->read(now, link, octets);
  state_->pump(now);
}

void Node::on_stream_closed(Instant now, LinkId link, std::string_view reason) {
  State& s = *state_;
  s.newcomers.forget(link);
  if (s.cluster && s.cluster->owns(link))
    s.cluster->on_stream_closed(now, link);
  else if (s.gossip.owns(link))
    s.gossip.on_stream_closed(now, link, reason);
  else if (s.peering.owns(link))
    s.peering.on_stream_closed(now, link, reason);
  s.pump(now);
}

void Node::on_http(Instant now, CallId call, Result<HttpResponse> answer) {
  state_->catalog.on_http(now, call, std::move(answer));
  state_->pump(now);
}

void Node::on_stored(Instant now, CallId call, Result<void> outcome) {
  state_->stored(now, call, outcome);
  state_->pump(now);
}

void Node::set_seeds(Instant now, std::vector<Endpoint> seeds) {
  state_->gossip.set_seeds(now, std::move(seeds));
  state_->pump(now);
}

Result<void> Node::release_guard(Instant now, std::string_view region) {
  const auto ask = [&](cluster::Cluster& cluster) { return cluster.release_guard(now, region); };
  if (state_->cluster) return state_->ask_cluster(now, ask);
  state_->catalog.release_guard(now, region);
  state_->pump(now);
  return {};
}

Result<void> Node::replace_voter(Instant now, std::string_view node) {
  return state_->ask_cluster(now, [&](cluster::Cluster& cluster) { return cluster.replace(now, node); });
}

Result<void> Node::raise_generation(Instant now) {
  return state_->ask_cluster(now, [&](cluster::Cluster& cluster) { return cluster.raise_generation(now); });
}

Result<void> Node::forget_proposal(Instant now) {
  return state_->ask_cluster(now, [&](cluster::Cluster& cluster) { return cluster.forget_proposal(now); });
}

Result<void> Node::set_gossip_keys(Instant now, wire::gossip::Keyring keys) {
  State& s = *state_;
  if (!s.cluster) return s.gossip.set_keys(std::move(keys));
  if (keys.empty() != s.gossip.keys().empty()) return s.gossip.set_keys(std::move(keys));  // refused, with the reason
  return s.ask_cluster(now, [&](cluster::Cluster& cluster) { return cluster.set_keys(now, std::move(keys)); });
}

Result<bool> Node::ask_for_key(Instant now, const std::string& verb, const std::string& id) {
  if (!state_->cluster || state_->cluster->raft() == nullptr) return false;
  const auto asked = state_->ask_cluster(now, [&](cluster::Cluster& cluster) {
    return verb == "use" ? cluster.use_key(now, id) : cluster.remove_key(now, id);
  });
  if (!asked) return tl::unexpected(asked.error());
  return true;
}

const wire::gossip::Keyring& Node::gossip_keys() const { return state_->gossip.keys(); }

const NodeConfig& Node::config() const { return state_->config; }
const gossip::Gossip& Node::gossip() const { return state_->gossip; }
const peering::Peering& Node::peering() const { return state_->peering; }
const catalog::Catalog& Node::catalog() const { return state_->catalog; }
const cluster::Cluster* Node::cluster() const { return state_->cluster.get(); }

void Node::hash(StateHasher& hasher) const {
  state_->gossip.hash(hasher);
  state_->peering.hash(hasher);
  state_->catalog.hash(hasher);
  if (state_->cluster) state_->cluster->hash(hasher);
}

}  // namespace syncer::node
