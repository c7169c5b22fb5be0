// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/relay.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/peering/authorization.h"

namespace syncer::peering {
namespace {

using replication::Heard;

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_in(const wire::Scope& scope, std::string_view region) {
  return scope.everyone || contains(scope.regions, region);
}

}  // namespace

/// At the level of certificates nothing but a signature shows that a relay did not make up what it brings.
bool Relay::is_active() const {
  if (attestations_.required() && !attestations_.possible()) return false;
  if (config_.sync.relay || !neighbours_.empty()) return true;
  return std::any_of(peers_.begin(), peers_.end(), [](const auto& entry) { return entry.second.relay; });
}

// What neighbours say.

bool Relay::on_message(Instant now, PeerLink& link, const wire::SyncMessage& message, replication::Outputs& out) {
  const Peer& peer = peers_.at(link.region);
  const auto* of_writer = std::get_if<replication::WriterMessage>(&message);
  const auto* said = of_writer == nullptr ? nullptr : std::get_if<replication::Attestation>(of_writer);
  if (said != nullptr && peer.in == link.id && attestations_.possible()) {
    vouching_.note(now, link, peer, *said, out);
    return true;
  }
  if (!is_active()) return false;
  Neighbour& neighbour = neighbours_[link.region];
  look_at_links(now, neighbour, peer);
  const bool is_writer = peer.in == link.id;
  const bool is_reader = peer.out == link.id;
  if (const auto* ways = std::get_if<wire::Ways>(&message); ways != nullptr && is_writer) {
    table_.offer(peer.name, ways->ways);
    changed_ = true;
  } else if (const auto* passed = std::get_if<wire::Passed>(&message); passed != nullptr && is_writer) {
    const Peer* origin = peers_.find(passed->region);
    const auto* vouched = std::get_if<replication::Attestation>(&passed->message);
    if (vouched != nullptr && origin != nullptr && attestations_.required())
      Attestations::keep_certificate(link, passed->region, *vouched, offered_by(link));
    // What was on its way when another way was taken is nobody's.
    if (origin != nullptr && origin->via == peer.name) {
      hear(now, link, peers_.at(passed->region), passed->message, out);
    }
  } else if (std::holds_alternative<wire::WaysWanted>(message) && is_reader) {
    neighbour.asks = changed_ = true;
  } else if (const auto* follow = std::get_if<wire::Follow>(&message); follow != nullptr && is_reader) {
    on_follow(now, peer, neighbour, *follow);
  } else if (const auto* returned = std::get_if<wire::Returned>(&message); returned != nullptr && is_reader) {
    const auto follows = neighbour.follows.find(returned->region);
    if (follows == neighbour.follows.end()) return true;
    core_.receive(now, peers_.at(returned->region).id, peer.id, returned->message, out);
  } else {
    return false;
  }
  return true;
}

Attestations::IsOffered Relay::offered_by(const PeerLink& link) const {
  return [this, &link](std::string_view region) { return table_.find(region, link.region) != nullptr; };
}

void Relay::hear(Instant now, PeerLink& link, Peer& origin, const replication::WriterMessage& message,
                 replication::Outputs& out) {
  const wire::Way* way = table_.find(origin.name, link.region);
  if (way == nullptr) return;
  if (attestations_.required()) return hear_vouched(now, link, origin, message, out);
  // Nothing was agreed on that could tell such a one from what anybody says.
  if (std::holds_alternative<replication::Attestation>(message)) return;
  const Heard heard = take_in(now, way->run, origin, message, out);
  if (heard != Heard::Word) origin.heard_by_way = now;
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  const bool is_heartbeat = std::holds_alternative<replication::Heartbeat>(message);
  origin.writer.heard(now, way->run, epoch, is_heartbeat ? heard : Heard::Word);
}

/// As what is not certified, except that only what is new and vouched for says that the region is there.
void Relay::hear_vouched(Instant now, PeerLink& link, Peer& origin, replication::WriterMessage message,
                         replication::Outputs& out) {
  const Vouching::Judgement judgement = vouching_.judge(now, link, origin, message);
  if (!judgement.lie.empty()) return refuse_way(now, origin, judgement.lie);
  if (!judgement.counts) return;
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  const Heard heard = take_in(now, judgement.run, origin, message, out);
  if (heard == Heard::Forged) return refuse_way(now, origin, kNotVouchedFor);
  // Its life alone, without its records, is of no use.
  const bool is_use =
      heard != Heard::Word || (judgement.is_life && SYNCER_MUTATED("attestation.stay_with_who_brings_life_alone"));
  if (is_use) origin.heard_by_way = now;
  if (judgement.is_life) origin.lived_by_way = now;
  if (judgement.is_life && heard == Heard::Proof) origin.fruitless_ways = 0;
  origin.writer.heard(now, judgement.run, epoch, judgement.is_life ? heard : Heard::Word);
}

/// Who was found to lie about a region does so about that one; its other ways are judged by themselves.
void Relay::refuse_way(Instant now, Peer& origin, const std::string& why) {
  const std::string liar = origin.via;
  links_.report_drop(now, Refusal::Forged, origin.name, "by way of " + liar + ": " + why);
  SYNCER_SOMETIMES(true, "attestation.way_of_a_liar_is_left");
  table_.distrust(now, origin.name, liar);
  if (SYNCER_MUTATED("attestation.go_on_with_a_liar")) return;
  chosen_.take(now, origin, "");
  changed_ = true;
}

/// As Peering does with what comes on a region's own link, except that a relay that lags is nothing to report, and that
/// the region is there only if it said so itself a moment ago: that is what a heartbeat means.
Heard Relay::take_in(Instant now, std::uint64_t run, Peer& origin, const replication::WriterMessage& message,
                     replication::Outputs& out) {
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  const Epoch known = origin.writer.known_epoch();
  const WriterTrust::Verdict verdict = origin.writer.judge(now, run, epoch);
  if (verdict == WriterTrust::Verdict::Believe) core_.receiver(origin.id).forget_epoch();
  if (verdict != WriterTrust::Verdict::Hear && (epoch > known || verdict == WriterTrust::Verdict::Believe)) {
    links_.count(Refusal::DoubtedEpoch);
    report_doubt(observer_, now, origin.name, epoch, known);
  }
  if (verdict == WriterTrust::Verdict::Doubt || verdict == WriterTrust::Verdict::SameEpoch) return Heard::Word;
  const replication::Replica* held = core_.replica(origin.id);
  if (held != nullptr && epoch < held->epoch()) return Heard::Word;
  const Heard heard = core_.receive(now, origin.id, message, out);
  if (heard == Heard::Progress && core_.over_quota(origin.id)) links_.count(Refusal::OverQuota);
  return heard;
}

void Relay::hear_directly(Instant now, Peer& peer) {
  peer.heard_directly = now;
  if (peer.via.empty() || SYNCER_MUTATED("relay.stay_on_the_way")) return;
  SYNCER_SOMETIMES(true, "relay.region_is_read_directly_again");
  chosen_.take(now, peer, "");
  changed_ = true;
}

void Relay::on_follow(Instant now, const Peer& from, Neighbour& neighbour, const wire::Follow& follow) {
  if (follow.region == config_.region) {
    neighbour.readers = follow.readers;
    return;
  }
  const Peer* origin = peers_.find(follow.region);
  const auto is_it = [&](const wire::Way& way) { return way.region == follow.region; };
  const bool offered = std::any_of(neighbour.told.begin(), neighbour.told.end(), is_it);
  if (origin == nullptr || !offered) return;
  const bool is_new = !neighbour.follows.contains(follow.region);
  if (follow.readers.empty()) {
    neighbour.follows.erase(follow.region);
    core_.stop_passing_on(origin->id, from.id);
  } else {
    neighbour.follows.insert_or_assign(follow.region, follow.readers);
    if (is_new) core_.pass_on(now, origin->id, from.id);
  }
  changed_ = true;
}

// What we tell them.

bool Relay::update(Instant now) {
  changed_ = false;
  next_look_ = kNever;
  if (!is_active()) return false;
  next_look_ = saturating_add(now, config_.sync.heartbeat / 4);
  vouching_.begin();
  for (auto& [name, peer] : peers_) {
    if (name != config_.region) look_at_links(now, neighbours_[name], peer);
  }
  for (auto& [name, peer] : peers_) {
    if (name != config_.region) chosen_.choose(now, peer);
  }
  const std::vector<wire::Way> all = passed_on(now);
  for (auto& [name, neighbour] : neighbours_) {
    if (const Peer* peer = peers_.find(name)) announce(now, all, *peer, neighbour);
  }
  for (auto& [name, peer] : peers_) {
    if (name == config_.region) continue;
    tell_upstream(now, peer);
    leave_removals_to_relays(peer);
  }
  return true;
}

/// For a region that reads us by way of another, that one remembers what was removed.
void Relay::leave_removals_to_relays(const Peer& peer) {
  const bool served = !up(peer.out) && !read_by_way_of(peer.name).empty();
  if (served && !SYNCER_MUTATED("relay.remember_removals_for_all")) core_.remove_peer(peer.id);
}

std::vector<std::string> Relay::unknown_regions(Instant now) const {
  std::vector<std::string> unknown;
  if (!is_active()) return unknown;
  const Authorization regions(config_.sync.regions);
  for (const std::string& region : table_.regions(now)) {
    if (peers_.find(region) == nullptr && regions.allows(region)) unknown.push_back(region);
  }
  return unknown;
}

void Relay::look_at_links(Instant now, Neighbour& neighbour, const Peer& peer) {
  const std::optional<LinkId> in = up(peer.in);
  const std::optional<LinkId> out = up(peer.out);
  if (neighbour.in != in) {
    if (!SYNCER_MUTATED("relay.beat_by_itself")) table_.withdraw(peer.name);
    neighbour.asked = false;
    neighbour.in = in;
  }
  if (neighbour.out != out) {
    for (const auto& [origin, readers] : neighbour.follows) {
      if (!SYNCER_MUTATED("relay.keep_readers_without_a_link")) drop_follower(origin, peer);
    }
    neighbour.out = out;
    neighbour.asks = false;
    neighbour.told.clear();
    neighbour.readers.clear();
    neighbour.follows.clear();
  }
  if (!in || !peer.relay || neighbour.asked) return;
  neighbour.asked = true;
  send(now, *in, wire::WaysWanted{});
}

void Relay::drop_follower(const std::string& origin, const Peer& reader) {
  if (const Peer* peer = peers_.find(origin)) core_.stop_passing_on(peer->id, reader.id);
}

/// It is read here, and said a moment ago that what is held is what it has.
bool Relay::is_live(Instant now, const Peer& peer) const {
  if (SYNCER_MUTATED("relay.offer_the_dead") || SYNCER_MUTATED("relay.beat_by_itself")) return true;
  return (!peer.via.empty() || up(peer.in)) && peer.writer.proved_within(now, chosen_.patience());
}

/// Whom we let have our records from others: who sees all of them. What others are shown comes from us alone.
wire::Scope Relay::own_scope() const {
  const Authorization regions(config_.sync.regions);
  wire::Scope scope{!limited_ && regions.allows(Authorization::kAll), {}};
  for (const auto& [name, peer] : peers_) {
    if (name != config_.region && regions.allows(name) && !core_.has_view(peer.id)) scope.regions.push_back(name);
    if (core_.has_view(peer.id)) scope.everyone = false;
  }
  if (scope.everyone || SYNCER_MUTATED("relay.give_to_everyone")) return {true, {}};
  return scope;
}

std::vector<wire::Way> Relay::passed_on(Instant now) const {
  std::vector<wire::Way> ways;
  if (!config_.sync.relay) return ways;
  for (const auto& [name, peer] : peers_) {
    const wire::Way* held = table_.find(name, peer.via.empty() ? name : peer.via);
    if (held == nullptr || name == config_.region || !is_live(now, peer)) continue;
    if (attestations_.required() && core_.attestation(peer.id) == nullptr) continue;
    wire::Way way = *held;
    way.via.insert(way.via.begin(), config_.region);
    const bool too_long = WayTable::hops(way) > WayTable::kMaxHops && !SYNCER_MUTATED("relay.take_endless_ways");
    if (!too_long && ways.size() < wire::kMaxWays - 1) ways.push_back(std::move(way));
  }
  return ways;
}

bool Relay::may_pass_on(const Peer& origin, std::string_view reader) const {
  if (origin.name == reader) return true;
  const wire::Way* held = table_.find(origin.name, origin.via.empty() ? origin.name : origin.via);
  return held != nullptr && is_in(held->scope, reader);
}

bool Relay::may_have(const Peer& reader, const wire::Way& way) const {
  const bool in_scope = is_in(way.scope, reader.name);
  const bool circle = way.region == reader.name || contains(way.via, reader.name);
  return (in_scope || SYNCER_MUTATED("relay.ignore_the_scope")) &&
         (!circle || SYNCER_MUTATED("relay.take_ways_back_from_where_they_lead"));
}

void Relay::announce(Instant now, const std::vector<wire::Way>& all, const Peer& peer, Neighbour& neighbour) {
  if (!neighbour.out || (!peer.relay && !neighbour.asks)) return;
  std::vector<wire::Way> ways;
  if (peer.relay && !core_.has_view(peer.id)) ways.push_back({config_.region, run_, {}, own_scope()});
  std::size_t bytes = 0;
  for (const wire::Way& way : all) {
    const std::size_t size = wire::size_bound(way);
    const bool fits = bytes + size <= wire::kMaxWaysBytes;
    if (!fits || !may_have(peer, way)) continue;
    bytes += size;
    ways.push_back(way);
  }
  if (ways == neighbour.told) return;
  neighbour.told = ways;
  const auto is_told = [&](std::string_view region) {
    return std::any_of(ways.begin(), ways.end(), [&](const wire::Way& way) { return way.region == region; });
  };
  std::erase_if(neighbour.follows, [&](const auto& entry) {
    const bool over = !is_told(entry.first);
    if (over) drop_follower(entry.first, peer);
    return over;
  });
  if (PeerLink* link = links_.find(*neighbour.out)) {
    Attestations::send_certificates_again(*link, [&](std::string_view region) { return is_told(region); });
  }
  send(now, *neighbour.out, wire::Ways{std::move(ways)});
}

/// Ourselves, if we read it by way of another, and all who read it by way of us.
std::vector<std::string> Relay::readers_of(const Peer& origin) const {
  std::set<std::string> readers;
  if (!origin.via.empty()) readers.insert(config_.region);
  for (const auto& [name, neighbour] : neighbours_) {
    const auto follows = neighbour.follows.find(origin.name);
    if (follows == neighbour.follows.end()) continue;
    for (const std::string& reader : follows->second) {
      // More than a message may name: the others are no readers that the origin can do without.
      const bool fits = readers.size() < wire::kMaxWays || SYNCER_MUTATED("relay.name_more_readers_than_fit");
      if (fits) readers.insert(reader);
    }
  }
  return {readers.begin(), readers.end()};
}

void Relay::tell_upstream(Instant now, const Peer& origin) {
  const std::string& neighbour = origin.via.empty() ? origin.name : origin.via;
  const Peer* upstream = peers_.find(neighbour);
  const bool understands = upstream != nullptr && table_.find(origin.name, neighbour) != nullptr;
  const std::optional<LinkId> link = understands ? up(upstream->in) : std::nullopt;
  std::vector<std::string> readers = readers_of(origin);
  if (const auto told = told_.find(origin.name); told != told_.end()) {
    if (told->second.link == link && told->second.readers == readers) return;
    const bool ends = told->second.link != link || readers.empty();
    if (ends && up(told->second.link)) send(now, *told->second.link, wire::Follow{origin.name, {}});
    told_.erase(told);
  }
  if (!link || readers.empty()) return;
  send(now, *link, wire::Follow{origin.name, readers});
  told_.insert_or_assign(origin.name, Told{link, std::move(readers)});
}

// What is shown of it.

std::string Relay::read_by_way_of(std::string_view region) const {
  for (const auto& [name, neighbour] : neighbours_) {
    if (contains(neighbour.readers, region)) return name;
  }
  return "";
}

void Relay::forget(std::string_view region) {
  table_.withdraw(std::string(region));
  told_.erase(std::string(region));
  neighbours_.erase(std::string(region));
  attestations_.forget(region);
  for (auto& [name, neighbour] : neighbours_) neighbour.follows.erase(std::string(region));
  changed_ = true;
}

}  // namespace syncer::peering
