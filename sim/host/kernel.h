// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/engine/digest.h"
#include "sim/engine/event_queue.h"
#include "sim/host/options.h"
#include "sim/host/probe.h"

namespace sim::host {

/// What a queued event means. In brackets: its subject, then its payload.
enum class EventCode : std::uint32_t {
  Action,           ///< a scripted action (-, action)
  Wake,             ///< a node's next deadline (node)
  ProcessorFree,    ///< a slow node takes its next piece of work (node)
  Supervise,        ///< an ended process is started again (node, incarnation)
  StopLimit,        ///< an orderly stop took too long (node, incarnation)
  DiskDone,         ///< (node, incarnation)
  DatagramArrived,  ///< (node, packet)
  SynArrived,       ///< (-, connection)
  SynAckArrived,    ///< (-, connection)
  SynRetry,         ///< (-, connection)
  ConnectTimeout,   ///< (-, connection)
  SegmentArrived,   ///< (receiving end, segment)
  ResetArrived,     ///< (receiving end, connection)
  StreamRetry,      ///< (sending end, connection)
  RequestArrived,   ///< (registry, call)
  RequestRetry,     ///< (registry, call)
  AnswerReady,      ///< (registry, call)
  AnswerArrived,    ///< (node, call)
  CallDeadline,     ///< (node, call)
  RegistryWake,     ///< (registry)
  // Work for a node's process; it waits in the inbox while the process cannot run. Subject: node.
  WorkDatagram,   ///< packet
  WorkAccepted,   ///< segment without bytes
  WorkConnected,  ///< likewise
  WorkData,       ///< segment
  WorkClosed,     ///< segment with the reason
  WorkAnswer,     ///< call
  WorkStored,     ///< stored result
};

/// What it is called in reports.
std::string_view name(EventCode code);

/// The probes of a world, asked once what they want to see.
class Probes {
 public:
  void add(Probe& probe);
  bool wants(syncer::Severity severity) const { return severities_[static_cast<std::size_t>(severity)]; }
  bool wants_messages() const { return !messages_.empty(); }
  void node_event(NodeIndex node, const syncer::Event& event) const;
  void request(NodeIndex node, const syncer::HttpRequest& request) const;
  void work(NodeIndex node, Work work) const;
  void stream_sent(NodeIndex from, NodeIndex to, syncer::Channel channel, std::size_t bytes) const;
  void registry_change(RegistryIndex registry, const RegistryChange& change) const;
  void host_change(NodeIndex node, HostChange change) const;
  void message(const Message& message) const;
  void before_odd_delivery(const OddDelivery& delivery) const;
  void after_odd_delivery(const OddDelivery& delivery) const;
  void before_event(syncer::Instant now) const;
  void after_event(syncer::Instant now) const;

 private:
  std::vector<Probe*> all_;
  std::vector<Probe*> messages_;
  std::vector<Probe*> before_;
  std::vector<Probe*> after_;
  std::array<bool, 5> severities_{false, false, true, true, true};
};

/// What all parts of a world share: time, the record of the run, and those who watch.
struct Kernel {
  std::uint64_t seed = 0;
  WorldOptions options;
  engine::EventQueue queue;
  engine::Digest digest;
  Probes probes;
  /// Nodes whose process did something since the probes looked last, each once.
  std::vector<NodeIndex> acted;
  /// The node whose process was called last in this event, for the report of a crash.
  std::optional<NodeIndex> at_work;

  syncer::Instant now() const { return queue.now(); }
  void push(syncer::Instant at, EventCode code, std::uint32_t subject, engine::Handle payload = {}) {
    queue.push(at, {static_cast<std::uint32_t>(code), subject, payload});
  }
  void after(syncer::Duration delay, EventCode code, std::uint32_t subject, engine::Handle payload = {}) {
    push(now() + delay, code, subject, payload);
  }
};

}  // namespace sim::host
