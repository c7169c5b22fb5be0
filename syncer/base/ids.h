// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace syncer {

/// A small integer identity that does not mix with others. Names live at the edge, ids inside.
template <class Tag>
struct Id {
  std::uint64_t value = 0;
  auto operator<=>(const Id&) const = default;
};

/// One stream connection. Odd values are chosen by the node that dials, even values by the adapter that accepts.
using LinkId = Id<struct LinkTag>;
/// One outstanding request to a port (HTTP call, storage write); chosen by the node, never reused in a process.
using CallId = Id<struct CallTag>;

}  // namespace syncer
