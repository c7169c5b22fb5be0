// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/handshake.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::peering {
namespace {

/// A conflict is shown for so long after it was last seen: who was refused dials again within half of it.
constexpr Duration kConflictShown = std::chrono::seconds(12);
/// More names than that are not remembered: anybody can claim any.
constexpr std::size_t kMostConflicts = 64;

std::string name_used_twice(const std::string& region, const std::string& one, const std::string& other) {
  return "region name \"" + region + "\" is used by two syncers, \"" + one + "\" and \"" + other +
         "\"; give each region its own --cluster-name";
}

}  // namespace

void Handshake::set_leader(bool self, std::optional<Endpoint> leader) {
  leads_ = self;
  leader_ = leader;
}

wire::Hello Handshake::hello(Epoch epoch, std::uint64_t head) const {
  return {config_.region, config_.node, run_, config_.single, epoch, head};
}

Handshake::Objection Handshake::objection(Instant now, const wire::Hello& hello, const Peer* known, bool full) {
  Objection found = judge(hello, known, full);
  if (found.conflict) note_conflict(now, hello.region, found.reason);
  return found;
}

std::optional<wire::SyncMessage> Handshake::answer(const wire::Hello& hello, const Peer* known) const {
  if (goes_to_leader(hello)) {
    if (!leader_) return std::nullopt;
    return wire::Redirect{*leader_};
  }
  if (known == nullptr) return wire::Welcome{config_.region, config_.node, run_, {}, 0};
  return welcome(*known);
}

wire::Welcome Handshake::welcome(const Peer& dialer) const {
  return {config_.region, config_.node, run_, dialer.writer.known_epoch(), dialer.writer.known_run()};
}

Handshake::Objection Handshake::judge(const wire::Hello& hello, const Peer* known, bool full) const {
  if (hello.region.empty()) return {Refusal::Invalid, "a region needs a name"};
  if (hello.region == config_.region) {
    if (hello.run == run_) return {Refusal::WrongRegion, "this address is the dialer's own"};
    const bool conflict = config_.single || hello.single;
    if (!conflict) return {Refusal::WrongRegion, "a region does not publish to itself"};
    return {Refusal::NameTaken, name_used_twice(config_.region, config_.node, hello.node), true};
  }
  if (!allows(hello.region)) return {Refusal::NotAllowed, "region \"" + hello.region + "\" is not in sync.regions"};
  if (goes_to_leader(hello)) return {};
  return known == nullptr && full ? Objection{Refusal::TooMany, "too many regions"} : Objection{};
}

wire::Refuse Handshake::refuse_newcomer(Instant now, const wire::Hello& hello, const PeerLink& present) {
  const bool conflict = hello.single && hello.node != present.node;
  std::string reason =
      conflict ? name_used_twice(hello.region, present.node, hello.node)
               : "region \"" + hello.region + "\" is published by \"" + present.node + "\" already, which is there";
  if (conflict) note_conflict(now, hello.region, reason);
  return refusal(std::move(reason), conflict);
}

wire::Refuse Handshake::refusal(std::string reason, bool conflict) const {
  return {config_.region, config_.node, std::move(reason), conflict};
}

std::optional<wire::SyncMessage> Handshake::turn_away(const wire::Question& question) const {
  if (!allows(question.region) && !SYNCER_MUTATED("peering.answer_everybody")) {
    return refusal("region \"" + question.region + "\" is not in sync.regions", false);
  }
  if (leads_) return std::nullopt;
  if (leader_) return wire::Redirect{*leader_};
  return refusal("its region has no leader now", false);
}

std::optional<Epoch> Handshake::epoch_to_exceed(const wire::Welcome& welcome, Epoch own) const {
  // Our epoch, but opened by another process: this one lost its disk.
  const bool not_ours = welcome.known_epoch == own && welcome.known_run != 0 && welcome.known_run != run_;
  return welcome.known_epoch > own || not_ours ? std::optional(welcome.known_epoch) : std::nullopt;
}

void Handshake::note_conflict(Instant now, std::string_view region, std::string text) {
  const bool known = conflicts_.find(region) != conflicts_.end();
  if (!known && conflicts_.size() >= kMostConflicts) return;
  conflicts_.insert_or_assign(std::string(region), Conflict{std::move(text), saturating_add(now, kConflictShown)});
}

void Handshake::set_rivals(const std::vector<RemoteRegion>& rivals) {
  const auto lives = [](const RemoteRegion& rival) { return rival.alive; };
  const bool has_rivals = std::any_of(rivals.begin(), rivals.end(), lives);
  if (std::exchange(had_rivals_, has_rivals) && !has_rivals) conflicts_.erase(config_.region);
}

std::string Handshake::conflict(std::string_view region) const {
  const auto found = conflicts_.find(region);
  return found == conflicts_.end() ? std::string() : found->second.text;
}

void Handshake::advance(Instant now) {
  std::erase_if(conflicts_, [now](const auto& entry) { return entry.second.until <= now; });
}

Instant Handshake::next_deadline() const {
  Instant next = kNever;
  for (const auto& [region, conflict] : conflicts_) next = std::min(next, conflict.until);
  return next;
}

}  // namespace syncer::peering
