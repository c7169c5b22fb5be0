// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "syncer/base/result.h"

namespace mocksc {

/// A release of the service center whose behaviour is imitated. Ordered: `release < Release::V2_1_0` reads "up to 2.0".
enum class Release { V1_3_0, V1_4_8, V2_0_0, V2_1_0, V2_2_0 };

/// "2.2.0".
std::string_view name(Release release);
/// Reads one of the five known release numbers; the error lists them.
syncer::Result<Release> parse_release(std::string_view text);

}  // namespace mocksc
