// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/random.h"
#include "syncer/ports/streams.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/raft/seal.h"

namespace syncer::cluster {

/// The streams between the syncers of one region. Everybody dials everybody and speaks on the link it dialled, so that
/// each direction is known for what it is; pulses show a dead link long before TCP does.
class ClusterLinks {
 public:
  /// A word of another voter; `disk` is what its hello on the same link said.
  struct Heard {
    std::string node;
    std::uint64_t disk;
    raft::Message message;
  };
  /// What happened since the last call.
  struct News {
    std::vector<Heard> heard;
    std::vector<Bytes> keys;           ///< gossip keys that another syncer gave us
    std::vector<std::string> lost;     ///< our link to them broke, or never came up
    std::vector<std::string> dropped;  ///< why links of strangers were closed
    bool hellos = false;               ///< a hello came or went, or we can say something to somebody new
  };

  ClusterLinks(Streams& streams, Random random, std::function<LinkId()> next_link, wire::ClusterSeal seal)
      : streams_(streams), random_(random), next_link_(std::move(next_link)), seal_(std::move(seal)) {}

  /// Other keys from now on, on links that are up too: the ring opens what the former one sealed.
  void set_keys(wire::gossip::Keyring keys) { seal_.set_keys(std::move(keys)); }

  /// What is said first on every link, and now on those that are up. Nobody is dialled before there is one.
  void set_hello(Instant now, wire::ClusterHello hello);
  /// Whom to dial and where.
  void set_peers(Instant now, const std::map<std::string, Endpoint>& peers);
  /// Lost when there is no link.
  void send(Instant now, const std::string& node, const wire::ClusterMessage& message);
  /// The last word about itself of a syncer whose link to us is up.
  const wire::ClusterHello* hello(const std::string& node) const;
  /// Everybody we have a hello of.
  std::vector<wire::ClusterHello> hellos() const;
  /// When it said something last, on a link of either side; nothing while there is none.
  std::optional<Instant> last_heard(const std::string& node) const;

  bool owns(LinkId link) const { return links_.count(link) != 0; }
  /// A stream on the cluster port.
  void accept(Instant now, LinkId link);
  void on_stream_connected(Instant now, LinkId link);
  void on_stream_data(Instant now, LinkId link, ByteView octets);
  void on_stream_closed(Instant now, LinkId link);
  void advance(Instant now);
  Instant next_deadline() const;
  News take_news() { return std::exchange(news_, {}); }

 private:
  struct Link {
    std::string node;  ///< whom we dialled; of an accepted link, who said hello
    bool dialled = false;
    bool connected = false;
    bool preamble_sent = false;
    Instant heard;
    std::uint64_t written = 0;  ///< frames
    std::uint64_t read = 0;
    std::optional<wire::ClusterHello> hello;
    wire::SyncFrameReader reader{wire::kClusterProtocol};
  };
  struct Peer {
    Endpoint address;
    std::optional<LinkId> out;
    Instant next_attempt;
    Instant next_pulse;
  };

  static Duration patience(const Link& link);
  void dial(Instant now, const std::string& node, Peer& peer);
  void write(LinkId id, Link& link, const wire::ClusterMessage& message);
  bool take(Instant now, LinkId id, Link& link, wire::ClusterMessage message);
  void on_hello(LinkId id, Link& link, wire::ClusterHello hello);
  void drop(Instant now, LinkId id, std::string reason);
  void forget(Instant now, LinkId id);

  Streams& streams_;
  Random random_;
  std::function<LinkId()> next_link_;
  wire::ClusterSeal seal_;
  std::optional<wire::ClusterHello> hello_;
  std::map<std::string, Peer> peers_;
  std::map<LinkId, Link> links_;
  News news_;
};

}  // namespace syncer::cluster
