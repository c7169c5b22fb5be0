// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"

namespace mocksc {

/// Makes list-like reads show less than there is. The same record is hidden in every answer as long as `salt` stays.
struct ReadFault {
  syncer::Ratio keep{1, 1};
  std::uint64_t salt = 0;

  bool is_none() const { return keep.numerator >= keep.denominator; }
  /// Whether the record with that id is left out.
  bool hides(std::string_view id) const {
    return !is_none() && syncer::hash64(id, salt) % keep.denominator >= keep.numerator;
  }
};

}  // namespace mocksc
