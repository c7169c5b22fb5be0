// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/tracker.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::raft {

Majority::Majority(std::vector<VoterId> voters) : voters_(std::move(voters)) {
  std::sort(voters_.begin(), voters_.end());
  voters_.erase(std::unique(voters_.begin(), voters_.end()), voters_.end());
}

std::size_t Majority::size() const {
  if (SYNCER_MUTATED("raft.majority_off_by_one")) return std::max<std::size_t>(voters_.size() / 2, 1);
  return voters_.size() / 2 + 1;
}

VoteResult Majority::count(const std::map<VoterId, bool>& votes) const {
  std::size_t yes = 0;
  std::size_t unknown = 0;
  for (const VoterId voter : voters_) {
    const auto vote = votes.find(voter);
    if (vote == votes.end()) {
      ++unknown;
    } else if (vote->second) {
      ++yes;
    }
  }
  if (voters_.empty() || yes >= size()) return VoteResult::Won;
  return yes + unknown >= size() ? VoteResult::Pending : VoteResult::Lost;
}

template <class T>
T Majority::reached(const std::map<VoterId, T>& values, T none, T all) const {
  if (voters_.empty()) return all;
  std::vector<T> sorted;
  for (const VoterId voter : voters_) {
    const auto value = values.find(voter);
    sorted.push_back(value == values.end() ? none : value->second);
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() - size()];
}

template Index Majority::reached(const std::map<VoterId, Index>&, Index, Index) const;
template Instant Majority::reached(const std::map<VoterId, Instant>&, Instant, Instant) const;

void Progress::on_sent(std::size_t count, Index commit, std::size_t max_inflight) {
  if (state == ProgressState::Replicate) {
    if (count > 0) {
      next += count;
      window.push_back(next - 1);
    }
    throttled = window.size() >= max_inflight;
  } else if (count > 0) {
    // An empty probe does not pause: it is what a heartbeat's answer triggers, and it must be free to repeat.
    throttled = true;
  }
  sent_commit = commit;
}

void Progress::on_snapshot_sent(Index index, Instant now) {
  state = ProgressState::Snapshot;
  pending_snapshot = index;
  next = index + 1;
  sent_commit = index;
  throttled = false;
  window.clear();
  snapshot_sent = now;
}

bool Progress::acknowledge(Index index) {
  if (index <= match) return false;
  match = index;
  next = std::max(next, index + 1);
  throttled = false;
  return true;
}

void Progress::release(Index index) {
  while (!window.empty() && window.front() <= index) window.pop_front();
}

bool Progress::refuse(Index refused, Index agreement) {
  if (state == ProgressState::Replicate) {
    if (refused <= match) return false;
    become_probe();
    return true;
  }
  if (next - 1 != refused) return false;
  next = std::max(std::min(refused, agreement + 1), match + 1);
  throttled = false;
  sent_commit = std::min(sent_commit, next - 1);
  return true;
}

void Progress::become_probe() {
  next = (state == ProgressState::Snapshot ? std::max(match, pending_snapshot) : match) + 1;
  state = ProgressState::Probe;
  throttled = false;
  window.clear();
  pending_snapshot = 0;
  sent_commit = std::min(sent_commit, next - 1);
}

void Progress::become_replicate() {
  state = ProgressState::Replicate;
  next = match + 1;
  throttled = false;
  window.clear();
  pending_snapshot = 0;
}

void Progress::hash(StateHasher& hasher) const {
  hasher.add(match);
  hasher.add(next);
  hasher.add(static_cast<std::uint64_t>(state));
  hasher.add(pending_snapshot);
  hasher.add((active ? 1U : 0U) | (throttled ? 2U : 0U));
  hasher.add(sent_commit);
  for (const Index index : window) hasher.add(index);
  hasher.add(static_cast<std::uint64_t>(nanos(echoed)));
  hasher.add(static_cast<std::uint64_t>(nanos(snapshot_sent)));
}

}  // namespace syncer::raft
