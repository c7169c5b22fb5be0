// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/host/probe.h"
#include "sim/host/process/lying_relay.h"
#include "syncer/base/random.h"
#include "syncer/base/result.h"
#include "syncer/membership/message.h"
#include "syncer/node/node_config.h"
#include "syncer/ports/ports.h"

namespace syncer::node {
class Node;
}

namespace sim::host {

/// What an operator asks of a syncer.
struct Order {
  enum class Kind : std::uint8_t {
    Join,         ///< `seeds`
    Replace,      ///< `subject` is the voter whose slot goes to its new disk
    Release,      ///< `subject` is the region whose held removals may go; empty: all
    Forget,       ///< `subject` is the region
    Reconfigure,  ///< `config`: the live settings of it
    PauseExport,  ///< to the region `subject`, or with an empty one to all; likewise the others
    ResumeExport,
    PauseImport,
    ResumeImport,
  };
  Kind kind = Kind::Join;
  std::string subject;
  std::vector<syncer::Endpoint> seeds;
  const syncer::node::NodeConfig* config = nullptr;  ///< borrowed for the call
};

/// What a syncer shows to somebody who cannot look into it.
struct Appearance {
  std::uint64_t led_term = 0;  ///< of a cluster: that it leads in, as far as is known; 0: none
  /// What it holds of other members by name; those that left are there.
  std::map<std::string, syncer::membership::State, std::less<>> members;
};

/// What runs on a machine: the syncer in a world, a recorder where a port itself is tested. The calls are those of
/// syncer::node::Node.
class Process {
 public:
  virtual ~Process() = default;
  virtual void start(syncer::Instant now) = 0;
  virtual void leave(syncer::Instant now) = 0;
  virtual bool left() const = 0;
  virtual const std::string& fatal() const = 0;
  virtual void advance(syncer::Instant now) = 0;
  virtual syncer::Instant next_deadline() const = 0;
  virtual void on_datagram(syncer::Instant now, const syncer::Endpoint& from, syncer::ByteView packet) = 0;
  virtual void on_stream_accepted(syncer::Instant now, syncer::LinkId link, syncer::Listener listener,
                                  const syncer::Endpoint& from, const syncer::PeerIdentity& identity) = 0;
  virtual void on_stream_connected(syncer::Instant now, syncer::LinkId link, const syncer::PeerIdentity& identity) = 0;
  virtual void on_stream_data(syncer::Instant now, syncer::LinkId link, syncer::ByteView bytes) = 0;
  virtual void on_stream_closed(syncer::Instant now, syncer::LinkId link, std::string_view reason) = 0;
  virtual void on_http(syncer::Instant now, syncer::CallId call, syncer::Result<syncer::HttpResponse> answer) = 0;
  virtual void on_stored(syncer::Instant now, syncer::CallId call, syncer::Result<void> outcome) = 0;
  /// The syncer itself; nullptr when it is something else.
  virtual syncer::node::Node* node() { return nullptr; }
  /// Its machine stops it, or lets it go on. For what runs on a machine that is not simulated.
  virtual void freeze(bool) {}
  /// What an operator asks of it; for a process that is no node() in this program.
  virtual syncer::Result<void> obey(syncer::Instant now, const Order& order);
  /// As far as it can be told from outside, of a process that is no node() in this program.
  virtual Appearance appearance() const { return {}; }
};

/// Brings a process into being; an error is a process that ends at once.
using ProcessFactory = std::function<syncer::Result<std::unique_ptr<Process>>(
    const syncer::node::NodeConfig& config, syncer::Ports ports, syncer::Random random, syncer::Instant now)>;

/// The real syncer.
syncer::Result<std::unique_ptr<Process>> make_syncer(const syncer::node::NodeConfig& config, syncer::Ports ports,
                                                     syncer::Random random, syncer::Instant now);

struct Fabric;
class NodeHost;

/// The ports of one node. Effects only become events: nothing here calls back into the node.
class NodePorts final : public syncer::Datagrams,
                        public syncer::Streams,
                        public syncer::Http,
                        public syncer::Storage,
                        public syncer::Observer,
                        public syncer::Signer {
 public:
  NodePorts(Fabric& fabric, NodeIndex node) : fabric_(fabric), node_(node) {}
  syncer::Ports ports();

  void send(const syncer::Endpoint& to, syncer::ByteView packet) override;

  void connect(syncer::LinkId link, const syncer::Endpoint& to, syncer::Channel channel) override;
  void send(syncer::LinkId link, syncer::ByteView bytes) override;
  std::size_t backlog(syncer::LinkId link) const override;
  void close(syncer::LinkId link) override;

  void call(syncer::CallId id, syncer::HttpRequest request, syncer::Instant deadline) override;
  void cancel(syncer::CallId id) override;

  syncer::Result<std::optional<syncer::Bytes>> read(std::string_view key) override;
  void write(syncer::CallId id, std::string_view key, syncer::Bytes value) override;
  void append(syncer::CallId id, std::string_view key, syncer::Bytes bytes) override;

  bool wants(syncer::Severity severity) const override;
  void on_event(const syncer::Event& event) override;

  syncer::Bytes certificate() const override;
  syncer::Bytes sign(syncer::ByteView text) const override;
  syncer::Result<syncer::PeerIdentity> verify(syncer::ByteView certificate, syncer::ByteView text,
                                              syncer::ByteView signature) override;
  void expand(std::span<const syncer::ByteView> parts, std::span<std::uint8_t> out) const override;

  /// From now on it lies, or not.
  void lie(std::optional<RelayLie> lie);

 private:
  NodeHost& host() const;
  void disk_done_at(syncer::Instant at);

  Fabric& fabric_;
  NodeIndex node_;
  std::unique_ptr<LyingRelay> liar_;
};

}  // namespace sim::host
