// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/fault/site.h"
#include "syncer/base/bytes.h"
#include "syncer/base/http_message.h"
#include "syncer/base/time.h"
#include "syncer/ports/network.h"
#include "syncer/ports/observer.h"

namespace sim::host {

struct RegistryChange;

using fault::NodeIndex;
using fault::RegistryIndex;
using fault::Site;

/// What became of a packet or request. A dropped one names why; a delivered one was seen twice: at Sent and Delivered.
enum class MessageFate : std::uint8_t {
  Sent,         ///< left its sender
  Delivered,    ///< handed to its receiver
  Lost,         ///< loss, burst
  Blocked,      ///< a partition dropped it
  Overflowed,   ///< full queue of the link or full socket of the receiver
  TooBig,       ///< over the mtu
  Unreachable,  ///< nobody at that address, or the machine is down
};

/// A datagram that does not reach its process as it was sent.
enum class Oddity : std::uint8_t {
  None,
  Damaged,   ///< the network flipped bits of it
  Repeated,  ///< the same process took up the same datagram before
};

/// The moment a process takes up an odd datagram.
struct OddDelivery {
  NodeIndex node;
  Oddity oddity;
  syncer::Instant first;  ///< when the process took up the first of two equal datagrams
};

/// Kind of traffic.
enum class Channel : std::uint8_t { Datagram, Stream, Http };

/// One packet, stream segment or HTTP message. Borrowed: valid only during on_message.
struct Message {
  Channel channel;
  MessageFate fate;
  Site from;
  Site to;
  syncer::ByteView bytes;  ///< for HTTP the body
};

/// What happened to a node's process or machine.
enum class HostChange : std::uint8_t { Started, Stopped, Crashed, Exited, Paused, Resumed };

/// What a process has its machine do, beside requests and messages.
enum class Work : std::uint8_t {
  Dial,       ///< opens a stream
  DiskWrite,  ///< writes durably
};

/// Watches a world. Observation only: a probe never calls a World method that changes anything, so the digest is the
/// same with and without it. Times are world time; Event::at is the node's own clock.
class Probe {
 public:
  virtual ~Probe() = default;
  virtual void on_node_event(NodeIndex, const syncer::Event&) {}
  /// False lets nodes skip building events of that severity and below (Info and above always come).
  virtual bool wants(syncer::Severity) const { return false; }
  /// A node hands a request for a registry to the network.
  virtual void on_request(NodeIndex, const syncer::HttpRequest&) {}
  virtual void on_work(NodeIndex, Work) {}
  /// A process gives bytes to a stream that leads to another one.
  virtual void on_stream_sent(NodeIndex /*from*/, NodeIndex /*to*/, syncer::Channel, std::size_t /*bytes*/) {}
  virtual void on_registry_change(RegistryIndex, const RegistryChange&) {}
  virtual void on_host_change(NodeIndex, HostChange) {}
  /// Only called when wants_messages(); asked once, when the probe is added.
  virtual void on_message(const Message&) {}
  virtual bool wants_messages() const { return false; }
  /// Just before and just after a process works on an odd datagram: what it made of it is the difference.
  virtual void before_odd_delivery(const OddDelivery&) {}
  virtual void after_odd_delivery(const OddDelivery&) {}
  /// Before each event of the world, at its time: what the probe hears next happens then. Only called when
  /// wants_before_event().
  virtual void before_event(syncer::Instant) {}
  virtual bool wants_before_event() const { return false; }
  /// After each event of the world, when everything has its new value. Only called when wants_after_event().
  virtual void after_event(syncer::Instant) {}
  virtual bool wants_after_event() const { return false; }
};

}  // namespace sim::host
