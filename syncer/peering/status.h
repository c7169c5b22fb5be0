// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "syncer/base/ids.h"
#include "syncer/base/status_field.h"
#include "syncer/base/time.h"

namespace syncer::peering {

/// The exchange with another region.
struct LinkStatus {
  bool link_up = false;                     ///< both directions work
  bool receiving = false;                   ///< it publishes to us
  bool sending = false;                     ///< we publish to it
  bool left = false;                        ///< its syncers said good-bye
  std::string problem;                      ///< why the exchange does not work; empty while it does
  std::optional<Duration> last_heard = {};  ///< age of its last message; absent when there was none
  Epoch epoch;
  std::uint64_t sequence = 0;
  std::uint64_t instances = 0;
  std::uint64_t records = 0;         ///< instances and what belongs to them: services, schemas
  std::uint64_t unacknowledged = 0;  ///< our entries it has not acknowledged yet
  Duration lag{};                    ///< age of the oldest of these; zero when there is none
  std::string via = {};              ///< regions passed by what is read of it, the nearest first; empty: directly
  std::string read_via = {};         ///< by way of which it reads this one; empty: directly, or not
  std::uint64_t hops = 0;            ///< links on the way by which it is read; zero while it is not
  std::string export_paused = {};    ///< that an operator wants it told no changes; empty when not
  std::string over_quota = {};       ///< what it offers too much of; empty while it keeps within its quotas
  std::uint64_t sent_bytes = 0;      ///< on links with it; likewise received, and spared because they were packed
  std::uint64_t received_bytes = 0;
  std::uint64_t spared_bytes = 0;
  std::uint64_t cap_bytes = 0;        ///< a second that may go to it; zero where there is no cap
  std::uint64_t waiting_records = 0;  ///< of whatever region, that wait for that
  Duration waiting{};                 ///< for how long something has waited without a break

  template <class Self, class Visitor>
  static void describe(Self& s, Visitor& v) {
    v.field({.key = "problem", .phrase = "{}", .problem = Problem::WhenSet, .cause = "region_not_connected"},
            s.problem);
    v.field({.key = "export_paused", .phrase = "{}", .problem = Problem::WhenSet, .cause = "export_paused"},
            s.export_paused);
    v.field({.key = "over_quota", .phrase = "{}", .problem = Problem::WhenSet, .cause = "region_over_quota"},
            s.over_quota);
    v.field({.key = "link_up",
             .help = "1 while the exchange with the region works in both directions.",
             .phrase = "connected",
             .unset = "NOT connected"},
            s.link_up);
    v.field({.key = "receiving", .help = "1 while the region publishes to this one."}, s.receiving);
    v.field({.key = "sending", .help = "1 while this region publishes to that one."}, s.sending);
    v.field({.key = "via", .phrase = "read by way of {}"}, s.via);
    v.field({.key = "read_via", .phrase = "reads this region by way of {}"}, s.read_via);
    v.field(
        {.key = "hops",
         .help = "Links between the region and this one on the way by which it is read; 1 when it is read directly, 0 "
                 "when it is not."},
        s.hops);
    v.field({.key = "sent_bytes", .help = "Bytes sent on links with the region since it is known."}, s.sent_bytes);
    v.field({.key = "received_bytes", .help = "Bytes received on links with the region since it is known."},
            s.received_bytes);
    v.field({.key = "spared_bytes", .help = "Bytes that were not sent to the region because they were packed."},
            s.spared_bytes);
    v.field({.key = "cap_bytes",
             .help = "Bytes a second that may be sent to the region (sync.link-cap); 0 where there is no cap.",
             .phrase = "at most {} bytes/s go to it",
             .hide_unset = true},
            s.cap_bytes);
    v.field({.key = "waiting_records",
             .help = "Records, own and passed on, that wait until the cap of the link lets them go.",
             .phrase = "{} records wait for that",
             .hide_unset = true},
            s.waiting_records);
    v.field({.key = "waiting",
             .help = "For how long something has waited for the cap of the link without a break.",
             .phrase = "some for {}",
             .hide_unset = true},
            s.waiting);
    v.field({.key = "left", .help = "1 while the region's syncers have left the pool.", .phrase = "left the pool"},
            s.left);
    v.field({.key = "last_heard", .help = "Age of the last message from the region.", .phrase = "heard {} ago"},
            s.last_heard);
    v.field({.key = "epoch"}, s.epoch);
    v.field({.key = "sequence", .help = "Number of the last change known of the region."}, s.sequence);
    v.field({.key = "instances", .help = "Instances known of the region.", .phrase = "{} instances"}, s.instances);
    v.field({.key = "records", .help = "Records known of the region: instances, services, schemas."}, s.records);
    v.field({.key = "unacknowledged",
             .help = "Own changes the region has not confirmed.",
             .phrase = "{} changes not confirmed"},
            s.unacknowledged);
    v.field({.key = "lag"}, s.lag);
  }
};

}  // namespace syncer::peering
