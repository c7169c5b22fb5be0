// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/roll_call.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::membership {
namespace {

constexpr int kTries = 3;
/// Between two of them, and after the last one.
constexpr Duration kPatience = std::chrono::seconds(1);

}  // namespace

void RollCall::begin(Instant now, const std::vector<std::string>& names) {
  phase_ = Phase::Open;
  tries_ = 0;
  next_ = now;
  asked_.clear();
  answers_.clear();
  for (const std::string& name : names) answers_.emplace(name, std::nullopt);
}

std::vector<std::string> RollCall::take_due(Instant now) {
  std::vector<std::string> silent;
  if (!is_open() || now < next_) return silent;
  for (const auto& [name, rtt] : answers_) {
    if (!rtt) silent.push_back(name);
  }
  const bool asks = tries_ < (SYNCER_MUTATED("membership.call_the_roll_once") ? 1 : kTries);
  if (silent.empty() || !asks) {
    phase_ = Phase::Done;
    return {};
  }
  ++tries_;
  next_ = saturating_add(now, kPatience);
  return silent;
}

void RollCall::asked(Instant now, const std::string& name, std::uint32_t seq) { asked_.emplace(seq, Asked{name, now}); }

bool RollCall::answered(Instant now, std::uint32_t seq) {
  if (!is_open()) return false;
  const auto node = asked_.extract(seq);
  if (node.empty()) return false;
  std::optional<Duration>& rtt = answers_.at(node.mapped().name);
  if (!rtt) rtt = now - node.mapped().at;
  const auto has_answered = [](const auto& answer) { return answer.second.has_value(); };
  if (std::all_of(answers_.begin(), answers_.end(), has_answered)) phase_ = Phase::Done;
  return true;
}

std::optional<std::vector<Attendance>> RollCall::take_result() {
  if (phase_ != Phase::Done) return std::nullopt;
  std::vector<Attendance> all;
  for (const auto& [name, rtt] : answers_) all.push_back({name, rtt});
  phase_ = Phase::Idle;
  asked_.clear();
  answers_.clear();
  return all;
}

}  // namespace syncer::membership
