// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/questions.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::peering {
namespace {

/// Questions of ours that wait for their answers.
constexpr std::size_t kMostAsked = 64;
/// Questions of others that are answered before the next input of the node.
constexpr std::size_t kMostReceived = 16;
/// What one region may ask at once, and after that each time this long has passed.
constexpr std::uint32_t kBurst = 20;
constexpr Duration kPace = std::chrono::milliseconds(200);
/// The same of all regions together, of what looks at all records: whoever has no key has any name.
constexpr std::uint32_t kBurstOfAll = 100;
constexpr Duration kPaceOfAll = std::chrono::milliseconds(20);
/// Regions that are counted; a name is anybody's where there is no key.
constexpr std::size_t kMostCounted = 1024;

}  // namespace

bool Questions::has_room() const { return asked_.size() < kMostAsked; }

std::optional<QuestionId> Questions::begin(LinkId link, std::string region, wire::Question question) {
  if (!has_room()) return std::nullopt;
  asked_.emplace(link, Asked{++last_, std::move(region), std::move(question)});
  return last_;
}

const wire::Question* Questions::asked_on(LinkId link) const {
  const auto found = asked_.find(link);
  return found == asked_.end() ? nullptr : &found->second.question;
}

bool Questions::redirect(LinkId link, LinkId to) {
  auto node = asked_.extract(link);
  if (node.empty()) return false;
  const bool was = std::exchange(node.mapped().redirected, true);
  node.key() = was ? link : to;
  asked_.insert(std::move(node));
  return !was;
}

void Questions::conclude(LinkId link, Result<Bytes> answer) {
  auto node = asked_.extract(link);
  if (node.empty()) return;
  answered_.push_back({node.mapped().id, std::move(node.mapped().region), std::move(answer)});
}

bool Questions::receive(Instant now, LinkId link, wire::Question question) {
  if (received_.size() >= kMostReceived || !allow(now, question)) return false;
  std::string region = question.region;
  received_.push_back({link, std::move(region), std::move(question)});
  return true;
}

void Questions::regain(Instant now, Allowance& allowance, std::uint32_t most, Duration pace) {
  const auto regained = static_cast<std::uint64_t>((now - allowance.since) / pace);
  if (regained == 0) return;
  allowance.left = static_cast<std::uint32_t>(std::min<std::uint64_t>(most, allowance.left + regained));
  allowance.since += pace * static_cast<std::int64_t>(regained);
}

bool Questions::allow(Instant now, const wire::Question& question) {
  if (!all_) all_ = Allowance{kBurstOfAll, now};
  regain(now, *all_, kBurstOfAll, kPaceOfAll);
  const bool is_dear = question.kind != wire::Question::Kind::Ages;
  const bool all_is_used_up = is_dear && all_->left == 0 && !SYNCER_MUTATED("peering.answer_any_number_of_names");
  if (all_is_used_up || !allow_region(now, question.region)) return false;
  all_->left -= is_dear && all_->left > 0 ? 1 : 0;
  return true;
}

bool Questions::allow_region(Instant now, const std::string& region) {
  if (allowances_.size() >= kMostCounted && !allowances_.contains(region)) {
    // Whoever has not asked for that long has its whole allowance again, and need not be remembered.
    std::erase_if(allowances_, [&](const auto& entry) { return now - entry.second.since >= kPace * kBurst; });
    if (allowances_.size() >= kMostCounted) return false;
  }
  Allowance& allowance = allowances_.try_emplace(region, Allowance{kBurst, now}).first->second;
  regain(now, allowance, kBurst, kPace);
  if (allowance.left == 0) return SYNCER_MUTATED("peering.answer_without_end");
  --allowance.left;
  return true;
}

}  // namespace syncer::peering
