// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "mocksc/servicecenter/store/records.h"

namespace mocksc {

/// An instance as one write left it. Never changed, and shared by the store and by what readers still see of it.
struct InstanceVersion {
  Instance data;
  std::uint64_t revision = 0;  ///< write counter of that write
  std::string json;
};
using SharedVersion = std::shared_ptr<const InstanceVersion>;

}  // namespace mocksc
