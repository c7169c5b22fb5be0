// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/cluster.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::cluster {
namespace {

using wire::VoterSlot;
using wire::VoterStage;

tl::unexpected<Error> refused(std::string why) { return failure(ErrorCode::Refused, "", std::move(why)); }

}  // namespace

Cluster::Cluster(ClusterConfig config, Streams& streams, Storage& storage, Observer& observer, Random random,
                 std::function<LinkId()> next_link, std::function<CallId()> next_call)
    : config_(std::move(config)),
      storage_(storage),
      observer_(observer),
      links_(streams, random.stream("links"), std::move(next_link),
             wire::Seal("syncer cluster 2/" + config_.region, config_.keys, config_.nonce),
             [this](const auto& identity, const auto& node) { return objection_to_voter(identity, node); }),
      store_(storage, std::move(next_call)),
      roster_(config_, links_, store_,
              [this] {
                return Roster::Announced{term(), keys_.ids()};
              }),
      raft_(config_, roster_, links_, store_, observer, random, state_machine()),
      keys_(config_, roster_, links_, raft_, state_, observer),
      replacement_(config_, roster_, raft_, state_),
      formation_(
          config_, roster_, replacement_, random,
          [this](Instant now, raft::Recovery recovery) { begin_to_vote(now, std::move(recovery)); },
          [this](std::string why) { fail(std::move(why)); }) {}

RaftDriver::StateMachine Cluster::state_machine() {
  return {[this](Instant now, const raft::Entry& entry) { apply(now, entry); },
          [this](Instant now, const raft::Snapshot& snapshot) { restore(now, snapshot); },
          [this](Instant now) { return encode_state(now, state_); },
          [this](Instant now, const raft::Message& message) { return objection_to(now, message, log_knowledge()); }};
}

LogKnowledge Cluster::log_knowledge() const {
  return {state_, raft_.node() == nullptr || raft_.log().last().index == 0,
          [this](const VoterSlot& slot) { return roster_.is_there(slot); },
          [this](raft::Index version) { return roster_.is_held(version); }};
}

/// A voter of a region is who has a certificate of that region with that role.
std::string Cluster::objection_to_voter(const PeerIdentity& identity, const std::string& node) const {
  if (SYNCER_MUTATED("cluster.ignore_certificates")) return "";
  return objection_to(identity, config_.certificates, PeerRole::Voter, config_.region, node);
}

Result<void> Cluster::load() {
  for (const std::string_view key : raft::keys::kAll) {
    auto value = storage_.read(key);
    if (!value) return tl::unexpected(value.error());
    if (*value) image_.emplace(key, std::move(**value));
  }
  const auto stored = storage_.read(kVoterSetKey);
  if (!stored) return tl::unexpected(stored.error());
  if (!*stored) return {};
  auto voters = decode_voter_set(**stored);
  if (!voters) return tl::unexpected(voters.error());
  roster_.load(std::move(*voters));
  if (roster_.voters().stage != VoterStage::Voting) return {};
  const auto recovery = raft::recover(image_, store_identity(config_.region, roster_.voters().group, config_.node));
  if (!recovery) return tl::unexpected(recovery.error());
  if (!recovery->fresh) return {};
  return failure(ErrorCode::Corrupt, "raft store",
                 "this syncer is a voter of its region, but what it promised is gone; it must not vote again: give it "
                 "a new, empty data folder");
}

void Cluster::start(Instant now) {
  const VoterSet& voters = roster_.voters();
  if (voters.disk == 0) return formation_.start(now);
  roster_.announce(now);
  roster_.redial(now);
  if (voters.stage != VoterStage::Voting) return;
  replacement_.check_own_slot();
  if (!replacement_.replaced().empty() && !SYNCER_MUTATED("cluster.vote_without_a_slot")) return;
  begin_to_vote(now, *raft::recover(image_, store_identity(config_.region, voters.group, config_.node)));
}

void Cluster::begin_to_vote(Instant now, raft::Recovery recovery) {
  std::vector<raft::StoreOperation> repairs = std::exchange(recovery.repairs, {});
  store_.write(now, std::move(repairs), [this, clean = std::move(recovery)](Instant at) {
    state_.slots = roster_.voters().slots;
    state_.list_version = roster_.voters().list_version;
    restore(at, clean.stored.snapshot);
    if (auto begun = raft_.begin(at, clean); !begun) return fail(to_string(begun.error()));
    image_.clear();
    roster_.announce(at);
    raft_.advance(at);
  });
}

void Cluster::set_members(Instant now, std::vector<Member> members, std::vector<Member> claims) {
  if (roster_.set_members(now, std::move(members), std::move(claims))) consider(now);
}

void Cluster::consider(Instant now) {
  if (roster_.writing() || !fatal_.empty()) return;
  if (roster_.voters().stage == VoterStage::Voting) return replacement_.check_own_slot();
  formation_.consider(now);
}

