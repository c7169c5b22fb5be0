// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"
#include "sim/host/registry/registry_host.h"
#include "tests/contract/suites/harness.h"

namespace contract {

/// What comes back to a process, kept for the test.
struct Record {
  std::vector<Packet> packets;
  std::vector<StreamEvent> streams;
  std::vector<HttpOutcome> answers;
  std::vector<StoredOutcome> stored;
};

/// A process that only records its inputs. The record outlives it.
class Recorder final : public sim::host::Process {
 public:
  explicit Recorder(Record& record) : record_(record) {}
  void start(syncer::Instant) override {}
  void leave(syncer::Instant) override { left_ = true; }
  bool left() const override { return left_; }
  const std::string& fatal() const override { return fatal_; }
  void advance(syncer::Instant) override {}
  syncer::Instant next_deadline() const override { return syncer::kNever; }
  void on_datagram(syncer::Instant, const syncer::Endpoint& from, syncer::ByteView packet) override {
    record_.packets.push_back({from, syncer::Bytes(packet)});
  }
  void on_stream_accepted(syncer::Instant, syncer::LinkId link, syncer::Listener listener, const syncer::Endpoint&,
                          const syncer::PeerIdentity&) override {
    record_.streams.push_back({StreamEvent::Kind::Accepted, link, listener, ""});
  }
  void on_stream_connected(syncer::Instant, syncer::LinkId link, const syncer::PeerIdentity&) override {
    add(StreamEvent::Kind::Connected, link, "");
  }
  void on_stream_data(syncer::Instant, syncer::LinkId link, syncer::ByteView bytes) override {
    add(StreamEvent::Kind::Data, link, bytes);
  }
  void on_stream_closed(syncer::Instant, syncer::LinkId link, std::string_view reason) override {
    add(StreamEvent::Kind::Closed, link, reason);
  }
  void on_http(syncer::Instant, syncer::CallId call, syncer::Result<syncer::HttpResponse> answer) override {
    record_.answers.emplace_back(call, std::move(answer));
  }
  void on_stored(syncer::Instant, syncer::CallId call, syncer::Result<void> outcome) override {
    record_.stored.emplace_back(call, std::move(outcome));
  }

 private:
  void add(StreamEvent::Kind kind, syncer::LinkId link, std::string_view text) {
    record_.streams.push_back({kind, link, syncer::Listener::Gossip, std::string(text)});
  }
  Record& record_;
  bool left_ = false;
  std::string fatal_;
};

/// Simulated machines with recorders on them. Base is the harness of one port.
template <class Base>
class SimWorld : public Base {
 public:
  explicit SimWorld(std::uint64_t seed) { fabric_.kernel.seed = seed; }

  syncer::Instant now() override { return fabric_.nodes.front()->local_now(); }
  bool run_until(const std::function<bool()>& done, syncer::Duration patience) override {
    sim::engine::EventQueue& queue = fabric_.kernel.queue;
    const syncer::Instant end = queue.now() + patience;
    while (!done()) {
      if (queue.empty() || queue.next() > end) {
        queue.pass_to(end);
        return done();
      }
      sim::host::dispatch(fabric_, queue.pop());
    }
    return true;
  }

 protected:
  /// Machine 10.0.0.(index + 1) with a recorder that runs, or one whose process is down.
  void add_machine(bool running) {
    const auto index = static_cast<sim::host::NodeIndex>(fabric_.nodes.size());
    sim::host::NodeSpec spec;
    spec.name = "host-" + std::to_string(index);
    spec.config.gossip_address = address_of(index, syncer::Listener::Gossip);
    spec.config.rpc_address = address_of(index, syncer::Listener::Rpc);
    spec.config.cluster_address = address_of(index, syncer::Listener::Cluster);
    fabric_.network.add_site(sim::host::Site::node(index));
    records_.push_back(std::make_unique<Record>());
    const auto make = [record = records_.back().get()](const auto&, auto, auto, auto) {
      return syncer::Result<std::unique_ptr<sim::host::Process>>(std::make_unique<Recorder>(*record));
    };
    fabric_.nodes.push_back(std::make_unique<sim::host::NodeHost>(fabric_, index, std::move(spec), make));
    if (running) fabric_.nodes.back()->start();
  }
  static syncer::Endpoint address_of(std::uint32_t index, syncer::Listener listener) {
    return syncer::Endpoint::v4(10, 0, 0, static_cast<std::uint8_t>(index + 1),
                                static_cast<std::uint16_t>(30190 + static_cast<int>(listener)));
  }
  sim::host::NodePorts& ports(int host) { return fabric_.nodes.at(static_cast<std::size_t>(host))->ports(); }
  Record& record(int host) { return *records_.at(static_cast<std::size_t>(host)); }

  std::vector<std::unique_ptr<Record>> records_;
  sim::host::Fabric fabric_;
};

}  // namespace contract
