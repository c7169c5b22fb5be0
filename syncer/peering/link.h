// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/base/endpoint.h"
#include "syncer/base/ids.h"
#include "syncer/base/time.h"
#include "syncer/ports/network.h"
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
  Result<std::optional<wire::SyncMessage>> next(ByteView& input) {
    const auto frame = reader.next(input);
    if (!frame) return tl::unexpected<Error>(frame.error());
    if (!*frame) return std::nullopt;
    auto message = wire::decode_sync((*frame)->type, (*frame)->body);
    if (!message) return tl::unexpected<Error>(message.error());
    return std::optional(std::move(*message));
  }

  /// Sends an encoded frame, after the preamble when it is the first.
  void send(Streams& streams, ByteView frame) {
    if (!preamble_sent) streams.send(id, wire::preamble(wire::kSyncProtocol));
    preamble_sent = true;
    streams.send(id, frame);
  }
};

}  // namespace syncer::peering