void Cluster::resign(Instant now) {
  if (resigning_) return;
  resigning_ = true;
  resign_until_ = now + config_.cluster.election_timeout;
  raft_.resign(now);
}

void Cluster::on_stream_accepted(Instant now, LinkId link, const Endpoint& from, const PeerIdentity& identity) {
  links_.accept(now, link, from, identity);
  handle_link_events(now);
}

void Cluster::on_stream_connected(Instant now, LinkId link, const PeerIdentity& identity) {
  links_.on_stream_connected(now, link, identity);
  handle_link_events(now);
}

void Cluster::on_stream_data(Instant now, LinkId link, ByteView bytes) {
  links_.on_stream_data(now, link, bytes);
  handle_link_events(now);
}

void Cluster::on_stream_closed(Instant now, LinkId link) {
  links_.on_stream_closed(now, link);
  handle_link_events(now);
}

void Cluster::handle_link_events(Instant now) {
  ClusterLinks::Events events = links_.take_events();
  for (const std::string& reason : events.dropped) {
    observe(observer_, now, EventKind::FrameDropped, Severity::Warning,
            {{"region", config_.region}, {"reason", "cluster port: " + reason}});
  }
  if (events.hellos) {
    keys_.share(now);
    consider(now);
  }
  for (Bytes& key : events.keys) keys_.receive(now, std::move(key));
  for (const std::string& node : events.lost) raft_.on_link_lost(now, node);
  for (const ClusterLinks::Received& message : events.received) raft_.receive(now, message);
}

void Cluster::on_stored(Instant now, CallId call, const Result<void>& outcome) {
  const auto ours = store_.on_stored(now, call, outcome);
  if (!ours) fail("the voter's state cannot be stored: " + to_string(ours.error()));
}

void Cluster::advance(Instant now) {
  resign_timed_out_ = resigning_ && now >= resign_until_;
  if (now >= links_.next_deadline()) links_.advance(now);
  handle_link_events(now);
  keys_.advance(now);
  if (now >= raft_.next_deadline()) raft_.advance(now);
}

Instant Cluster::next_deadline() const {
  const Instant next = std::min({links_.next_deadline(), keys_.next_deadline(), raft_.next_deadline()});
  const bool handing_over = resigning_ && is_leader() && !resign_timed_out_;
  return handing_over ? std::min(next, resign_until_) : next;
}

std::optional<Epoch> Cluster::writer_epoch() const {
  if (!raft_.leads_open_term()) return std::nullopt;
  return Epoch{state_.generation, raft_.term()};
}

bool Cluster::may_write(Instant now) const {
  if (SYNCER_MUTATED("cluster.write_without_lease")) return writer_epoch().has_value();
  return writer_epoch() && raft_.node()->may_write(now);
}

void Cluster::apply(Instant now, const raft::Entry& entry) {
  const auto command = decode_command(entry.data);
  if (!command) return fail(to_string(command.error()) + "; a voter that skipped it would go astray: update it");
  Effects effects = cluster::apply(now, entry.index, *command, state_);
  if (effects.slots_changed) replacement_.store_list(now);
  if (effects.keys_changed) keys_.follow_log(now);
  if (effects.released && writer_epoch()) releases_.push_back(std::move(*effects.released));
  if (effects.forgotten) forgotten_.push_back(std::move(*effects.forgotten));
}

void Cluster::restore(Instant now, const raft::Snapshot& snapshot) {
  if (snapshot.at.index == 0) return;
  const auto slots_changed = restore_state(now, snapshot.state, state_);
  if (!slots_changed) return fail(to_string(slots_changed.error()) + "; update this syncer");
  keys_.follow_log(now);
  if (*slots_changed) replacement_.store_list(now);
}

Result<void> Cluster::must_lead() const {
  if (writer_epoch()) return {};
  if (raft_.node() == nullptr) return refused(pending().front());
  const std::string head = leader();
  if (head.empty()) return refused("no leader of the region is known: a majority of its voters must be there");
  if (head == config_.node) return refused("this syncer has just been elected; try again in a moment");
  return refused("only the leader can do that: ask syncer \"" + head + "\"");
}

Result<void> Cluster::replace(Instant now, std::string_view node) {
  if (auto leads = must_lead(); !leads) return leads;
  return replacement_.replace(now, node);
}

Result<void> Cluster::raise_generation(Instant now) {
  if (auto leads = must_lead(); !leads) return leads;
  if (!is_generation(state_.generation + 1)) return refused("no higher generation can follow this one");
  return raft_.propose(now, RaiseGeneration{state_.generation + 1});
}

Result<void> Cluster::note_guard(Instant now, const GuardMark& mark) {
  const Duration left = mark.holding ? std::max(mark.until - now, Duration::zero()) : Duration::zero();
  return raft_.propose(now, NoteGuard{mark.side, mark.region, mark.holding, left, mark.baseline});
}

