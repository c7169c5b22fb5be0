// SPDX-License-Identifier: Apache-2.0
#include "sim/host/network/fabric.h"

#include "sim/host/process/node_host.h"
#include "sim/host/registry/registry_host.h"
#include "syncer/base/hash.h"

namespace sim::host {

Fabric::Fabric() = default;
Fabric::~Fabric() = default;

using engine::QueuedEvent;

std::uint64_t payload_hash(Fabric& fabric, const QueuedEvent& event) {
  switch (static_cast<EventCode>(event.kind)) {
    case EventCode::DatagramArrived:
      return syncer::hash64(fabric.datagrams.packet(event.payload).bytes);
    case EventCode::SegmentArrived:
      return syncer::hash64(fabric.streams.segment(event.payload).bytes);
    case EventCode::RequestArrived:
    case EventCode::AnswerArrived:
      return fabric.calls.hash(event.payload, static_cast<EventCode>(event.kind) == EventCode::RequestArrived);
    default:
      return 0;
  }
}

namespace {

bool dispatch_node(NodeHost& node, const QueuedEvent& event) {
  switch (static_cast<EventCode>(event.kind)) {
    case EventCode::Wake:
      return node.wake();
    case EventCode::ProcessorFree:
      return node.processor_free(), true;
    case EventCode::Supervise:
      return node.supervise(event.payload.slot), true;
    case EventCode::StopLimit:
      return node.stop_limit(event.payload.slot), true;
    case EventCode::DiskDone:
      return node.disk_done(event.payload.slot);
    default:
      return node.post(event, 0), true;
  }
}

bool dispatch_stream(StreamNet& streams, const QueuedEvent& event) {
  switch (static_cast<EventCode>(event.kind)) {
    case EventCode::SynArrived:
      return streams.syn_arrived(event.payload), true;
    case EventCode::SynAckArrived:
      return streams.syn_ack_arrived(event.payload), true;
    case EventCode::SynRetry:
      return streams.syn_retry(event.payload), true;
    case EventCode::ConnectTimeout:
      return streams.connect_timeout(event.payload);
    case EventCode::SegmentArrived:
      return streams.segment_arrived(event.payload), true;
    case EventCode::ResetArrived:
      return streams.reset_arrived(event.payload, event.subject), true;
    default:
      return streams.retry(event.payload, event.subject), true;
  }
}

bool dispatch_call(CallNet& calls, const QueuedEvent& event) {
  switch (static_cast<EventCode>(event.kind)) {
    case EventCode::RequestArrived:
      return calls.request_arrived(event.payload), true;
    case EventCode::RequestRetry:
      return calls.attempt(event.payload), true;
    case EventCode::AnswerReady:
      return calls.answer_ready(event.payload), true;
    case EventCode::AnswerArrived:
      return calls.answer_arrived(event.payload), true;
    default:
      return calls.deadline(event.payload);
  }
}

}  // namespace

bool dispatch(Fabric& fabric, const QueuedEvent& event) {
  const auto code = static_cast<EventCode>(event.kind);
  SYNCER_ASSERT(code != EventCode::Action);
  if (code == EventCode::DatagramArrived) return fabric.datagrams.arrived(event.payload), true;
  if (code == EventCode::RegistryWake) return fabric.registries[event.subject]->wake();
  if (code >= EventCode::SynArrived && code <= EventCode::StreamRetry) return dispatch_stream(fabric.streams, event);
  if (code >= EventCode::RequestArrived && code <= EventCode::CallDeadline) return dispatch_call(fabric.calls, event);
  return dispatch_node(*fabric.nodes[event.subject], event);
}

}  // namespace sim::host
