// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/flows.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/node/accounts.h"

namespace syncer::node {
namespace {

/// A node that finds the name of its region taken this soon after its start ends; later the other one has to.
constexpr Duration kNameCheckPeriod = NameMemory::kProbation;

/// Members whose RPC address is not theirs that are remembered, so that each is reported once.
constexpr std::size_t kMostDisowned = 256;

bool same_guard(const replication::GuardMark& a, const replication::GuardMark& b) {
  return a.side == b.side && a.region == b.region;
}

}  // namespace

void Flows::start(Instant now) {
  started_ = now;
  set_policy(now, std::make_shared<const policy::Policy>(parts_.config.policy));
  if (!parts_.cluster) claim_epoch(now, std::nullopt);
}

void Flows::run(Instant now) {
  carry_keys(now);
  bool moved = true;
  while (moved && fatal_.empty()) {
    moved = carry_members(now);
    moved = carry_writer(now) || moved;
    moved = carry_epoch(now) || moved;
    moved = carry_imports(now) || moved;
    moved = carry_exports(now) || moved;
  }
  carry_region_states(now);
  note_written(now);
  forget_regions(now);
  answer_questions(now);
  if (!parts_.gossip.conflict().empty()) fail(now, parts_.gossip.conflict());
}

/// The keys of the pool are gossip's, whoever changed them.
void Flows::carry_keys(Instant now) {
  const crypto::Keyring& keys = parts_.gossip.keys();
  if (keys.keys() == parts_.peering.keys().keys()) return;
  parts_.peering.set_keys(keys);
  parts_.mark_keys.set(keys);
  parts_.catalog.marks_changed(now);
}

// gossip -> peering, cluster: who is there.

void Flows::reconfigured(Instant now) {
  give_members(now);
  if (!importing_) return;
  carry_imports(now);
  give_imports(now);
}

bool Flows::carry_members(Instant now) {
  for (const auto& [member, address] : parts_.gossip.take_answered()) parts_.members.answered(now, member, address);
  if (!parts_.gossip.take_changed()) return false;
  parts_.members.members_changed(now);
  give_members(now);
  return true;
}

/// gossip -> memory -> gossip: members that are not where they were when they answered.
void Flows::recall_members(Instant now) {
  const membership::Swim& swim = parts_.gossip.swim();
  const auto where = [&](std::string_view name) -> std::optional<MemberMemory::Held> {
    const membership::Member* member = swim.members().find(name);
    if (member == nullptr) return std::nullopt;
    return MemberMemory::Held{member->address, membership::is_gone(member->state)};
  };
  for (const Endpoint& address : parts_.members.take_due(now, !swim.has_peer(), where)) {
    parts_.gossip.recall(now, address);
  }
  parts_.members.advance(now);
}

void Flows::give_members(Instant now) {
  const std::vector<gossip::MemberInfo> members = parts_.gossip.members();
  std::vector<peering::RemoteRegion> regions;
  std::vector<cluster::Cluster::Member> cluster_members;
  std::map<std::string, Endpoint> region_syncers;
  for (const gossip::MemberInfo& member : members) {
    for (peering::RemoteRegion& region : remote_regions(parts_.config, member)) regions.push_back(std::move(region));
    report_disowned(now, member);
    if (auto other = cluster_member(parts_.config, member)) cluster_members.push_back(std::move(*other));
    const auto rpc = parse_endpoint(tag(member, "rpc"));
    if (rpc && tag(member, "region") == parts_.config.region) region_syncers[member.name] = *rpc;
  }
  note_region_syncers(std::move(region_syncers));
  parts_.peering.set_regions(now, std::move(regions));
  if (parts_.cluster) parts_.cluster->set_members(now, std::move(cluster_members), cluster_claims());
  check_region_name(now, members);
}

/// The leader is one of them though gossip may have forgotten it meanwhile.
void Flows::note_region_syncers(std::map<std::string, Endpoint> syncers) {
  const std::string leader = parts_.cluster ? parts_.cluster->leader() : std::string();
  const auto former = region_syncers_.find(leader);
  if (former != region_syncers_.end()) syncers.insert(*former);
  region_syncers_ = std::move(syncers);
}

/// Once for each member and address.
void Flows::report_disowned(Instant now, const gossip::MemberInfo& member) {
  if (!disowned_rpc(parts_.config, member)) return;
  const std::string rpc = tag(member, "rpc");
  if (disowned_.size() >= kMostDisowned || !disowned_.emplace(member.name, rpc).second) return;
  observe(parts_.ports.observer, now, EventKind::PeerRefused, Severity::Warning,
          {{"region", tag(member, "region")},
           {"node", member.name},
           {"address", rpc},
           {"reason", "a member is dialled at its own host only, and that is " + member.address.host()}});
}

/// Where else the name of a syncer of our region is claimed.
std::vector<cluster::Cluster::Member> Flows::cluster_claims() const {
  std::vector<cluster::Cluster::Member> claims;
  for (const gossip::MemberInfo& claim : parts_.gossip.claims()) {
    if (auto other = cluster_member(parts_.config, claim)) claims.push_back(std::move(*other));
  }
  return claims;
}

void Flows::check_region_name(Instant now, const std::vector<gossip::MemberInfo>& members) {
  const NodeConfig& config = parts_.config;
  if (config.mode != Mode::Single || now - started_ > kNameCheckPeriod || parts_.names.held_before()) return;
  for (const gossip::MemberInfo& member : members) {
    if (member.name == config.node || member.state != membership::State::Alive) continue;
    if (tag(member, "region") != config.region) continue;
    // Who says so later may be anybody: the handshake with that one tells both, and neither ends.
    const bool elder = parts_.gossip.elders().count(member.name) == 1 || SYNCER_MUTATED("node.give_way_to_anybody");
    if (!elder) continue;
    SYNCER_SOMETIMES(true, "node.region_name_is_used_twice");
    fail(now, "region name \"" + config.region + "\" is already used by syncer \"" + member.name + "\" at " +
                  to_string(member.address) + "; give each region its own --cluster-name");
  }
}

// cluster -> catalog, peering: whether this node is the region's writer, and in which epoch.

bool Flows::carry_writer(Instant now) {
  if (!parts_.cluster) return false;
  cluster::Cluster& cluster = *parts_.cluster;
  if (!cluster.fatal().empty()) fail(now, cluster.fatal());
  if (const auto known = parts_.peering.reopen_wanted()) cluster.outbid(now, *known);
  carry_leader();
  if (cluster.keys().keys() != parts_.gossip.keys().keys()) {
    SYNCER_ASSERT(parts_.gossip.set_keys(cluster.keys()).has_value());
  }
  parts_.catalog.resume_writes(now);
  for (const std::string& region : cluster.take_releases()) parts_.catalog.release_guard(now, region);
  for (const std::string& region : cluster.take_forgotten()) parts_.peering.absent().want_forgotten(region);
  const std::optional<Epoch> epoch = cluster.writer_epoch();
  if (epoch == epoch_ || (!epoch && SYNCER_MUTATED("node.write_after_losing_the_lead"))) return false;
  SYNCER_SOMETIMES(epoch_.has_value() && !epoch, "node.loses_the_right_to_write");
  SYNCER_SOMETIMES(epoch_.has_value() && epoch.has_value(), "node.goes_on_in_another_epoch");
  change_writer(now, epoch);
  return true;
}

void Flows::follow_writer(Instant now) {
  if (parts_.cluster->writer_epoch() != epoch_) carry_writer(now);
}

/// A new epoch of the same term goes on with what the node knows; losing the lead forgets it at once.
void Flows::change_writer(Instant now, std::optional<Epoch> epoch) {
  const bool ends = epoch_ && (!epoch || epoch->term != epoch_->term);
  const bool begins = epoch && (!epoch_ || ends);
  if (ends) {
    parts_.catalog.set_writer(now, std::nullopt);
    parts_.peering.close_epoch(now);
    carry_imports(now);
    importing_ = false;
    exports_paused_ = exports_paused_ && SYNCER_MUTATED("node.pause_beyond_the_lead");
  }
  epoch_ = epoch;
  if (epoch_) parts_.catalog.set_writer(now, epoch_);
  if (begins) {
    parts_.catalog.take_over_guards(now, parts_.cluster->guards());
    noted_guards_ = parts_.catalog.guards();
  }
  if (epoch_ && parts_.peering.publishing()) open_epoch(now);
}

void Flows::carry_leader() {
  const cluster::Cluster& cluster = *parts_.cluster;
  const auto leader = region_syncers_.find(cluster.leader());
  const bool other = leader != region_syncers_.end() && leader->first != parts_.config.node;
  parts_.peering.set_leader(cluster.writer_epoch().has_value(), other ? std::optional(leader->second) : std::nullopt);
}

void Flows::note_guards(Instant now) {
  if (!parts_.cluster || !epoch_) return;
  std::vector<replication::GuardMark> guards = parts_.catalog.guards();
  if (guards == noted_guards_) return;
  bool noted = true;
  for (replication::GuardMark& former : noted_guards_) {
    const auto same = [&](const replication::GuardMark& guard) { return same_guard(guard, former); };
    if (std::any_of(guards.begin(), guards.end(), same)) continue;
    former.holding = false;
    noted = parts_.cluster->note_guard(now, former).has_value() && noted;
  }
  for (const replication::GuardMark& guard : guards) {
    const bool known = std::find(noted_guards_.begin(), noted_guards_.end(), guard) != noted_guards_.end();
    noted = (known || parts_.cluster->note_guard(now, guard)) && noted;
  }
  if (noted) noted_guards_ = std::move(guards);
}

// The same in single mode: an epoch counts once it is on disk.

void Flows::on_stored(Instant now, CallId call, const Result<void>& outcome) {
  for (const auto& kept : {parts_.names.on_stored(call, outcome), parts_.members.on_stored(now, call, outcome)}) {
    if (!kept) return report_unstored(now, to_string(kept.error()));
    if (*kept) return;
  }
  if (parts_.cluster) return parts_.cluster->on_stored(now, call, outcome);
  const auto claimed = parts_.epochs.on_stored(call, outcome);
  if (!claimed) {
    const std::string reason = to_string(claimed.error());
    report_unstored(now, reason);
    return fail(now, "the epoch cannot be stored: " + reason);
  }
  if (!*claimed || stopped_) return;
  epoch_ = **claimed;
  parts_.catalog.set_writer(now, epoch_);
  if (parts_.peering.publishing()) open_epoch(now);
}

void Flows::report_unstored(Instant now, const std::string& reason) {
  observe(parts_.ports.observer, now, EventKind::StorageFailed, Severity::Error, {{"reason", reason}});
}

// catalog -> peering: the records of this region.

bool Flows::carry_epoch(Instant now) {
  if (!epoch_ || stopped_) return false;
  if (!parts_.peering.publishing()) {
    if (!parts_.catalog.view_complete()) return false;
    open_epoch(now);
    return true;
  }
  const auto newer = parts_.peering.reopen_wanted();
  if (newer && !parts_.cluster && !parts_.epochs.claiming()) claim_epoch(now, newer);
  return false;
}

void Flows::claim_epoch(Instant now, std::optional<Epoch> floor) {
  if (const auto claimed = parts_.epochs.claim(floor); !claimed) fail(now, to_string(claimed.error()));
}

void Flows::open_epoch(Instant now) {
  const bool frozen = exports_paused_ && parts_.peering.publishing();
  std::vector<std::pair<Bytes, Bytes>> records;
  if (frozen) {
    for (const auto& told : parts_.peering.core().log().snapshot()) records.emplace_back(told->key, told->payload);
  } else {
    parts_.catalog.take_exports();  // the full set that follows contains them
    for (auto& [key, payload] : parts_.catalog.exported()) records.emplace_back(key, payload);
  }
  parts_.peering.open_epoch(now, *epoch_, std::move(records));
  if (ready_) return;
  ready_ = true;
  observe(parts_.ports.observer, now, EventKind::NodeReady, Severity::Info,
          {{"region", parts_.config.region}, {"epoch_generation", epoch_->generation}, {"epoch_term", epoch_->term}});
}

bool Flows::carry_exports(Instant now) {
  const bool paused = exports_paused_ && !SYNCER_MUTATED("node.export_while_paused");
  if (!parts_.peering.publishing() || paused) return false;
  const auto changes = parts_.catalog.take_exports();
  for (const catalog::ExportChange& change : changes) {
    if (change.payload)
      parts_.peering.put(now, change.key, *change.payload);
    else
      parts_.peering.erase(now, change.key);
  }
  return !changes.empty();
}

Result<void> Flows::pause_exports(const std::string& region) {
  peering::Peering& peering = parts_.peering;
  const bool paused = region.empty() ? exports_paused_ : peering.link(region).paused.has_value();
  if (paused) return failure(ErrorCode::Refused, "", "its export is paused already");
  // What a region is told first is the whole set: there is nothing yet that could stay as it is.
  if (!peering.publishing() && !SYNCER_MUTATED("node.pause_before_anything_was_told"))
    return failure(ErrorCode::Refused, "", "other regions were told nothing yet; pause it when the syncer is ready");
  if (region.empty()) {
    exports_paused_ = true;
    return {};
  }
  for (const std::string& reader : peering.regions()) {
    const std::string via = peering.link(reader).read_via;
    if (via.empty() || (reader != region && via != region)) continue;
    return failure(ErrorCode::Refused, "",
                   "region " + reader + " reads this one by way of " + via +
                       ", which passes on all that it is told; pause the import there");
  }
  peering.pause(region);
  return {};
}

Result<void> Flows::resume_exports(Instant now, const std::string& region) {
  bool resumed = region.empty() && std::exchange(exports_paused_, false);
  for (const std::string& reader : parts_.peering.regions()) {
    if (!region.empty() && reader != region) continue;
    if (!parts_.peering.link(reader).paused) continue;
    parts_.peering.resume(now, reader);
    resumed = true;
  }
  if (resumed) return {};
  return failure(ErrorCode::Refused, "", "its export is not paused by itself");
}

// peering -> catalog: the records of other regions, and how each region stands.

/// Records of other regions count only once the own registry was read: its marks show which of their epochs are over.
bool Flows::carry_imports(Instant now) {
  if (!importing_) return begin_imports(now);
  const auto changes = parts_.peering.take_changes();
  for (const peering::RemoteChange& change : changes) {
    const replication::Replica* replica = parts_.peering.replica(change.region);
    const Bytes* payload = replica != nullptr ? replica->find(change.key) : nullptr;
    if (payload != nullptr)
      gate_.put(now, change.region, change.key, *payload, replica->epoch(),
                change.repaired ? catalog::Occasion::Known : catalog::Occasion::News);
    else
      gate_.erase(now, change.region, change.key, change.judged);
  }
  return !changes.empty();
}

bool Flows::begin_imports(Instant now) {
  if (parts_.catalog.knows_registry()) {
    for (const auto& [region, marked] : parts_.catalog.marked_epochs()) {
      if (!SYNCER_MUTATED("node.ignore_marked_epochs")) parts_.peering.raise_floor(now, region, marked);
    }
    importing_ = true;
  }
  parts_.peering.take_changes();  // all that is known follows, once
  gate_.restart();
  if (importing_) give_imports(now);
  return importing_;
}

/// Everything that is known of other regions, whether it was given before or not.
void Flows::give_imports(Instant now) {
  for (const std::string& region : parts_.peering.regions()) {
    const replication::Replica* replica = parts_.peering.replica(region);
    if (replica == nullptr) continue;
    for (const auto& [key, record] : replica->records()) gate_.put(now, region, key, record.payload, replica->epoch());
  }
}

void Flows::carry_region_states(Instant now) {
  parts_.peering.set_healthy(parts_.catalog.healthy());
  for (const auto& [region, state] : parts_.peering.take_region_changes(now)) {
    parts_.catalog.region_state(now, region, state.connected, state.complete, state.healthy);
  }
}

/// A region that is away is forgotten when none of its copies is left here. Who does not write has none; who writes
/// knows once it has read the registry.
void Flows::forget_regions(Instant now) {
  const bool follows = parts_.cluster && !epoch_;
  if (!follows && !parts_.catalog.knows_registry()) return;
  for (const std::string& region : parts_.peering.absent().forgettable(now)) {
    const bool unwanted = parts_.peering.absent().is_unwanted(region);
    if (unwanted) parts_.catalog.end_hold(now, region);
    if (!parts_.catalog.is_empty_of(region) || SYNCER_MUTATED("node.remember_regions_for_ever")) continue;
    // A pause lasts until an operator ends it. Only regions that were there are paused, one by one: that bounds them.
    const bool is_paused = parts_.peering.link(region).paused && !SYNCER_MUTATED("node.forget_what_is_paused");
    if (is_paused && !unwanted) continue;
    SYNCER_SOMETIMES(true, "node.forgets_a_region");
    parts_.catalog.forget_region(region);
    gate_.forget_region(region);
    convergence_.forget(region);
    parts_.peering.erase_region(now, region);
  }
}

/// catalog -> convergence: what was written as it happened.
void Flows::note_written(Instant now) {
  for (const catalog::CopyName& name : parts_.catalog.take_written()) {
    const replication::Replica* replica = parts_.peering.replica(name.region);
    const auto version = replica == nullptr ? std::nullopt : replica->version_of(name.key);
    if (version) convergence_.written(now, name.region, *version);
  }
}

/// peering -> all parts -> peering: what other regions ask.
void Flows::answer_questions(Instant now) {
  for (const peering::ReceivedQuestion& received : parts_.peering.take_questions()) {
    const wire::Question& question = received.question;
    if (question.kind == wire::Question::Kind::Ages) {
      const auto ages = answer_ages(question.text, [&](Version at) { return parts_.peering.age_of(now, at); });
      parts_.peering.answer(now, received, ages.value_or(""));
    } else {
      parts_.peering.answer(
          now, received,
          encode_account(account_of({parts_, policy_, gate_, received.region}, now, question.kind, question.text)));
    }
  }
}

// The policy.

void Flows::set_policy(Instant now, SharedPolicy policy) {
  policy_ = std::move(policy);
  peering::Peering::ViewOf view;
  const bool limits = !policy_->exports.empty() || !policy_->rewrites.empty();
  if (limits && !SYNCER_MUTATED("node.export_whatever_there_is")) {
    view = [policy = policy_, &kinds = parts_.config.kinds](const std::string& region) {
      return view_of(policy, kinds, policy::Direction::Export, region);
    };
  }
  parts_.peering.set_views(now, std::move(view), pace_of(*policy_));
  gate_.set_policy(now, policy_, importing_);
}

void Flows::fail(Instant now, std::string reason) {
  if (!fatal_.empty()) return;
  fatal_ = std::move(reason);
  observe(parts_.ports.observer, now, EventKind::NodeFailed, Severity::Error, {{"reason", fatal_}});
}

}  // namespace syncer::node
