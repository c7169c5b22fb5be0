// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/wire/cluster_message.h"

namespace syncer::node {

/// What this syncer's disk is bound to in its region. The list of voters is agreed once and never changes: everybody
/// writes down the one list it will ever propose before it says so, and the group exists for whoever has heard all of
/// them propose the same. Two different lists that share a majority can so never both come to life.
struct Charter {
  std::uint64_t disk = 0;
  wire::SeatStage stage = wire::SeatStage::Fresh;
  std::vector<wire::Seat> seats;  ///< in order of names; empty while Fresh
  bool operator==(const Charter&) const = default;
};

/// Key of the storage port.
inline constexpr std::string_view kCharterKey = "cluster.charter";

Bytes encode(const Charter& charter);
/// ErrorCode::Corrupt with a text for the operator.
Result<Charter> decode_charter(ByteView octets);

/// The same syncers with the same disks, whatever their addresses are now.
bool same_seats(const std::vector<wire::Seat>& a, const std::vector<wire::Seat>& b);
/// nullptr when nobody of that name is on the list.
const wire::Seat* find_seat(const std::vector<wire::Seat>& seats, std::string_view node);
/// "e1, e2, e3".
std::string names_of(const std::vector<wire::Seat>& seats);
/// Names the group, for the voter's store: another list is another group.
std::string group_name(std::string_view region, const std::vector<wire::Seat>& seats);

}  // namespace syncer::node
