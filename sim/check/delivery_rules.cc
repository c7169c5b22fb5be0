// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "sim/check/rules.h"
#include "sim/host/world.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/node.h"
#include "syncer/peering/peering.h"

namespace sim::check {
namespace {

using syncer::EventKind;

/// Compares a node before and after it worked on a datagram that the network damaged or delivered twice. Streams need
/// no such look: TCP repeats nothing, and a damaged segment is sent again by the network.
class Deliveries : public Rule {
 public:
  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    if (event.kind == EventKind::PacketDropped) ++dropped_;
    if (event.kind == EventKind::MemberJoined) joined_[node] = context_.now();
  }

  void before_odd_delivery(const host::OddDelivery& delivery) override {
    before_ = state(delivery);
    dropped_ = 0;
  }

  void after_odd_delivery(const host::OddDelivery& delivery) override {
    const bool same = state(delivery) == before_;
    const std::string who = "node " + context_.node(delivery.node);
    if (delivery.oddity == host::Oddity::Repeated) {
      // The first may have told of somebody who was unknown then; now that he has joined, it is news.
      const bool comparable = joined_[delivery.node] < delivery.first;
      if (same || !comparable) return;
      return context_.sink->violated("I10", {who + " took up a datagram twice, and the second changed its members"});
    }
    if (!same)
      context_.sink->violated("I12", {who + " believed a damaged datagram: its state changed"});
    else if (dropped_ == 0)
      context_.sink->violated("I12", {who + " took up a damaged datagram and dropped nothing"});
  }

 private:
  /// A repeated ping is answered again, so what is to be told does not count there.
  std::uint64_t state(const host::OddDelivery& delivery) const {
    const auto* node = context_.stage->world.node(delivery.node);
    syncer::StateHasher hasher;
    if (node == nullptr) return hasher.digest();
    if (delivery.oddity == host::Oddity::Repeated)
      node->gossip().hash_members(hasher);
    else
      node->gossip().hash(hasher);
    node->peering().core().hash(hasher);
    return hasher.digest();
  }

  std::uint64_t before_ = 0;
  std::uint64_t dropped_ = 0;
  std::map<NodeIndex, Instant> joined_;
};

}  // namespace

std::unique_ptr<Rule> make_delivery_rule() { return std::make_unique<Deliveries>(); }

}  // namespace sim::check
