// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/identity.h"
#include "syncer/base/random.h"
#include "syncer/cluster/refusals.h"
#include "syncer/cluster/sizes.h"
#include "syncer/ports/network.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/frame/seal.h"
#include "syncer/wire/raft/cluster_message.h"

namespace syncer::cluster {

/// The streams between the syncers of one region. Each dials all others and sends on the link that it dialled, so that
/// a cut of one direction is noticed as such; pulses show a dead link long before TCP does.
class ClusterLinks {
 public:
  /// A Raft message of another voter; `disk` is the one of its hello on the same link.
  struct Received {
    std::string node;
    std::uint64_t disk;
    raft::Message message;
  };
  /// What happened since the last call.
  struct Events {
    std::vector<Received> received;
    std::vector<Bytes> keys;           ///< gossip keys that another syncer gave us
    std::vector<std::string> lost;     ///< our link to them broke, or never came up
    std::vector<std::string> dropped;  ///< why links were closed on our side
    bool hellos = false;               ///< a hello came, or a link that we dialled came up
  };

  /// Why the other end may not be that voter; empty when it may, or may yet prove to be (no name yet).
  using Objection = std::function<std::string(const PeerIdentity&, const std::string& node)>;

  ClusterLinks(
      Streams& streams, Random random, std::function<LinkId()> next_link, wire::Seal seal,
      Objection objection = [](const auto&, const auto&) { return std::string(); })
      : streams_(streams),
        random_(random),
        next_link_(std::move(next_link)),
        seal_(std::move(seal)),
        objection_(std::move(objection)) {}

  /// Other keys from now on, on links that are up too: the ring opens what the former one sealed. Refused from none to
  /// some and back: those links have no challenges.
  Result<void> set_keys(crypto::Keyring keys);

  /// The first message on every link, sent now on those that are up. Nobody is dialled before there is one.
  void set_hello(Instant now, wire::ClusterHello hello);
  /// Where each peer may be; never empty.
  using Addresses = std::map<std::string, std::vector<Endpoint>>;
  /// Which peers to dial. Of several addresses the next is tried when a link does not come up; a link that is up stays
  /// while the first one stays the same.
  void set_peers(Instant now, const Addresses& peers);
  /// Lost when there is no link.
  void send(Instant now, const std::string& node, const wire::ClusterMessage& message);
  /// The last hello of a syncer whose link to us is up; otherwise nullptr.
  const wire::ClusterHello* hello(const std::string& node) const;
  /// Everybody we have a hello of.
  std::vector<wire::ClusterHello> hellos() const;
  /// A hello, and where its link comes from.
  struct Introduction {
    wire::ClusterHello hello;
    Endpoint from;
  };
  std::vector<Introduction> introductions() const;
  /// When it was heard last, on a link of either side; nothing while there is none.
  std::optional<Instant> last_heard(const std::string& node) const;

  bool owns(LinkId link) const { return links_.count(link) != 0; }
  /// A stream on the cluster port. Closed at once when there are too many, of its host or of those who are no peers by
  /// what they say; the hosts of peers find places that are kept for them.
  void accept(Instant now, LinkId link, const Endpoint& from, const PeerIdentity& identity = {});
  void on_stream_connected(Instant now, LinkId link, const PeerIdentity& identity = {});
  void on_stream_data(Instant now, LinkId link, ByteView bytes);
  void on_stream_closed(Instant now, LinkId link);
  void advance(Instant now);
  Instant next_deadline() const;
  /// What was refused so far, by reason.
  const Refusals& refusals() const { return refusals_; }
  /// Adds the links.
  void fill(Sizes& sizes) const;
  Events take_events() { return std::exchange(events_, {}); }

 private:
  struct Link {
    std::string node;  ///< the syncer we dialled; of an accepted link, the one of its hello
    bool dialled = false;
    bool connected = false;
    Endpoint from;  ///< of an accepted link
    PeerIdentity identity;
    Instant since;
    Instant heard;
    std::optional<wire::ClusterHello> hello;
    wire::SealedStream stream{wire::Writer::Acceptor};
    wire::FrameReader reader{wire::kClusterProtocol};
  };
  struct Peer {
    std::vector<Endpoint> addresses;
    std::size_t current = 0;  ///< which of them is dialled, now or next
    std::optional<LinkId> out;
    Instant next_attempt;
    Instant next_pulse;

    bool take_addresses(const std::vector<Endpoint>& wanted);
  };

  Instant expiry(const Link& link) const;
  /// Messages can be sent on it.
  bool ready(const Link& link) const { return link.connected && link.stream.ready(seal_); }
  void open_stream(LinkId id, Link& link);
  void introduce(Instant now, LinkId id, Link& link);
  bool has_room_for(const Endpoint& from) const;
  bool is_host_of_a_peer(const Endpoint& from) const;
  void dial(Instant now, const std::string& node, Peer& peer);
  void write(LinkId id, Link& link, const wire::ClusterMessage& message);
  /// What is wrong with a message, or with who sends it.
  struct Fault {
    Refusal why;
    std::string reason;
  };
  std::optional<Fault> take(Instant now, LinkId id, Link& link, wire::ClusterMessage message);
  std::optional<Fault> answer(LinkId id, Link& link);
  /// False when another link of that syncer is alive.
  bool on_hello(Instant now, LinkId id, Link& link, wire::ClusterHello hello);
  void refuse(Refusal why, std::string reason);
  void drop(Instant now, LinkId id, Refusal why, std::string reason);
  void forget(Instant now, LinkId id);

  Streams& streams_;
  Random random_;
  std::function<LinkId()> next_link_;
  wire::Seal seal_;
  Objection objection_;
  std::optional<wire::ClusterHello> hello_;
  std::map<std::string, Peer> peers_;
  std::map<LinkId, Link> links_;
  Events events_;
  Refusals refusals_;
};

}  // namespace syncer::cluster
