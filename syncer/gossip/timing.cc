// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/timing.h"

#include <array>

#include "syncer/base/mutation.h"
#include "syncer/base/nearest.h"

namespace syncer::gossip {
namespace {

using membership::Profile;

/// In the order of the enumeration.
constexpr std::array<std::string_view, 4> kNames = {"syncer", "lan", "wan", "local"};

}  // namespace

Result<Profile> parse_profile(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<Profile>(i);
  }
  return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" is not a profile" + did_you_mean(text, kNames));
}

std::string show_profile(Profile profile) { return std::string(kNames[static_cast<std::size_t>(profile)]); }

membership::Options GossipTiming::options() const {
  const membership::Options ours = membership::syncer_profile();
  membership::Options options = SYNCER_MUTATED("gossip.ignore_profile") ? ours : membership::options_of(profile);
  options.max_incarnation_jump = ours.max_incarnation_jump;
  options.max_members = ours.max_members;
  if (SYNCER_MUTATED("gossip.profile_beats_its_overrides") && profile != Profile::Syncer) return options;
  for (const auto& any : overrides) {
    std::visit([&](const auto& one) { options.*one.first = one.second; }, any);
  }
  return options;
}

}  // namespace syncer::gossip
