// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/cluster.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::cluster {

Cluster::Cluster(ClusterConfig config, Streams& streams, Storage& storage, Observer& observer, Random random,
                 std::function<LinkId()> next_link, std::function<CallId()> next_call)
    : config_(std::move(config)),
      storage_(storage),
      observer_(observer),
      random_(random),
      links_(streams, random.stream("links"), std::move(next_link), {config_.region, config_.keys, config_.nonce}),
      store_(storage, std::move(next_call)) {}

Result<void> Cluster::load() {
  for (const std::string_view key : raft::keys::kAll) {
    auto value = storage_.read(key);
    if (!value) return tl::unexpected(value.error());
    if (*value) image_.emplace(key, std::move(**value));
  }
  const auto stored = storage_.read(kCharterKey);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return {};
  auto charter = decode_charter(**stored);
  if (!charter) return tl::unexpected(charter.error());
  charter_ = std::move(*charter);
  if (charter_.stage != wire::SeatStage::Seated) return {};
  const auto recovery = raft::recover(image_, identity());
  if (!recovery) return tl::unexpected(recovery.error());
  if (!recovery->fresh) return {};
  return failure(ErrorCode::Corrupt, "raft store",
                 "this syncer is a voter of its region, but what it promised is gone; it must not vote again: give it "
                 "a new, empty data folder");
}

void Cluster::start(Instant now) {
  if (charter_.disk == 0) return found(now);
  advertise(now);
  redial(now);
  if (charter_.stage == wire::SeatStage::Seated) enter(now, *raft::recover(image_, identity()));
}

void Cluster::set_members(Instant now, std::vector<Member> members) {
  if (members == members_) return;
  members_ = std::move(members);
  redial(now);
  consider(now);
}

void Cluster::resign(Instant now) {
  if (resigning_) return;
  resigning_ = true;
  resign_until_ = now + config_.cluster.election_timeout;
  if (!is_leader()) return;
  std::vector<raft::Output> outputs;
  raft_->resign(now, outputs);
  carry_out(now, std::move(outputs));
}

void Cluster::on_stream_accepted(Instant now, LinkId link) {
  links_.accept(now, link);
  take_news(now);
}

void Cluster::on_stream_connected(Instant now, LinkId link) {
  links_.on_stream_connected(now, link);
  take_news(now);
}

void Cluster::on_stream_data(Instant now, LinkId link, ByteView octets) {
  links_.on_stream_data(now, link, octets);
  take_news(now);
}

void Cluster::on_stream_closed(Instant now, LinkId link) {
  links_.on_stream_closed(now, link);
  take_news(now);
}

void Cluster::on_stored(Instant now, CallId call, const Result<void>& outcome) {
  const auto ours = store_.on_stored(now, call, outcome);
  if (!ours) fail("the voter's state cannot be stored: " + to_string(ours.error()));
}

void Cluster::advance(Instant now) {
  resign_timed_out_ = resigning_ && now >= resign_until_;
  if (now >= links_.next_deadline()) links_.advance(now);
  take_news(now);
  if (now >= keep_again_at_) keep_again(now);
  if (!raft_ || now < raft_->next_deadline()) return;
  std::vector<raft::Output> outputs;
  raft_->advance(now, outputs);
  carry_out(now, std::move(outputs));
}

Instant Cluster::next_deadline() const {
  Instant next = std::min(links_.next_deadline(), keep_again_at_);
  if (raft_) next = std::min(next, raft_->next_deadline());
  const bool handing_over = resigning_ && is_leader() && !resign_timed_out_;
  return handing_over ? std::min(next, resign_until_) : next;
}

std::optional<Epoch> Cluster::reign() const {
  if (!is_leader() || opened_ != raft_->term()) return std::nullopt;
  return Epoch{state_.generation, raft_->term()};
}

bool Cluster::may_write(Instant now) const {
  if (SYNCER_MUTATED("cluster.write_without_lease")) return reign().has_value();
  return reign() && raft_->may_write(now);
}

std::string Cluster::leader() const {
  const wire::Seat* seat = raft_ ? seat_of(raft_->leader()) : nullptr;
  return seat == nullptr ? std::string() : seat->node;
}

void Cluster::fail(std::string reason) {
  if (fatal_.empty()) fatal_ = std::move(reason);
}

}  // namespace syncer::cluster
