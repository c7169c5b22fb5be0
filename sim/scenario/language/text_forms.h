// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sim/scenario/values/expect.h"
#include "sim/scenario/values/values.h"
#include "syncer/base/result.h"

namespace sim::scenario {

// The texts of quantities that only scenarios have, both ways. What one writes the other reads back to the same value.

/// "20s", "reg", "reg + 30s", "kill - 1s".
syncer::Result<Moment> parse_moment(std::string_view text);
/// "2s", "-5s".
syncer::Result<Shift> parse_shift(std::string_view text);
std::string to_string(const Shift& shift);
/// "<= 20s", "== 0", "< 4KiB".
syncer::Result<Bound> parse_bound(std::string_view text);
/// "64KiB", "1500B".
std::string to_string(const Size& size);
/// "10Mbit", "9600bit".
std::string to_string(const Bandwidth& bandwidth);
/// "1/500ms".
std::string to_string(const Rate& rate);

/// A word that may name an event, a workload or a moment: letters, digits, "_", "-", "." and "/", a letter or "_"
/// first.
bool is_label(std::string_view text);

}  // namespace sim::scenario
