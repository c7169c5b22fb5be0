// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "syncer/base/random.h"

namespace syncer::gossip {

/// Something that happens to a pool of up to six members.
struct Blow {
  enum class Kind : std::uint8_t { Kill, Restart, Cut, Heal, Leave, Tags, Wait } kind = Kind::Wait;
  std::uint8_t a = 0;
  std::uint8_t b = 0;
  std::uint32_t wait_ms = 0;
};

/// As in "cut 1 2 0ms", for the report of a shrunk failure.
std::ostream& operator<<(std::ostream& out, const Blow& blow);

/// A draw of up to 15 blows.
std::vector<Blow> draw_blows(Random& random);

// Laws of whole pools. Each gives "" when it holds, else what broke it.

/// When the blows end, all living members see each other with their newest tags, and nobody else alive; those that
/// left are not seen as dead by anybody who was there.
std::string calm_after_chaos(std::size_t members, const std::vector<Blow>& blows);
/// News that every packet lost arrives by the state exchange.
std::string lost_news_arrives(std::uint32_t offset_ms);
/// A member that leaves is seen to leave, not to die.
std::string leave_is_no_death();
/// A member that is wrongly accused is believed again after one round trip, without any news being spread.
std::string accused_is_heard_at_once(std::uint32_t offset_ms);
/// When all members but one restart at once, that one learns their new tags within seconds, though each restarted
/// member has the incarnation that it had before.
std::string restarted_members_are_known_anew(std::uint32_t offset_ms);
/// A partition far longer than the core's memory heals without a seed.
std::string long_partition_heals();
/// Who joins through a member of the same name gives way, however young that member is (up to a minute).
std::string joiner_gives_way(std::uint32_t age_ms);

}  // namespace syncer::gossip
