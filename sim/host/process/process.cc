// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/process.h"

#include <utility>

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
  void on_stream_accepted(Instant now, LinkId link, syncer::Listener listener, const syncer::Endpoint& from) override {
    node_->on_stream_accepted(now, link, listener, from);
  }
  void on_stream_connected(Instant now, LinkId link) override { node_->on_stream_connected(now, link); }
  void on_stream_data(Instant now, LinkId link, syncer::ByteView octets) override {
    node_->on_stream_data(now, link, octets);
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

 private:
  std::unique_ptr<Node> node_;
};

}  // namespace

syncer::Result<std::unique_ptr<Process>> make_syncer(const syncer::node::NodeConfig& config, syncer::Ports ports,
                                                     syncer::Random random, Instant now) {
  syncer::Result<std::unique_ptr<Node>> node = Node::create(config, ports, random, now);
  if (!node) return tl::unexpected(node.error());
  return std::make_unique<Syncer>(std::move(*node));
}

}  // namespace sim::host
