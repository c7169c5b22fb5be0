// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "syncer/base/random.h"

namespace syncer::membership {

/// One message about member "x", or a while in which nothing comes.
struct Step {
  enum class Kind : std::uint8_t { Alive, Suspect, Dead, Leave, Wait } kind = Kind::Wait;
  std::uint64_t incarnation = 0;
  std::uint8_t from = 0;  ///< number of the accuser
  std::uint32_t wait_ms = 0;
};
using Steps = std::vector<Step>;

/// A draw of up to 20 steps.
Steps draw_steps(Random& random);

// Laws of the core. Each gives "" when it holds, else what broke it.

/// What an observer believes about a member never falls in (incarnation, alive < suspect < gone).
std::string status_never_falls(const Steps& steps);
/// A member is found by the address that it has, and by none that it had.
std::string members_are_found_where_they_are(const Steps& steps);
/// The same exchange a second time changes nothing.
std::string second_merge_changes_nothing(const Steps& mine, const Steps& theirs);
/// An exchange alone never makes a living member dead.
std::string hearsay_does_not_kill(const Steps& mine, const Steps& theirs);
/// Two observers that heard anything in any order agree on who is gone, once they exchanged their tables and the
/// suspicions ran out.
std::string observers_agree_after_exchange(const Steps& mine, const Steps& theirs);
/// A member that is accused outbids the accusation, and never believes it.
std::string accused_outbids(std::uint64_t incarnation, bool dead);
/// Only distinct accusers shorten a suspicion.
std::string accusers_count_once(const std::vector<std::uint8_t>& accusers);
/// News is sent exactly as often as the pool's size asks for, and never over the bytes allowed.
std::string news_is_told_as_promised(std::size_t members, const std::vector<std::uint16_t>& lengths);
/// An answer with another number does not save a silent member.
std::string only_the_right_answer_counts(std::uint32_t offset);

}  // namespace syncer::membership
