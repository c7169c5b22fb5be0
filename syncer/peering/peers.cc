// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/peers.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"

namespace syncer::peering {
namespace {

using replication::Bound;

EventKind kind_of(Bound::How how) {
  switch (how) {
    case Bound::How::Rebound:
      return EventKind::ReplicaRebound;
    case Bound::How::Repaired:
      return EventKind::ReplicaRepaired;
    case Bound::How::Reloaded:
      break;
  }
  return EventKind::ReplicaReloaded;
}

}  // namespace

void Dialer::set_alternatives(Instant now, std::vector<RemoteRegion> alternatives) {
  if (alternatives == alternatives_) return;
  const bool was_wanted = wanted();
  alternatives_ = std::move(alternatives);
  current_ = 0;
  tried_ = 0;
  // A new address may work where the old ones did not.
  if (!was_wanted || next_attempt_ > now) next_attempt_ = now;
}

Endpoint Dialer::address() const {
  SYNCER_ASSERT(wanted());
  return redirect_.value_or(alternatives_[current_ % alternatives_.size()].rpc);
}

void Dialer::on_failure(Instant now) {
  redirect_.reset();
  // Where one was sent and nobody answered, no chain of redirects goes on: the next one may know better.
  if (!SYNCER_MUTATED("peering.follow_one_redirect_of_two")) was_redirected_ = false;
  ++current_;
  ++tried_;
  if (tried_ < alternatives_.size()) {
    next_attempt_ = now;
    return;
  }
  tried_ = 0;
  pause(now, delay_);
  delay_ = std::min(delay_ * 2, std::max(kMaxPause, retry_));
}

void Dialer::on_end(Instant now, DialEnd end) {
  if (end == DialEnd::Failure || SYNCER_MUTATED("peering.count_a_refusal_twice")) on_failure(now);
  if (end == DialEnd::Refusal) on_refusal(now);
}

void Dialer::on_refusal(Instant now) {
  redirect_.reset();
  ++current_;
  pause(now, std::max(kRefusedPause, retry_));
}

bool Dialer::on_redirect(Instant now, const Endpoint& to) {
  const auto is_there = [&](const RemoteRegion& member) { return member.rpc == to; };
  const bool known = std::any_of(alternatives_.begin(), alternatives_.end(), is_there);
  const bool trusted = known || SYNCER_MUTATED("peering.follow_any_redirect");
  if (std::exchange(was_redirected_, !was_redirected_) || !trusted) {
    on_failure(now);
    return trusted;
  }
  redirect_ = to;
  next_attempt_ = now;
  return true;
}

bool Dialer::has_host(const Endpoint& address) const {
  return std::any_of(alternatives_.begin(), alternatives_.end(),
                     [&](const RemoteRegion& member) { return member.rpc.address == address.address; });
}

void Dialer::on_success() {
  delay_ = retry_;
  tried_ = 0;
  was_redirected_ = false;
}

void Dialer::pause(Instant now, Duration most) { next_attempt_ = saturating_add(now, random_.between(most / 2, most)); }

/// Whoever of them leads next has to understand what is sent.
void Peer::note_members(const std::vector<RemoteRegion>& nodes) {
  const auto any = [&](bool RemoteRegion::*says) {
    return std::any_of(nodes.begin(), nodes.end(), [says](const RemoteRegion& node) { return node.*says; });
  };
  const auto all = [&](bool RemoteRegion::*says) {
    return std::all_of(nodes.begin(), nodes.end(), [says](const RemoteRegion& node) { return node.*says; });
  };
  dial_only = any(&RemoteRegion::dial_only);
  alive = any(&RemoteRegion::alive);
  relay = any(&RemoteRegion::relay);
  attests = !nodes.empty() && all(&RemoteRegion::attests);
  packs = !nodes.empty() && all(&RemoteRegion::packs);
}

Peer& Peers::at(std::string_view region) {
  if (Peer* known = map_.find(region)) return *known;
  Peer peer{.name = std::string(region),
            .id = next_id(),
            .dialer = Dialer(retry_, random_.stream(region)),
            .writer = WriterTrust(started_)};
  Peer& added = map_.try_emplace(region, std::move(peer)).first;
  by_id_[added.id.value - 1] = &added;
  return added;
}

void Peers::erase(std::string_view region) {
  const replication::RegionId id = map_.find(region)->id;
  by_id_[id.value - 1] = nullptr;
  if (!SYNCER_MUTATED("peering.use_no_id_again")) free_.push_back(id);
  map_.erase(region);
  next_dial_.reset();
}

replication::RegionId Peers::next_id() {
  if (free_.empty()) {
    by_id_.push_back(nullptr);
    return replication::RegionId{by_id_.size()};
  }
  const replication::RegionId id = free_.back();
  free_.pop_back();
  return id;
}

Instant Peers::next_dial() const {
  if (next_dial_) return *next_dial_;
  Instant next = kNever;
  for (const auto& [name, peer] : map_) {
    if (!peer.out && !peer.dial_only) next = std::min(next, peer.dialer.next_attempt());
  }
  next_dial_ = next;
  return next;
}

const std::string& Peers::name_of(replication::RegionId id) const {
  static const std::string kOwnSide;
  return id.value == 0 ? kOwnSide : by_id_[id.value - 1]->name;
}

void report_entry(Observer& observer, Instant now, EventKind kind, std::string_view region,
                  const replication::Version& version, replication::Op op, std::string_view key) {
  observe(observer, now, kind, Severity::Debug,
          {{"region", region},
           {"epoch_generation", version.epoch.generation},
           {"epoch_term", version.epoch.term},
           {"seq", version.seq},
           {"op", op == replication::Op::Put ? "put" : "del"},
           {"key", key}});
}

void report_bound(Observer& observer, Instant now, std::string_view region, const replication::Bound& bound) {
  const auto& [epoch, seq] = bound.version;
  observe(observer, now, kind_of(bound.how), Severity::Info,
          {{"region", region},
           {"epoch_generation", epoch.generation},
           {"epoch_term", epoch.term},
           {"seq", seq},
           {"count", static_cast<std::uint64_t>(bound.changes)}});
}

void report_mismatch(Observer& observer, Instant now, std::string_view region, const replication::Version& version) {
  const auto& [epoch, seq] = version;
  observe(observer, now, EventKind::HashMismatch, Severity::Error,
          {{"region", region}, {"epoch_generation", epoch.generation}, {"epoch_term", epoch.term}, {"seq", seq}});
}

void report_stale_epoch(Observer& observer, Instant now, std::string_view region, Epoch got, Epoch known) {
  const std::string known_text = to_string(known);
  observe(observer, now, EventKind::StaleEpochRefused, Severity::Warning,
          {{"region", region}, {"epoch_generation", got.generation}, {"epoch_term", got.term}, {"known", known_text}});
}

void report_quota(Observer& observer, Instant now, std::string_view region, const replication::QuotaChanged& changed) {
  const std::string_view quota = replication::name(changed.quota);
  if (!changed.reached) {
    return observe(observer, now, EventKind::QuotaMet, Severity::Info, {{"region", region}, {"quota", quota}});
  }
  const std::string reason = "it offers more than sync.max-" + std::string(quota) + " allows: the rest is refused";
  observe(observer, now, EventKind::QuotaReached, Severity::Warning,
          {{"region", region}, {"quota", quota}, {"reason", reason}});
}

void report_doubt(Observer& observer, Instant now, std::string_view region, Epoch got, Epoch known) {
  const std::string known_text = to_string(known);
  observe(observer, now, EventKind::EpochDoubted, Severity::Warning,
          {{"region", region}, {"epoch_generation", got.generation}, {"epoch_term", got.term}, {"known", known_text}});
}

void report_question(Observer& observer, Instant now, std::string_view region,
                     const replication::ReaderMessage& question) {
  std::string_view what;
  if (std::holds_alternative<replication::Pull>(question)) what = "what follows a gap";
  if (std::holds_alternative<replication::BucketsRequest>(question)) what = "the sums of its buckets";
  if (std::holds_alternative<replication::BucketRequest>(question)) what = "what differs in buckets";
  if (std::holds_alternative<replication::SnapshotRequest>(question)) what = "all of it";
  if (what.empty()) return;
  observe(observer, now, EventKind::ReplicaAsked, Severity::Debug, {{"region", region}, {"reason", what}});
}

}  // namespace syncer::peering
