// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/host/probe.h"
#include "syncer/ports/ports.h"

namespace sim::host {

struct Fabric;
class NodeHost;

/// The five ports of one node. Effects only become events: nothing here calls back into the node.
class NodePorts final : public syncer::Datagrams,
                        public syncer::Streams,
                        public syncer::Http,
                        public syncer::Storage,
                        public syncer::Observer {
 public:
  NodePorts(Fabric& fabric, NodeIndex node) : fabric_(fabric), node_(node) {}
  syncer::Ports ports() { return {*this, *this, *this, *this, *this}; }

  void send(const syncer::Endpoint& to, syncer::ByteView packet) override;

  void connect(syncer::LinkId link, const syncer::Endpoint& to) override;
  void send(syncer::LinkId link, syncer::ByteView octets) override;
  std::size_t backlog(syncer::LinkId link) const override;
  void close(syncer::LinkId link) override;

  void call(syncer::CallId id, syncer::HttpRequest request, syncer::Instant deadline) override;
  void cancel(syncer::CallId id) override;

  syncer::Result<std::optional<syncer::Bytes>> read(std::string_view key) override;
  void write(syncer::CallId id, std::string_view key, syncer::Bytes value) override;
  void append(syncer::CallId id, std::string_view key, syncer::Bytes octets) override;

  bool wants(syncer::Severity severity) const override;
  void on_event(const syncer::Event& event) override;

 private:
  NodeHost& host() const;
  void disk_done_at(syncer::Instant at);

  Fabric& fabric_;
  NodeIndex node_;
};

}  // namespace sim::host
