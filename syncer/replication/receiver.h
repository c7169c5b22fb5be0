// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/replication/outputs.h"
#include "syncer/replication/repair.h"
#include "syncer/replication/replica.h"

namespace syncer::replication {

/// What a message of a writer was worth.
enum class Heard : std::uint8_t {
  Word,      ///< it only says something, which may be true or not
  Progress,  ///< a part of a transfer that was asked for
  Proof,     ///< the replica is what the message says: the writer has the set whose version it names
  Forged,    ///< it is not what the writer vouches for
};

/// The reading side of one remote region: keeps its Replica at the writer's log and asks for what is missing. Has no
/// timer of its own: the writer's heartbeat is the occasion to ask again.
class Receiver {
 public:
  Receiver(RegionId region, const Options& options)
      : region_(region), options_(options), rate_(options.quota.changes_per_second) {}

  /// Other options from now on.
  void set_options(const Options& options) {
    options_ = options;
    rate_.set_rate(options.quota.changes_per_second);
  }
  /// There is a new link from the writer; questions asked on an earlier one will not be answered.
  void restart();
  Heard receive(Instant now, const WriterMessage& message, Outputs& out);
  /// Whatever epoch was known of the region is doubted: the next one counts, lower or not. The records stay until they
  /// are compared with the writer's.
  void forget_epoch();
  /// From now on the replica has a SetDigest.
  void keep_digest(const Expand& expand) {
    expand_ = expand;
    replica_.keep_digest(expand);
  }
  /// A transfer counts only if its result has the digest that vouch() told before it began.
  void demand_vouching(bool demanded) {
    demanding_ = demanded;
    vouched_.reset();
  }
  void vouch(Version at, Bytes digest) { vouched_.emplace(at, std::move(digest)); }
  /// Looks for what differs from the writer's set, unless it does so already.
  void repair(Instant now, Outputs& out) {
    if (!repair_) start_repair(now, replica_.epoch(), out);
  }
  /// Epochs below are refused even though nothing of the region is known (yet).
  void raise_floor(Epoch floor) { floor_ = std::max(floor_, floor); }

  const Replica& replica() const { return replica_; }
  /// As in the last heartbeat of the writer.
  bool origin_healthy() const { return origin_healthy_; }
  /// The quota that the region has reached; nothing while it is within all of them.
  std::optional<QuotaKind> over_quota() const { return over_quota_; }
  bool repairing() const { return repair_.has_value(); }
  void hash(StateHasher& hasher) const;

 private:
  Heard on(Instant now, const Heartbeat& heartbeat, Outputs& out);
  Heard on(Instant now, const Push& push, Outputs& out);
  Heard on(Instant now, const Reset& reset, Outputs& out);
  Heard on(Instant now, const Buckets& buckets, Outputs& out);
  Heard on(Instant now, const Chunk& chunk, Outputs& out);
  /// What is vouched for is the matter of Vouched.
  static Heard on(Instant, const Attestation&, Outputs&) { return Heard::Word; }

  bool is_stale(Epoch epoch, Outputs& out);
  bool holds_set_of(const Hash128& set_hash, std::uint64_t live) const;
  Heard compare(Instant now, const Heartbeat& heartbeat, Outputs& out);
  Heard follow(Instant now, const Heartbeat& heartbeat, Outputs& out);
  Heard rebind(Version at, Outputs& out);
  void pull(Instant now, Outputs& out);
  std::string_view objection(const Push& push) const;
  std::optional<QuotaKind> exceeded_by(Instant now, const Push& push) const;
  Limits repair_limits() const;
  void set_over_quota(std::optional<QuotaKind> quota, Outputs& out);
  void apply(const Push& push, Outputs& out);
  void mismatch(Instant now, Outputs& out);
  void start_repair(Instant now, Epoch epoch, Outputs& out);
  void start_reload(Instant now, Epoch epoch, Outputs& out);
  void continue_repair(Instant now, Epoch epoch, Outputs& out);
  Heard finish_repair(Instant now, Outputs& out);
  bool repair_outgrows_its_quota();
  Heard refuse_repair(Instant now, QuotaKind exceeded, Outputs& out);
  enum class Vouching : std::uint8_t { Holds, Missing, Broken };
  Vouching vouching();
  void acknowledge(Outputs& out);
  void acknowledge_again(Outputs& out);
  template <class Question>
  void ask(Question question, Outputs& out) {
    out.push_back(Ask{region_, std::move(question)});
  }

  RegionId region_;
  Options options_;
  Replica replica_;
  Epoch floor_;
  bool origin_healthy_ = false;
  std::optional<Repair> repair_;
  std::optional<std::uint64_t> stalled_at_;  // seq at the last heartbeat that was ahead
  std::optional<std::uint64_t> pulled_from_;
  Instant pulled_at_{};
  ChangeRate rate_;
  std::optional<QuotaKind> over_quota_;
  std::optional<Ack> said_;  // on this link, last
  bool moved_on_ = false;    // records came since the last heartbeat
  bool spared_ = false;      // the last acknowledgement would have said the same
  Expand expand_;
  bool demanding_ = false;
  std::optional<std::pair<Version, Bytes>> vouched_;
};

}  // namespace syncer::replication
