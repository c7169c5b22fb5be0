// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace syncer::gossip {

/// How much the part holds right now, for those who watch that what is taken is given back. Of what is counted apart
/// from where it is kept, both numbers: they are equal at every moment between two inputs.
struct Sizes {
  std::size_t streams = 0;           ///< open or being opened
  std::size_t accepted = 0;          ///< of these, opened by peers ...
  std::size_t accepted_counted = 0;  ///< ... and as counted against their limit
  std::size_t relays = 0;            ///< relayed pings that wait for an answer
  std::size_t news = 0;              ///< that waits to be told on
  std::size_t members = 0;           ///< of every state, ourselves included
  std::size_t suspects = 0;          ///< members with a running suspicion ...
  std::size_t suspects_counted = 0;  ///< ... and as counted
  std::size_t failed_members = 0;    ///< kept to be asked again
  std::size_t claims = 0;            ///< of names at other addresses
};

}  // namespace syncer::gossip
