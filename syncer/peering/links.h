// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/indexed_map.h"
#include "syncer/base/time.h"
#include "syncer/peering/refusals.h"
#include "syncer/ports/network.h"
#include "syncer/ports/observer.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/frame/pack.h"
#include "syncer/wire/frame/seal.h"
#include "syncer/wire/sync/message.h"

namespace syncer::peering {

/// What went over the links with a region since it is known.
struct LinkTraffic {
  std::uint64_t sent = 0;      ///< bytes of frames, before they are sealed
  std::uint64_t received = 0;  ///< bytes as they came
  std::uint64_t spared = 0;    ///< bytes that were not sent because they were packed
  std::uint64_t carried = 0;   ///< bytes that streams were given, sealed where there is a key
};

/// One stream between two regions. The dialer publishes its log on it; the answerer acknowledges and asks.
struct PeerLink {
  enum class State : std::uint8_t { Connecting, Greeting, Up };

  LinkId id;
  bool dialer = false;
  State state = State::Connecting;
  Endpoint address;
  std::string region;     ///< the other side's; empty until its hello is accepted, and the same from then on
  std::string node;       ///< likewise
  std::uint64_t run = 0;  ///< of the other side
  PeerIdentity identity;  ///< of its certificate, once the stream is open
  Instant since{};        ///< when the stream began
  Instant last_read{};
  Instant last_of_use{};           ///< last message that carried anything, of an accepted link
  LinkTraffic* traffic = nullptr;  ///< its region's, once it was counted here; see Links
  bool preamble_sent = false;
  bool greeted = false;  ///< our hello is sent, of a dialled link
  bool asks = false;     ///< it was dialled for a question alone; see Questions
  std::map<std::string, std::uint64_t, std::less<>> certificates_sent;  ///< region -> hash of what was sent of it
  std::map<std::string, Bytes, std::less<>> certificates_read;          ///< region -> what was read of it
  wire::FrameReader reader{wire::kSyncProtocol};
  wire::SealedStream stream{wire::Writer::Acceptor};
};

/// The streams to other regions: what each has come to, and which is silent for too long. Does not know what is said on
/// them.
class Links {
 public:
  /// Borrows `streams` and `observer`. A link on which nothing is read for `silence` is given by take_silent(). With
  /// keys in `seal` all but the first frame of each end is sealed.
  Links(Streams& streams, Observer& observer, Duration silence, std::function<LinkId()> next_link, wire::Seal seal)
      : streams_(streams),
        observer_(observer),
        silence_(silence),
        next_link_(std::move(next_link)),
        seal_(std::move(seal)) {}

  /// Other keys from now on, on links that are up too: the ring opens what the former one sealed.
  void set_keys(crypto::Keyring keys) { seal_.set_keys(std::move(keys)); }
  const crypto::Keyring& keys() const { return seal_.keys(); }

  /// Another time of silence from now on, on links that are up too.
  void set_silence(Instant now, Duration silence) {
    silence_ = silence;
    next_silent_ = now;
  }

  bool contains(LinkId id) const { return links_.contains(id); }
  PeerLink* find(LinkId id) { return links_.find(id); }
  const PeerLink* find(LinkId id) const { return links_.find(id); }
  /// The same link if it is up.
  std::optional<LinkId> up(const std::optional<LinkId>& id) const;
  std::vector<LinkId> ids() const;
  auto begin() const { return links_.begin(); }
  auto end() const { return links_.end(); }
  /// Bytes of unfinished frames, of all links.
  std::size_t buffered() const;

  LinkId dial(Instant now, const std::string& region, const Endpoint& address);
  /// Closes the stream at once when too many are unidentified already, from that host or from all; `expected` hosts,
  /// those of members, find places that are kept for them.
  void accept(Instant now, LinkId id, const Endpoint& from, const PeerIdentity& identity, bool expected);
  /// The other side is known from here on, and both have agreed to the link.
  void set_up(Instant now, PeerLink& link, std::string node, std::uint64_t run);
  /// The stream to the other side is open; with keys, our challenge goes out.
  void begin(LinkId id);
  /// A frame can be sent on it.
  bool ready(const PeerLink& link) const { return link.stream.ready(seal_); }
  /// The next message in `input`. Nothing when it is used up; an error makes the link unusable.
  Result<std::optional<wire::SyncMessage>> next(PeerLink& link, ByteView& input);
  /// Sends a frame, after the preamble when it is the first. False when the other side leaves too much unread: the
  /// caller closes the link.
  bool send(PeerLink& link, ByteView frame);
  /// Why a stream is refused, in plain when nothing else can be understood at the other end.
  void send_refusal(PeerLink& link, const wire::Refuse& refusal);
  /// Forgets the link and closes its stream; nothing when it is not known.
  std::optional<PeerLink> close(Instant now, LinkId id, std::string_view reason);
  /// Forgets a link whose stream is closed; nothing when it is not known.
  std::optional<PeerLink> on_closed(Instant now, LinkId id, std::string_view reason);

  /// The unfinished frames of all links take more memory than all of them may, and this one has its share in it.
  bool hold_too_much(const PeerLink& link) const;
  using Traffic = LinkTraffic;
  Traffic traffic(std::string_view region) const;
  void note_received(PeerLink& link, std::size_t bytes);
  void note_spared(PeerLink& link, std::size_t bytes);
  void forget_traffic(std::string_view region);
  /// The links that are silent for too long, for the caller to close.
  std::vector<LinkId> take_silent(Instant now);
  /// No link is silent for too long before this.
  Instant next_deadline() const { return next_silent_; }

  /// Events about a link that the caller decides on; what is refused is counted.
  void report_refusal(Instant now, const PeerLink& link, Refusal why, std::string_view region, std::string_view node,
                      std::string_view reason);
  /// A stream that was dialled never came to be a link.
  void report_failed_dial(Instant now, const PeerLink& link, std::string_view reason);
  void report_drop(Instant now, Refusal why, std::string_view region, std::string_view reason);
  void count(Refusal why) { refusals_.count(why); }
  const Refusals& refusals() const { return refusals_; }

 private:
  Instant expiry(const PeerLink& link) const;
  static Result<wire::SyncMessage> read(const PeerLink& link, const wire::PlainFrame& frame);
  Traffic& traffic_of(PeerLink& link);
  PeerLink& add(Instant now, LinkId id, bool dialer, const Endpoint& address);

  Streams& streams_;
  Observer& observer_;
  Duration silence_;
  std::function<LinkId()> next_link_;
  wire::Seal seal_;
  IndexedMap<LinkId, PeerLink> links_;
  IndexedMap<std::string, Traffic> traffic_;
  Instant next_silent_ = kNever;
  Refusals refusals_;
};

}  // namespace syncer::peering
