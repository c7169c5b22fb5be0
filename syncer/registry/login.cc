// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/login.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/registry/settings.h"

namespace syncer::registry {
namespace {

constexpr Backoff kPassing = {std::chrono::seconds(1), std::chrono::seconds(10)};
/// A service center tolerates two refused logins and bans the third one's sender for 15 minutes.
constexpr Duration kAfterRefusal = std::chrono::minutes(1);
constexpr Duration kAfterRefusals = std::chrono::minutes(16);
constexpr Duration kLongestDistance = std::chrono::minutes(10);

}  // namespace

void Login::answered(Instant now, const Result<HttpResponse>& raw) {
  is_asking_ = false;
  auto token = scheme_.read(raw);
  if (!token) return failed(now, std::move(token.error()));
  token_ = std::move(token->text);
  ++generation_;
  since_ = now;
  failures_ = refusals_ = 0;
  problem_.reset();
  due_ = SYNCER_MUTATED("registry.never_renew_tokens") ? kNever : saturating_add(now, token->lifetime / 4 * 3);
}

/// A token that is there goes on until it is rejected.
void Login::failed(Instant now, Error error) {
  if (error.code == ErrorCode::Refused) {
    due_ = now + (refusals_ == 0 ? kAfterRefusal : kAfterRefusals);
    ++refusals_;
  } else {
    due_ = now + kPassing.wait(failures_);
    ++failures_;
  }
  problem_ = std::move(error);
}

bool Login::rejects(Instant now, std::uint64_t generation, const HttpResponse& answer) {
  if (SYNCER_MUTATED("registry.keep_rejected_tokens") || !scheme_.is_rejected(answer)) return false;
  if (generation != generation_ || !token_) return true;  // there is another one by now, or will be
  if (now < saturating_add(since_, distance_)) return false;
  SYNCER_SOMETIMES(true, "registry.token_is_rejected");
  token_.reset();
  due_ = now;
  return true;
}

void Login::tried_again(const Result<HttpResponse>& raw) {
  if (!raw) return;
  distance_ = scheme_.is_rejected(*raw) ? std::min(distance_ * 2, kLongestDistance) : kShortestDistance;
}

}  // namespace syncer::registry
