// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace sim::scenario {

/// Line and column, from 1; a column counts octets.
struct Spot {
  int line = 1;
  int column = 1;
};

/// Where each key, value, "{" and "[" of a JSON text begins, in the order a SAX parser reports them (nlohmann 3.11
/// gives no positions itself). The text is legal JSON, with comments; for any other text the list is of no use, but
/// safe.
std::vector<Spot> token_positions(std::string_view text);

/// The place of an octet.
Spot spot_of(std::string_view text, std::size_t offset);

}  // namespace sim::scenario
