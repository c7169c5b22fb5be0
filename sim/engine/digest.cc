// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/digest.h"

#include <algorithm>

#include "syncer/base/quantity.h"

namespace sim::engine {

void Digest::add(syncer::Instant at, std::uint32_t site, std::uint32_t kind, std::uint64_t payload) {
  hasher_.add(static_cast<std::uint64_t>(syncer::nanos(at)));
  hasher_.add((std::uint64_t{site} << 32U) | kind);
  hasher_.add(payload);
  hasher_.add(draws_);
  if (events_ >= window_.first && events_ < window_.last) captured_.push_back({at, site, kind, payload, draws_});
  draws_ = 0;
  if (++events_ % kInterval == 0) checkpoints_.push_back(hasher_.digest());
}

namespace {

/// Number of checkpoints from the start that are equal.
std::uint64_t common_checkpoints(const Digest& a, const Digest& b) {
  const std::size_t shorter = std::min(a.checkpoints().size(), b.checkpoints().size());
  std::uint64_t common = 0;
  while (common < shorter && a.checkpoints()[common] == b.checkpoints()[common]) ++common;
  return common;
}

std::optional<TraceEntry> entry_at(const Digest& run, std::size_t i) {
  if (i >= run.captured().size()) return std::nullopt;
  return run.captured()[i];
}

Difference first_difference(const Digest& a, const Digest& b, Window window) {
  const std::size_t longer = std::max(a.captured().size(), b.captured().size());
  for (std::size_t i = 0; i < longer; ++i) {
    const std::optional<TraceEntry> left = entry_at(a, i);
    const std::optional<TraceEntry> right = entry_at(b, i);
    if (left != right) return {window.first + i, true, left, right};
  }
  return {window.first, false, {}, {}};
}

std::string to_string(const std::optional<TraceEntry>& entry) {
  if (!entry) return "end of the run";
  return syncer::to_string(entry->at.time_since_epoch()) + " site " + std::to_string(entry->site) + " kind " +
         std::to_string(entry->kind) + " payload " + std::to_string(entry->payload) + " draws " +
         std::to_string(entry->draws);
}

}  // namespace

std::optional<Difference> compare_runs(const Run& first, const Run& second) {
  const Digest a = first({});
  const Digest b = second({});
  if (a.events() == b.events() && a.value() == b.value()) return std::nullopt;
  const std::uint64_t start = common_checkpoints(a, b) * Digest::kInterval;
  const Window window{start, start + Digest::kInterval};
  return first_difference(first(window), second(window), window);
}

std::string to_string(const Difference& difference) {
  const std::string place = "event " + std::to_string(difference.event);
  if (!difference.exact) return "runs differ within the 1024 events from " + place + ", but not twice in the same way";
  return "runs differ at " + place + ": " + to_string(difference.first) + " / " + to_string(difference.second);
}

}  // namespace sim::engine
