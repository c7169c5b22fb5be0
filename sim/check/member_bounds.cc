// SPDX-License-Identifier: Apache-2.0
#include "sim/check/member_bounds.h"

#include <variant>

#include "syncer/node/gossip_queries.h"

namespace sim::check {
namespace {

/// News that is about no member: a leave intent, and queries that are passed on.
constexpr std::size_t kOtherNews = 1 + syncer::node::GossipQueries::kPassedOn;

std::optional<std::string> above(std::size_t value, std::size_t bound, const char* what) {
  if (value <= bound) return std::nullopt;
  return "keeps " + std::to_string(value) + " " + what + ", " + std::to_string(bound) + " are allowed";
}

}  // namespace

void MemberBounds::on_event(const scenario::Event* event) {
  const auto* peer = event != nullptr ? std::get_if<scenario::FuzzPeer>(&event->action) : nullptr;
  if (peer != nullptr) names_ += peer->strangers;
}

std::optional<std::string> MemberBounds::exceeded(const syncer::membership::Swim& swim) const {
  if (auto members = above(swim.members().size(), names_, "members")) return members;
  if (auto news = above(swim.queue().size(), names_ + kOtherNews, "pieces of news")) return news;
  return above(swim.relays().size(), swim.options().max_relays, "relayed pings");
}

}  // namespace sim::check
