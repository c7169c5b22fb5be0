// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/wire/raft/cluster_message.h"

namespace syncer::cluster {

/// What this syncer's disk is bound to in its region. The list of voters is agreed once: everybody writes down the one
/// list it will ever propose before it says so, and the group exists for whoever has heard all of them propose the
/// same. Two different lists that share a majority can so never both come to life. Afterwards only the group itself
/// changes it, by an entry of its log, and only by giving a seat to another disk of the same name.
struct Charter {
  std::uint64_t disk = 0;
  wire::SeatStage stage = wire::SeatStage::Fresh;
  std::vector<wire::Seat> seats;  ///< in order of names; empty while Fresh
  std::uint64_t group = 0;        ///< made from the list as founded; 0 until the group exists
  raft::Index listed = 0;         ///< the log's entry that changed the list last
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
/// The number of the group that this list founds: another list is another group.
std::uint64_t founded_by(const std::vector<wire::Seat>& seats);
/// The number of a disk as people see it, in hexadecimal.
std::string disk_name(std::uint64_t disk);
/// "east/0123456789abcdef".
std::string group_name(std::string_view region, std::uint64_t group);

}  // namespace syncer::cluster
