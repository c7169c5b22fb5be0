// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/fuzz_peer.h"

#include <set>
#include <utility>

#include "sim/host/process/fuzz_octets.h"

namespace sim::host {
namespace {

using syncer::Duration;
using syncer::Endpoint;
using syncer::Instant;
using syncer::LinkId;

/// Streams that it holds open at once: some are never closed by the other side.
constexpr std::size_t kMostLinks = 32;

class FuzzPeer final : public Process {
 public:
  FuzzPeer(const FuzzOrder& order, const Endpoint& own, syncer::Ports ports, syncer::Random random)
      : order_(order), ports_(ports), octets_(order_, own, random) {}

  void start(Instant now) override { next_ = now + octets_.random().between(Duration(1), 2 * order_.gap); }
  void leave(Instant) override {}
  bool left() const override { return true; }
  const std::string& fatal() const override { return fatal_; }
  Instant next_deadline() const override { return next_; }

  void advance(Instant now) override {
    next_ = now + octets_.random().between(Duration(1), 2 * order_.gap);
    syncer::Random& random = octets_.random();
    const FuzzOrder::Target& target = order_.targets[static_cast<std::size_t>(random.below(order_.targets.size()))];
    switch (random.below(8)) {
      case 0:
        return dial(target.gossip, octets_.stream(target));
      case 1:
        return dial(target.rpc, random.below(2) == 0 ? octets_.hello() : octets_.stream(target));
      default:
        ports_.datagrams.send(target.gossip, octets_.datagram(target));
    }
  }

  void on_datagram(Instant, const Endpoint&, syncer::ByteView) override {}
  void on_stream_accepted(Instant, LinkId, syncer::Listener, const Endpoint&) override {}
  void on_stream_connected(Instant, LinkId) override {}
  /// Who dials a stranger gets an answer of the same kind.
  void on_stream_data(Instant, LinkId link, syncer::ByteView) override {
    if (links_.erase(link) == 0) ports_.streams.send(link, octets_.stream(order_.targets.front()));
    ports_.streams.close(link);
  }
  void on_stream_closed(Instant, LinkId link, std::string_view) override { links_.erase(link); }
  void on_http(Instant, syncer::CallId, syncer::Result<syncer::HttpResponse>) override {}
  void on_stored(Instant, syncer::CallId, syncer::Result<void>) override {}

 private:
  void dial(const Endpoint& to, const syncer::Bytes& octets) {
    while (links_.size() >= kMostLinks) {
      ports_.streams.close(*links_.begin());
      links_.erase(links_.begin());
    }
    const LinkId link{next_link_ += 2};
    links_.insert(link);
    ports_.streams.connect(link, to);
    ports_.streams.send(link, octets);
  }

  const FuzzOrder order_;
  syncer::Ports ports_;
  FuzzOctets octets_;
  std::string fatal_;
  Instant next_;
  std::set<LinkId> links_;  ///< dialled, not yet closed
  std::uint64_t next_link_ = 1;
};

}  // namespace

NodeSpec fuzz_machine(std::size_t number) {
  NodeSpec spec;
  spec.name = "fuzz-peer-" + std::to_string(number);
  spec.stranger = true;
  spec.config.node = spec.name;
  const auto low = static_cast<std::uint8_t>(number);
  spec.config.gossip_address = Endpoint::v4(10, 66, 1, low, 30190);
  spec.config.rpc_address = Endpoint::v4(10, 66, 1, low, 30191);
  return spec;
}

ProcessFactory fuzz_factory(std::shared_ptr<const FuzzOrder> order) {
  return [order = std::move(order)](const syncer::node::NodeConfig& config, syncer::Ports ports, syncer::Random random,
                                    Instant) -> syncer::Result<std::unique_ptr<Process>> {
    return std::make_unique<FuzzPeer>(*order, config.gossip_address, ports, random);
  };
}

}  // namespace sim::host