/// A follower's proposal goes to its leader: an operator may ask any voter.
Result<void> Cluster::release_guard(Instant now, std::string_view region) {
  if (raft_.node() == nullptr) return refused(pending().front());
  return raft_.propose(now, ReleaseGuard{std::string(region)});
}

Result<void> Cluster::forget_region(Instant now, std::string_view region) {
  if (raft_.node() == nullptr) return refused(pending().front());
  return raft_.propose(now, ForgetRegion{std::string(region)});
}

Result<void> Cluster::forget_proposal(Instant now) {
  const bool barren = raft_.node() != nullptr && raft_.log().last().index == 0;
  auto forgotten = formation_.forget_proposal(now, barren);
  if (!forgotten || !barren) return forgotten;
  raft_.end();
  state_ = {};
  return {};
}

void Cluster::outbid(Instant now, Epoch known) {
  const auto own = writer_epoch();
  if (!own || known < *own || SYNCER_MUTATED("cluster.keep_generation")) return;
  SYNCER_SOMETIMES(true, "cluster.leader_outbids_what_others_know");
  if (!is_generation(known.generation + 1)) return;
  // Far ahead, it takes several steps: the others log none that is longer.
  const Epoch wanted{std::min(known.generation + 1, state_.generation + kMaxGenerationStep), own->term};
  if (wanted == outbid_) return;
  if (raft_.propose(now, RaiseGeneration{wanted.generation})) outbid_ = wanted;
}

void Cluster::fail(std::string reason) {
  if (fatal_.empty()) fatal_ = std::move(reason);
}

std::vector<std::string> Cluster::pending() const {
  std::vector<std::string> reasons;
  if (!formation_.excluded().empty()) {
    reasons.push_back(formation_.excluded());
  } else if (!replacement_.replaced().empty()) {
    reasons.push_back(replacement_.replaced());
  } else if (raft_.node() == nullptr) {
    const std::string& waiting = formation_.waiting();
    reasons.push_back(waiting.empty() ? "the list of voters is not agreed yet" : waiting);
  } else if (leader().empty()) {
    reasons.emplace_back("no leader of the region is known: a majority of its voters must be there");
  }
  if (!keys_.not_kept().empty()) reasons.push_back(keys_.not_kept());
  return reasons;
}

GroupStatus Cluster::status(Instant now) const {
  const raft::RaftNode* node = raft_.node();
  GroupStatus status;
  status.leads = writer_epoch().has_value();
  status.leader = leader();
  status.term = term();
  status.commit = node != nullptr ? node->raft().log().commit() : 0;
  status.generation = state_.generation;
  status.problems = pending();
  for (const VoterSlot& slot : roster_.voters().slots) status.voters.push_back(status_of(now, slot));
  return status;
}

VoterStatus Cluster::status_of(Instant now, const VoterSlot& slot) const {
  VoterStatus status{slot.node, disk_name(slot.disk), to_string(slot.address), state_of(slot)};
  if (const auto heard = links_.last_heard(slot.node)) status.last_heard = now - *heard;
  if (!is_leader()) return status;
  const raft::Raft& raft = raft_.node()->raft();
  const auto progress = raft.progress().find(roster_.voters().voter_of(slot.node, slot.disk));
  const raft::Index commit = raft.log().commit();
  status.match = progress->second.match;
  status.lag = commit - std::min(commit, progress->second.match);
  return status;
}

std::string Cluster::state_of(const VoterSlot& slot) const {
  const bool votes = raft_.node() != nullptr;
  if (votes && leader() == slot.node) return "leader";
  const bool excluded = !formation_.excluded().empty() || !replacement_.replaced().empty();
  if (slot.node == config_.node) return votes ? "follower" : excluded ? "disk lost" : "joining";
  const wire::ClusterHello* hello = roster_.hello(slot.node);
  if (hello == nullptr) return "not there";
  if (hello->disk != slot.disk) return "disk lost";
  return hello->stage == VoterStage::Voting ? "follower" : "joining";
}

Sizes Cluster::sizes() const {
  Sizes sizes;
  links_.fill(sizes);
  sizes.writes = store_.size();
  sizes.guards = state_.guards.size();
  if (raft_.node() == nullptr) return sizes;
  sizes.log_entries = raft_.log().entries().size();
  sizes.uncommitted_bytes = raft_.log().uncommitted_bytes();
  return sizes;
}

void Cluster::hash(StateHasher& hasher) const {
  const VoterSet& voters = roster_.voters();
  hasher.add(voters.disk);
  hasher.add(static_cast<std::uint64_t>(voters.stage));
  hasher.add(state_.generation);
  hasher.add(state_.list_version);
  for (const GuardMark& mark : state_.guards) hasher.add(mark.baseline * 2 + (mark.holding ? 1U : 0U));
  if (raft_.node() != nullptr) raft_.node()->hash(hasher);
}

}  // namespace syncer::cluster
