// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/timing.h"

#include <array>

#include "syncer/base/mutation.h"
#include "syncer/base/nearest.h"

namespace syncer::gossip {
namespace {

using membership::Options;
using membership::Profile;

/// In the order of the enumeration.
constexpr std::array<std::string_view, 4> kNames = {"syncer", "lan", "wan", "local"};

/// Longer would overflow what is multiplied by it, and make no sense.
constexpr Duration kLongest = std::chrono::hours(1);

Result<Duration> parse_interval(std::string_view text) {
  auto value = settings::parse_positive(text);
  if (value && *value > kLongest) {
    return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" is longer than " + to_string(kLongest));
  }
  return value;
}

/// A row that overrides a field of the options.
template <class T, class Parse, class Show>
settings::Setting<GossipTiming> override_of(std::string_view key, std::string_view form, T Options::*field,
                                            std::string_view about, Parse parse, Show show) {
  return {key, form, about,
          [field, parse](GossipTiming& timing, std::string_view text) -> Result<void> {
            const auto value = parse(text);
            if (!value) return tl::unexpected<Error>(value.error());
            timing.overrides.emplace_back(GossipTiming::Override<T>(field, static_cast<T>(*value)));
            return {};
          },
          [field, show](const GossipTiming& timing) -> std::string { return show(timing.options().*field); }};
}

std::string show_duration(Duration d) { return to_string(d); }

settings::Setting<GossipTiming> interval(std::string_view key, Duration Options::*field, std::string_view about) {
  return override_of(key, settings::kPositiveForm, field, about, parse_interval, show_duration);
}

settings::Setting<GossipTiming> duration(std::string_view key, Duration Options::*field, std::string_view about) {
  return override_of(key, settings::kDurationForm, field, about, parse_duration, show_duration);
}

settings::Setting<GossipTiming> count(std::string_view key, std::uint64_t min, int Options::*field,
                                      std::string_view about) {
  return override_of(
      key, settings::kNumberForm, field, about,
      [min](std::string_view text) { return settings::parse_between(text, min, 100); },
      [](int value) { return std::to_string(value); });
}

settings::Setting<GossipTiming> choice(std::string_view key, bool Options::*field, std::string_view about) {
  return override_of(key, settings::kSwitchForm, field, about, settings::parse_switch, settings::show_switch);
}

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

settings::Settings<GossipTiming> timing_settings() {
  return {
      settings::custom("gossip.profile", "\"syncer\", \"lan\", \"wan\" or \"local\"", &GossipTiming::profile,
                       "timing of the pool: the syncer's own or one of memberlist's; each other key of it goes before "
                       "the profile",
                       parse_profile, show_profile),
      count("gossip.awareness-max", 1, &Options::awareness_max,
            "what poor health of our own stretches a probe round by at most"),
      duration("gossip.dead-reclaim", &Options::dead_reclaim,
               "a dead member's name is free for another address after this; 0s: never"),
      count("gossip.fanout", 1, &Options::gossip_nodes, "members each gossip round is sent to"),
      count("gossip.indirect-checks", 0, &Options::indirect_checks,
            "members that are asked to probe one that does not answer us"),
      interval("gossip.interval", &Options::gossip_interval, "time between two gossip rounds"),
      interval("gossip.probe-interval", &Options::probe_interval, "time between two probes"),
      interval("gossip.probe-timeout", &Options::probe_timeout, "wait for a direct answer to a probe"),
      choice("gossip.probe-timeout-follows-rtt", &Options::adapt_probe_timeout,
             "a probe waits three times the member's worst recent round trip at least"),
      interval("gossip.push-pull-interval", &Options::push_pull_interval, "time between two full state exchanges"),
      count("gossip.retransmit-mult", 1, &Options::retransmit_mult, "how often news is sent, times log10 of the pool"),
      count("gossip.suspicion-max-mult", 1, &Options::suspicion_max_mult,
            "longest suspicion, as a multiple of the shortest"),
      count("gossip.suspicion-mult", 1, &Options::suspicion_mult,
            "how many probe intervals a suspect has to refute, times log10 of the pool"),
      choice("gossip.tcp-ping", &Options::stream_pings, "who does not answer over UDP is asked over TCP as well"),
      interval("gossip.tcp-timeout", &Options::stream_timeout, "deadline of a state exchange or join"),
      duration("gossip.to-the-dead", &Options::gossip_to_dead,
               "dead members are sent news, and remembered, for so long"),
  };
}

Result<void> validate(const GossipTiming& timing) {
  const Options options = timing.options();
  if (options.probe_timeout <= options.probe_interval) return {};
  return settings::refuse("gossip.probe-timeout", "(" + to_string(options.probe_timeout) +
                                                      ") must not be longer than gossip.probe-interval (" +
                                                      to_string(options.probe_interval) + ")");
}

}  // namespace syncer::gossip
