// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/ports/network.h"
#include "syncer/ports/observer.h"
#include "syncer/wire/frame/frame.h"
#include "syncer/wire/sync/message.h"

namespace syncer::peering {

/// One stream between two regions. The dialer publishes its log on it; the answerer acknowledges and asks.
struct PeerLink {
  enum class State : std::uint8_t { Connecting, Greeting, Up };

  LinkId id;
  bool dialer = false;
  State state = State::Connecting;
  Endpoint address;
  std::string region;     ///< the other side's; empty until its hello is accepted
  std::string node;       ///< likewise
  std::uint64_t run = 0;  ///< of the other side
  Instant last_read{};
  bool preamble_sent = false;
  wire::FrameReader reader{wire::kSyncProtocol};

  /// The next message in `input`. Nothing when it is used up; an error makes the link unusable.
  Result<std::optional<wire::SyncMessage>> next(ByteView& input);
};

/// The streams to other regions: what each has come to, and which is silent for too long. Does not know what is said on
/// them.
class Links {
 public:
  /// Borrows `streams` and `observer`. A link on which nothing is read for `silence` is given by take_silent().
  Links(Streams& streams, Observer& observer, Duration silence, std::function<LinkId()> next_link)
      : streams_(streams), observer_(observer), silence_(silence), next_link_(std::move(next_link)) {}

  bool contains(LinkId id) const { return links_.count(id) != 0; }
  PeerLink* find(LinkId id);
  const PeerLink* find(LinkId id) const;
  std::vector<LinkId> ids() const;

  LinkId dial(Instant now, const std::string& region, const Endpoint& address);
  /// Closes the stream at once when too many are unidentified already.
  void accept(Instant now, LinkId id, const Endpoint& from);
  /// The other side is known from here on, and both have agreed to the link.
  void set_up(Instant now, PeerLink& link, std::string node, std::uint64_t run);
  /// Sends a frame, after the preamble when it is the first. False when the other side leaves too much unread: the
  /// caller closes the link.
  bool send(PeerLink& link, ByteView frame);
  /// Forgets the link and closes its stream; nothing when it is not known.
  std::optional<PeerLink> close(Instant now, LinkId id, std::string_view reason);
  /// Forgets a link whose stream is closed; nothing when it is not known.
  std::optional<PeerLink> on_closed(Instant now, LinkId id, std::string_view reason);

  /// The links that are silent for too long, for the caller to close.
  std::vector<LinkId> take_silent(Instant now);
  /// No link is silent for too long before this.
  Instant next_deadline() const { return next_silent_; }

  /// Events about a link that the caller decides on.
  void report_refusal(Instant now, const PeerLink& link, std::string_view region, std::string_view node,
                      std::string_view reason);
  /// A stream that was dialled never came to be a link.
  void report_failed_dial(Instant now, const PeerLink& link, std::string_view reason);
  void report_drop(Instant now, std::string_view region, std::string_view reason);

 private:
  Instant expiry(const PeerLink& link) const;
  PeerLink& add(Instant now, LinkId id, bool dialer, const Endpoint& address);

  Streams& streams_;
  Observer& observer_;
  Duration silence_;
  std::function<LinkId()> next_link_;
  std::map<LinkId, PeerLink> links_;
  Instant next_silent_ = kNever;
};

}  // namespace syncer::peering
