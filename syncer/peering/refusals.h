// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "syncer/base/reason_counter.h"

namespace syncer::peering {

/// Why something that came from another region, or says so, was refused.
enum class Refusal : std::uint8_t {
  Strangers,     ///< too many streams that do not say who they are
  Unreadable,    ///< not our protocol, another version, or not sealed with a key of ours
  OutOfTurn,     ///< a message that nobody waits for there
  TooLarge,      ///< unfinished frames hold too much memory
  Invalid,       ///< a message that contradicts itself or the protocol's limits
  Certificate,   ///< its certificate does not speak for its region, or it shows none
  NotAllowed,    ///< a region that is not in sync.regions
  TooMany,       ///< more regions than can be followed
  NameTaken,     ///< a region's name is used by two syncers
  Newcomer,      ///< its region is published by a writer that is there
  WrongRegion,   ///< the address answers for another region than gossip says
  Redirect,      ///< sent to where no syncer of that region is
  StaleEpoch,    ///< an epoch that is over
  DoubtedEpoch,  ///< an epoch that the region cannot have, as far as is known
  OverQuota,     ///< changes beyond what one region may have here
  ByOther,       ///< the other end refuses us
  Forged,        ///< what a relay brings is not what its origin vouches for
  OldWord,       ///< an attestation older than one that was heard
};

inline constexpr std::array<std::string_view, 18> kRefusalNames = {
    "strangers",   "unreadable",    "out_of_turn", "too_large", "invalid",      "certificate",
    "not_allowed", "too_many",      "name_taken",  "newcomer",  "wrong_region", "redirect",
    "stale_epoch", "doubted_epoch", "over_quota",  "by_other",  "forged",       "old_word"};

/// How often each came, for the status and the metrics.
using Refusals = ReasonCounter<Refusal, kRefusalNames>;

}  // namespace syncer::peering
