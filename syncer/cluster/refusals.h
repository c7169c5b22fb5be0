// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "syncer/base/reason_counter.h"

namespace syncer::cluster {

/// Why a stream on the cluster port, or what came on it, was refused.
enum class Refusal : std::uint8_t {
  Strangers,    ///< too many streams, of one host or of those that do not say who they are
  Silent,       ///< it did not say in time who it is
  Unreadable,   ///< not our protocol, another version, or not sealed with a key of ours
  OutOfPlace,   ///< a message that nobody waits for there, or of another region
  Certificate,  ///< its certificate does not make it that voter, or it shows none
  Rival,        ///< another link of that syncer is alive
  Unread,       ///< the other end does not read
};

inline constexpr std::array<std::string_view, 7> kRefusalNames = {"strangers",   "silent", "unreadable", "out_of_place",
                                                                  "certificate", "rival",  "unread"};

using Refusals = ReasonCounter<Refusal, kRefusalNames>;

}  // namespace syncer::cluster
