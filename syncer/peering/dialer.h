// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"

namespace syncer::peering {

/// Where a region's syncer answers, as gossip tells it.
struct RemoteRegion {
  std::string region;
  std::string node;
  Endpoint rpc;
  bool operator==(const RemoteRegion&) const = default;
};

/// When to dial a region and at which of its addresses. Never gives up: data does not depend on what gossip thinks of
/// a member.
class Dialer {
 public:
  Dialer(Duration retry, Random random) : retry_(retry), delay_(retry), random_(random) {}

  /// Addresses to try in turn; none stops dialling.
  void set_alternatives(Instant now, std::vector<RemoteRegion> alternatives);
  bool wanted() const { return !alternatives_.empty(); }
  /// Not before this; kNever while there is no address.
  Instant next_attempt() const { return wanted() ? next_attempt_ : kNever; }
  Endpoint address() const;

  /// The address did not answer or the link was lost: the next one at once, but a whole round without success is
  /// followed by a pause that grows up to `kMaxPause`, with jitter.
  void failed(Instant now);
  /// It said no: asking again soon is of no use.
  void refused(Instant now);
  /// Another address was named; followed once in a row.
  void redirected(Instant now, const Endpoint& to);
  void succeeded() {
    delay_ = retry_;
    tried_ = 0;
    was_redirected_ = false;
  }

  /// With the time a dial may take, a healed partition is noticed within 5 s.
  static constexpr Duration kMaxPause = std::chrono::milliseconds(2500);
  static constexpr Duration kRefusedPause = std::chrono::seconds(5);

 private:
  void pause(Instant now, Duration most);

  Duration retry_;
  Duration delay_;
  Random random_;
  std::vector<RemoteRegion> alternatives_;
  std::size_t current_ = 0;
  std::size_t tried_ = 0;  // alternatives that failed in this round
  std::optional<Endpoint> redirect_;
  bool was_redirected_ = false;
  Instant next_attempt_{};
};

}  // namespace syncer::peering
