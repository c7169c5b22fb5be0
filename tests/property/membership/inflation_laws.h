// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace syncer::wire::gossip {

/// Compressed text of `codes` codes that grows as fast as any can: it is believed up to a hundredfold, and refused
/// beyond for that reason. "" when it holds, else what broke it.
std::string text_grows_a_hundredfold_at_most(std::size_t codes);

}  // namespace syncer::wire::gossip
