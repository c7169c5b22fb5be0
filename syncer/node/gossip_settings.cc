// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/gossip_settings.h"

#include "syncer/node/setting_forms.h"

namespace syncer::node {
namespace {

using membership::Options;

/// Longer would overflow what is multiplied by it, and make no sense.
constexpr Duration kLongest = std::chrono::hours(1);

Result<Duration> parse_interval(std::string_view text) {
  auto value = parse_positive(text);
  if (value && *value > kLongest) {
    return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" is longer than " + to_string(kLongest));
  }
  return value;
}

template <auto Field, class Value>
Result<void> set(NodeConfig& config, Result<Value> value) {
  if (!value) return tl::unexpected<Error>(value.error());
  using Target = std::decay_t<decltype(std::declval<Options>().*Field)>;
  config.gossip.overrides.emplace_back(gossip::GossipTiming::Override<Target>(Field, static_cast<Target>(*value)));
  return {};
}

template <Duration Options::*Field>
Setting interval(std::string_view key, std::string_view about) {
  return {key, kPositiveForm, about, [](NodeConfig& c, std::string_view v) { return set<Field>(c, parse_interval(v)); },
          [](const NodeConfig& c) { return to_string(c.gossip.options().*Field); }};
}

template <Duration Options::*Field>
Setting timing(std::string_view key, std::string_view about) {
  return {key, kDurationForm, about, [](NodeConfig& c, std::string_view v) { return set<Field>(c, parse_duration(v)); },
          [](const NodeConfig& c) { return to_string(c.gossip.options().*Field); }};
}

template <std::uint64_t Min, std::uint64_t Max, int Options::*Field>
Setting count(std::string_view key, std::string_view about) {
  return {key, kNumberForm, about,
          [](NodeConfig& c, std::string_view v) { return set<Field>(c, parse_between(v, Min, Max)); },
          [](const NodeConfig& c) { return std::to_string(c.gossip.options().*Field); }};
}

template <bool Options::*Field>
Setting choice(std::string_view key, std::string_view about) {
  return {key, "\"on\" or \"off\"", about,
          [](NodeConfig& c, std::string_view v) { return set<Field>(c, parse_switch(v)); },
          [](const NodeConfig& c) { return show_switch(c.gossip.options().*Field); }};
}

Setting profile() {
  return {"gossip.profile", "\"syncer\", \"lan\", \"wan\" or \"local\"",
          "timing of the pool: the syncer's own or one of memberlist's; each other key of it goes before the profile",
          [](NodeConfig& c, std::string_view v) { return forms::store(gossip::parse_profile(v), c.gossip.profile); },
          [](const NodeConfig& c) { return gossip::show_profile(c.gossip.profile); }};
}

}  // namespace

std::vector<Setting> gossip_settings() {
  return {
      profile(),
      count<1, 100, &Options::awareness_max>("gossip.awareness-max",
                                             "what poor health of our own stretches a probe round by at most"),
      timing<&Options::dead_reclaim>("gossip.dead-reclaim",
                                     "a dead member's name is free for another address after this; 0s: never"),
      count<1, 100, &Options::gossip_nodes>("gossip.fanout", "members each gossip round is sent to"),
      count<0, 100, &Options::indirect_checks>("gossip.indirect-checks",
                                               "members that are asked to probe one that does not answer us"),
      interval<&Options::gossip_interval>("gossip.interval", "time between two gossip rounds"),
      interval<&Options::probe_interval>("gossip.probe-interval", "time between two probes"),
      interval<&Options::probe_timeout>("gossip.probe-timeout", "wait for a direct answer to a probe"),
      choice<&Options::adapt_probe_timeout>("gossip.probe-timeout-follows-rtt",
                                            "a probe waits three times the member's worst recent round trip at least"),
      interval<&Options::push_pull_interval>("gossip.push-pull-interval", "time between two full state exchanges"),
      count<1, 100, &Options::retransmit_mult>("gossip.retransmit-mult",
                                               "how often news is told, times log10 of the pool"),
      count<1, 100, &Options::suspicion_max_mult>("gossip.suspicion-max-mult",
                                                  "longest suspicion, as a multiple of the shortest"),
      count<1, 100, &Options::suspicion_mult>(
          "gossip.suspicion-mult", "how many probe intervals a suspect has to refute, times log10 of the pool"),
      choice<&Options::stream_pings>("gossip.tcp-ping", "who does not answer over UDP is asked over TCP as well"),
      interval<&Options::stream_timeout>("gossip.tcp-timeout", "deadline of a state exchange or join"),
      timing<&Options::gossip_to_dead>("gossip.to-the-dead", "dead members are told news, and remembered, for so long"),
  };
}

}  // namespace syncer::node
