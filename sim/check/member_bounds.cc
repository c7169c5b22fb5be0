// SPDX-License-Identifier: Apache-2.0
#include "sim/check/member_bounds.h"

#include <algorithm>
#include <variant>

#include "syncer/gossip/key_queries.h"

namespace sim::check {
namespace {

/// News that is about no member: our newest intent, and queries that are forwarded.
constexpr std::size_t kOtherNews = 1 + syncer::gossip::KeyQueries::kForwarded;

std::optional<std::string> above(std::size_t value, std::size_t bound, const char* what) {
  if (value <= bound) return std::nullopt;
  return "keeps " + std::to_string(value) + " " + what + ", " + std::to_string(bound) + " are allowed";
}

}  // namespace

void MemberBounds::on_event(const scenario::Event* event) {
  const auto* peer = event != nullptr ? std::get_if<scenario::FuzzPeer>(&event->action) : nullptr;
  if (peer != nullptr) names_ += peer->strangers;
}

std::optional<std::string> MemberBounds::exceeded(const syncer::gossip::Gossip& gossip) const {
  const syncer::membership::Swim& swim = gossip.swim();
  if (auto members = above(swim.members().size(), names_, "members")) return members;
  if (auto news = above(swim.queue().size(), names_ + kOtherNews, "pieces of news")) return news;
  const std::size_t most_failed = std::min(names_, syncer::gossip::FailedMembers::kMost);
  if (auto failed = above(gossip.failed_members(), most_failed, "failed members")) return failed;
  return above(swim.relays().size(), swim.options().max_relays, "relayed pings");
}

}  // namespace sim::check
