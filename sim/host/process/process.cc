// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/process.h"

#include <utility>

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"
#include "sim/host/process/simulated_signer.h"
#include "syncer/crypto/expand.h"
#include "syncer/node/node.h"

namespace sim::host {
namespace {

using syncer::Instant;
using syncer::LinkId;
using syncer::node::Node;

class Syncer final : public Process {
 public:
  explicit Syncer(std::unique_ptr<Node> node) : node_(std::move(node)) {}

  void start(Instant now) override { node_->start(now); }
  void leave(Instant now) override { node_->leave(now); }
  bool left() const override { return node_->left(); }
  const std::string& fatal() const override { return node_->fatal(); }
  void advance(Instant now) override { node_->advance(now); }
  Instant next_deadline() const override { return node_->next_deadline(); }
  void on_datagram(Instant now, const syncer::Endpoint& from, syncer::ByteView packet) override {
    node_->on_datagram(now, from, packet);
  }
  void on_stream_accepted(Instant now, LinkId link, syncer::Listener listener, const syncer::Endpoint& from,
                          const syncer::PeerIdentity& identity) override {
    node_->on_stream_accepted(now, link, listener, from, identity);
  }
  void on_stream_connected(Instant now, LinkId link, const syncer::PeerIdentity& identity) override {
    node_->on_stream_connected(now, link, identity);
  }
  void on_stream_data(Instant now, LinkId link, syncer::ByteView bytes) override {
    node_->on_stream_data(now, link, bytes);
  }
  void on_stream_closed(Instant now, LinkId link, std::string_view reason) override {
    node_->on_stream_closed(now, link, reason);
  }
  void on_http(Instant now, syncer::CallId call, syncer::Result<syncer::HttpResponse> answer) override {
    node_->on_http(now, call, std::move(answer));
  }
  void on_stored(Instant now, syncer::CallId call, syncer::Result<void> outcome) override {
    node_->on_stored(now, call, std::move(outcome));
  }
  Node* node() override { return node_.get(); }
  syncer::Result<void> obey(Instant now, const Order& order) override;

 private:
  std::unique_ptr<Node> node_;
};

syncer::Result<void> Syncer::obey(Instant now, const Order& order) {
  const auto outcome_of = [](const auto& outcome) {
    return outcome ? syncer::Result<void>() : tl::unexpected(outcome.error());
  };
  switch (order.kind) {
    case Order::Kind::Join:
      node_->set_seeds(now, order.seeds);
      return {};
    case Order::Kind::Replace:
      return outcome_of(node_->replace_voter(now, order.subject));
    case Order::Kind::Release:
      return outcome_of(node_->release_guard(now, order.subject));
    case Order::Kind::Forget:
      return outcome_of(node_->forget_region(now, order.subject));
    case Order::Kind::Reconfigure:
      return outcome_of(node_->reconfigure(now, *order.config));
    case Order::Kind::PauseExport:
      return node_->pause_exports(now, order.subject);
    case Order::Kind::ResumeExport:
      return node_->resume_exports(now, order.subject);
    case Order::Kind::PauseImport:
      return node_->pause_imports(now, order.subject);
    case Order::Kind::ResumeImport:
      return node_->resume_imports(now, order.subject);
  }
  return {};
}

}  // namespace

syncer::Result<void> Process::obey(Instant, const Order&) {
  return syncer::failure(syncer::ErrorCode::Refused, "", "this process takes no orders");
}

syncer::Result<std::unique_ptr<Process>> make_syncer(const syncer::node::NodeConfig& config, syncer::Ports ports,
                                                     syncer::Random random, Instant now) {
  syncer::Result<std::unique_ptr<Node>> node = Node::create(config, ports, random, now);
  if (!node) return tl::unexpected(node.error());
  return std::make_unique<Syncer>(std::move(*node));
}

using syncer::Bytes;
using syncer::ByteView;
using syncer::CallId;

NodeHost& NodePorts::host() const { return *fabric_.nodes[node_]; }

syncer::Ports NodePorts::ports() { return {*this, *this, *this, *this, *this, host().certificate() ? this : nullptr}; }

void NodePorts::send(const syncer::Endpoint& to, ByteView packet) {
  if (!host().dying()) fabric_.datagrams.send(node_, to, packet);
}

void NodePorts::connect(LinkId link, const syncer::Endpoint& to, syncer::Channel channel) {
  if (host().dying()) return;
  fabric_.kernel.probes.work(node_, Work::Dial);
  fabric_.streams.connect(node_, link, to, channel);
}

void NodePorts::send(LinkId link, ByteView bytes) {
  if (host().dying()) return;
  if (!liar_ || host().node() == nullptr) return fabric_.streams.send(node_, link, bytes);
  for (const Bytes& told : liar_->instead_of(*host().node(), link, bytes)) fabric_.streams.send(node_, link, told);
}

void NodePorts::lie(std::optional<RelayLie> lie) {
  const auto expand_here = [this](std::span<const ByteView> parts, std::span<std::uint8_t> out) { expand(parts, out); };
  liar_ = lie ? std::make_unique<LyingRelay>(*lie, expand_here) : nullptr;
}

std::size_t NodePorts::backlog(LinkId link) const { return fabric_.streams.backlog(node_, link); }

void NodePorts::close(LinkId link) {
  if (!host().dying()) fabric_.streams.close(node_, link);
}

void NodePorts::call(CallId id, syncer::HttpRequest request, Instant deadline) {
  if (host().dying()) return;
  fabric_.kernel.probes.request(node_, request);
  const bool write = fabric_.calls.writes(request);
  fabric_.calls.call(node_, id, std::move(request), host().clock().world(deadline));
  if (write) host().made(CallKind::RegistryWrite);
}

void NodePorts::cancel(CallId id) {
  if (!host().dying()) fabric_.calls.cancel(node_, id);
}

syncer::Result<std::optional<Bytes>> NodePorts::read(std::string_view key) { return host().disk().read(key); }

void NodePorts::write(CallId id, std::string_view key, Bytes value) {
  if (host().dying()) return;
  disk_done_at(host().disk().write(fabric_.kernel.now(), id, key, std::move(value)));
  fabric_.kernel.probes.work(node_, Work::DiskWrite);
  host().made(CallKind::DiskWrite);
}

void NodePorts::append(CallId id, std::string_view key, Bytes bytes) {
  if (host().dying()) return;
  disk_done_at(host().disk().append(fabric_.kernel.now(), id, key, std::move(bytes)));
  fabric_.kernel.probes.work(node_, Work::DiskWrite);
  host().made(CallKind::DiskWrite);
}

void NodePorts::disk_done_at(Instant at) {
  fabric_.kernel.digest.draw(static_cast<std::uint64_t>(syncer::nanos(at)));
  fabric_.kernel.push(at, EventCode::DiskDone, node_, {host().incarnation(), 0});
}

bool NodePorts::wants(syncer::Severity severity) const { return fabric_.kernel.probes.wants(severity); }

void NodePorts::on_event(const syncer::Event& event) {
  if (!host().dying()) fabric_.kernel.probes.node_event(node_, event);
}

Bytes NodePorts::certificate() const { return simulated_certificate(*host().certificate()); }

Bytes NodePorts::sign(ByteView text) const { return simulated_signature(*host().certificate(), text); }

syncer::Result<syncer::PeerIdentity> NodePorts::verify(ByteView certificate, ByteView text, ByteView signature) {
  return simulated_verification(certificate, text, signature);
}

void NodePorts::expand(std::span<const ByteView> parts, std::span<std::uint8_t> out) const {
  syncer::crypto::shake128(parts, out);
}

}  // namespace sim::host
