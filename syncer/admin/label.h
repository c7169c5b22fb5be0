// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace syncer::admin {

/// A text as the value of a label in the Prometheus text format. Names come from the network: bytes that are no UTF-8
/// or control something are written as \xNN (one of them would make a scrape fail as a whole), and different texts
/// always give different values (so would a sample that is there twice).
std::string label_value(std::string_view text);

}  // namespace syncer::admin
