// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/membership/options.h"
#include "syncer/settings/settings.h"

namespace syncer::gossip {

/// The profiles by name: "syncer", "lan", "wan", "local".
Result<membership::Profile> parse_profile(std::string_view text);
std::string show_profile(membership::Profile profile);

/// Timing of the gossip pool: a profile, and single values on top of it, whatever order they are given in.
struct GossipTiming {
  template <class T>
  using Override = std::pair<T membership::Options::*, T>;

  membership::Profile profile = membership::Profile::Syncer;
  /// Fields of the options that do not follow the profile; a later one overrides an earlier one.
  std::vector<std::variant<Override<Duration>, Override<int>, Override<bool>>> overrides;

  /// What is in force. Bounds on what strangers may do are the syncer's in every profile.
  membership::Options options() const;
};

/// The profile, and each value that can be set on top of it.
settings::Settings<GossipTiming> timing_settings();
/// Checks what single settings cannot: combinations that make no sense.
Result<void> validate(const GossipTiming& timing);

}  // namespace syncer::gossip
