// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "sim/host/process/process.h"
#include "sim/real/poller.h"
#include "sim/real/processes/child.h"
#include "sim/real/processes/machine.h"
#include "sim/real/trace/traced_event.h"

namespace sim::real {

/// Where what a daemon does is told.
struct DaemonEars {
  Poller& poller;
  std::function<void(TracedEvent)> heard;  ///< an event of it
  std::function<void()> changed;           ///< it ended; left() or fatal() tell how
};

/// A syncer as a process of its own: `syncer daemon` on a real machine. The world starts, stops, freezes and kills it
/// as it does a simulated one, and hears its events by its trace.
class Daemon final : public host::Process {
 public:
  static syncer::Result<std::unique_ptr<host::Process>> start_on(Machine& machine,
                                                                 const syncer::node::NodeConfig& config,
                                                                 DaemonEars ears);
  ~Daemon() override;

  void start(syncer::Instant) override {}
  void leave(syncer::Instant) override;
  bool left() const override { return is_over_ && fatal_.empty(); }
  const std::string& fatal() const override { return fatal_; }
  void advance(syncer::Instant) override {}
  syncer::Instant next_deadline() const override { return syncer::kNever; }
  void freeze(bool frozen) override;
  syncer::Result<void> obey(syncer::Instant, const host::Order& order) override;
  host::Appearance appearance() const override { return shown_; }

  // Its sockets and its disk are its own.
  void on_datagram(syncer::Instant, const syncer::Endpoint&, syncer::ByteView) override {}
  void on_stream_accepted(syncer::Instant, syncer::LinkId, syncer::Listener, const syncer::Endpoint&,
                          const syncer::PeerIdentity&) override {}
  void on_stream_connected(syncer::Instant, syncer::LinkId, const syncer::PeerIdentity&) override {}
  void on_stream_data(syncer::Instant, syncer::LinkId, syncer::ByteView) override {}
  void on_stream_closed(syncer::Instant, syncer::LinkId, std::string_view) override {}
  void on_http(syncer::Instant, syncer::CallId, syncer::Result<syncer::HttpResponse>) override {}
  void on_stored(syncer::Instant, syncer::CallId, syncer::Result<void>) override {}

 private:
  Daemon(Machine& machine, std::unique_ptr<Child> child, DaemonEars ears)
      : machine_(machine),
        child_(std::move(child)),
        ears_(std::move(ears)),
        trace_(machine.trace(), std::ios::app | std::ios::binary) {}
  void listen();
  void hear();
  void take(std::string_view line);
  void ended();

  Machine& machine_;
  std::unique_ptr<Child> child_;
  DaemonEars ears_;
  std::ofstream trace_;
  std::string unread_;  ///< begun, its end not yet seen
  host::Appearance shown_;
  bool is_leaving_ = false;
  bool is_over_ = false;
  std::string policy_;  ///< that it was given last
  std::string fatal_;
  std::string why_;  ///< the last reason that it gave for not going on
};

/// The message of the last line of a daemon's log that says why it ended; what stands there, when none does.
std::string last_words(const std::string& log);

}  // namespace sim::real
