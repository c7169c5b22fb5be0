// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/event_queue.h"
#include "sim/host/kernel.h"
#include "sim/host/outside.h"
#include "sim/host/process/machine.h"
#include "sim/host/process/process.h"

namespace sim::host {

struct Fabric;

/// One machine with its disk and clocks, and the syncer process on it. A process that cannot run (paused, busy) has its
/// work waiting in the inbox; one that is down has none.
class NodeHost {
 public:
  NodeHost(Fabric& fabric, NodeIndex index, NodeSpec spec, ProcessFactory factory);
  ~NodeHost();

  const std::string& name() const { return spec_.name; }
  const syncer::node::NodeConfig& config() const { return spec_.config; }
  void set_config(syncer::node::NodeConfig config);
  /// What it shows from its next link on.
  const std::optional<Certificate>& certificate() const { return spec_.certificate; }
  void set_certificate(std::optional<Certificate> certificate) { spec_.certificate = std::move(certificate); }
  /// The other side of its process, where that bridges two registries; nullptr where it does not.
  NodeHost* other_side() const { return other_side_; }
  void set_other_side(NodeHost& other) { other_side_ = &other; }
  const syncer::node::Node* node() const { return process_ ? process_->node() : nullptr; }
  /// From its next start on another program runs here, on a machine that is real.
  void set_real(ProcessFactory factory, Hardware& hardware);
  Hardware* hardware() const { return hardware_; }
  /// What it shows to the outside; nothing while it is down.
  std::optional<Appearance> appearance() const;
  NodePorts& ports() { return ports_; }
  bool running() const { return process_ != nullptr; }
  bool paused() const { return paused_ || suspended_; }
  bool is_behind() const { return inbox_head_ < inbox_.size(); }
  /// Number of the process on this machine, from 1.
  std::uint32_t incarnation() const { return incarnation_; }
  /// Why the last process ended by itself; empty when it did not.
  const std::string& failure() const { return failure_; }
  MachineClock& clock() { return clock_; }
  const MachineClock& clock() const { return clock_; }
  Disk& disk() { return disk_; }
  syncer::Instant local_now() const;

  // Processes. False in the wrong state.
  bool start();
  bool stop();
  bool crash(DiskFate fate, Farewell farewell);
  bool pause();
  bool resume();
  bool suspend();
  bool resume_machine();
  /// What a crash takes away of the disk.
  void lose_from_disk(DiskFate fate);
  void slow(syncer::Duration cost) { cost_ = cost; }
  void lie(std::optional<RelayLie> lie) { ports_.lie(lie); }
  bool operate(const std::function<void(syncer::node::Node&, syncer::Instant)>& action);
  /// Unreachable when it is down or frozen.
  syncer::Result<void> obey(const Order& order);
  /// Something became of the process without an event of this world.
  void stir();

  void doom(Doom doom) { doom_ = doom; }
  std::uint64_t doomed_deaths() const { return doomed_deaths_; }

  // Calls of the process. It makes one; after its last one it makes no more until the step ends, and it with it.
  void made(CallKind call);
  bool dying() const { return dying_; }

  // Events. wake() and stored() are false when they were out of date.
  bool wake();
  void processor_free();
  void supervise(std::uint32_t incarnation);
  void stop_limit(std::uint32_t incarnation);
  bool disk_done(std::uint32_t incarnation);
  /// Work for the process: done at once, or as soon as it can run. `bytes` counts against the socket's buffer.
  void post(const engine::QueuedEvent& work, std::size_t bytes);
  bool takes_datagram(std::size_t bytes) const;
  /// After the node's clock changed its speed.
  void rearm();

 private:
  struct Waiting {
    engine::QueuedEvent work;
    std::size_t bytes;
  };
  struct Stored {
    syncer::CallId call;
    syncer::Result<void> outcome;
    std::uint32_t incarnation;
  };
  void tell(HostChange change) const;
  void hold_process();
  bool can_run() const;
  void run(const engine::QueuedEvent& work);
  void run_datagram(engine::Handle packet, syncer::Instant now);
  void run_stream(const engine::QueuedEvent& work, syncer::Instant now);
  void discard(const engine::QueuedEvent& work);
  void drain();
  void settle();
  void arm();
  void end_process(HostChange change, Farewell farewell);
  void exit_failed(std::string reason);
  void die();
  void fall(const Doom& doom);

  Fabric& fabric_;
  NodeIndex index_;
  NodeSpec spec_;
  MachineClock clock_;
  Disk disk_;
  NodePorts ports_;
  ProcessFactory factory_;
  Hardware* hardware_ = nullptr;
  NodeHost* other_side_ = nullptr;
  std::unique_ptr<Process> process_;
  std::uint32_t incarnation_ = 0;
  std::string failure_;
  bool paused_ = false;
  bool suspended_ = false;
  bool stopping_ = false;
  std::optional<Doom> doom_;
  bool dying_ = false;
  bool revives_ = false;  ///< died as doomed: starts again by itself
  std::uint64_t doomed_deaths_ = 0;
  syncer::Duration cost_{};
  syncer::Instant busy_until_{};
  bool processor_armed_ = false;
  bool input_is_next_ = false;  ///< a busy processor takes timers and inputs in turn, as the event loop does
  std::optional<syncer::Instant> armed_;
  std::vector<Waiting> inbox_;
  std::size_t inbox_head_ = 0;
  std::size_t inbox_bytes_ = 0;
  engine::Slab<Stored> stored_;
};

}  // namespace sim::host
