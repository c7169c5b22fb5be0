// SPDX-License-Identifier: Apache-2.0
#include "sim/host/kernel.h"

namespace sim::host {
namespace {

/// In the order of EventCode.
constexpr std::array kNames = std::to_array<std::string_view>({"scripted action",
                                                               "timer",
                                                               "processor free",
                                                               "restart by the supervisor",
                                                               "limit of a stop",
                                                               "disk done",
                                                               "datagram",
                                                               "connection attempt",
                                                               "connection accepted",
                                                               "connection retry",
                                                               "connection timeout",
                                                               "stream segment",
                                                               "stream reset",
                                                               "stream retry",
                                                               "request",
                                                               "request retry",
                                                               "answer ready",
                                                               "answer",
                                                               "call deadline",
                                                               "registry timer",
                                                               "datagram",
                                                               "connection accepted",
                                                               "connected",
                                                               "stream data",
                                                               "stream closed",
                                                               "answer",
                                                               "stored"});
static_assert(kNames.size() == static_cast<std::size_t>(EventCode::WorkStored) + 1);

}  // namespace

std::string_view name(EventCode code) { return kNames.at(static_cast<std::size_t>(code)); }

void Probes::add(Probe& probe) {
  all_.push_back(&probe);
  if (probe.wants_messages()) messages_.push_back(&probe);
  if (probe.wants_before_event()) before_.push_back(&probe);
  if (probe.wants_after_event()) after_.push_back(&probe);
  for (std::size_t i = 0; i < severities_.size(); ++i) {
    if (probe.wants(static_cast<syncer::Severity>(i))) severities_[i] = true;
  }
}

void Probes::node_event(NodeIndex node, const syncer::Event& event) const {
  for (Probe* probe : all_) probe->on_node_event(node, event);
}

void Probes::request(NodeIndex node, const syncer::HttpRequest& request) const {
  for (Probe* probe : all_) probe->on_request(node, request);
}

void Probes::work(NodeIndex node, Work work) const {
  for (Probe* probe : all_) probe->on_work(node, work);
}

void Probes::stream_sent(NodeIndex from, NodeIndex to, syncer::Channel channel, std::size_t bytes) const {
  for (Probe* probe : all_) probe->on_stream_sent(from, to, channel, bytes);
}

void Probes::registry_change(RegistryIndex registry, const RegistryChange& change) const {
  for (Probe* probe : all_) probe->on_registry_change(registry, change);
}

void Probes::host_change(NodeIndex node, HostChange change) const {
  for (Probe* probe : all_) probe->on_host_change(node, change);
}

void Probes::message(const Message& message) const {
  for (Probe* probe : messages_) probe->on_message(message);
}

void Probes::before_odd_delivery(const OddDelivery& delivery) const {
  for (Probe* probe : all_) probe->before_odd_delivery(delivery);
}

void Probes::after_odd_delivery(const OddDelivery& delivery) const {
  for (Probe* probe : all_) probe->after_odd_delivery(delivery);
}

void Probes::before_event(syncer::Instant now) const {
  for (Probe* probe : before_) probe->before_event(now);
}

void Probes::after_event(syncer::Instant now) const {
  for (Probe* probe : after_) probe->after_event(now);
}

}  // namespace sim::host
