// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/wire/cluster_message.h"

namespace syncer::node {

/// Command of the log: the generation is now at least this.
struct RaiseGeneration {
  std::uint64_t generation = 1;
  bool operator==(const RaiseGeneration&) const = default;
};

/// Command of the log: the seat of this name belongs to this disk.
struct GiveSeat {
  wire::Seat seat;
  bool operator==(const GiveSeat&) const = default;
};

using CouncilCommand = std::variant<RaiseGeneration, GiveSeat>;

Bytes encode_command(const CouncilCommand& command);
/// ErrorCode::Unsupported for a kind that only a later version knows, Corrupt for everything else that is none.
Result<CouncilCommand> decode_command(ByteView octets);

/// What the commands of the log amount to, for the snapshot. Small and bounded: bulk data stays out of the log.
struct CouncilState {
  std::uint64_t generation = 1;
  std::vector<wire::Seat> seats;
  election::Index listed = 0;  ///< the entry that changed a seat last; 0 for the list as founded
  bool operator==(const CouncilState&) const = default;
};

Bytes encode_state(const CouncilState& state);
/// ErrorCode::Unsupported for a later version's, Corrupt for everything else that is none.
Result<CouncilState> decode_state(ByteView octets);

}  // namespace syncer::node
