// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/voter_set.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"

namespace syncer::cluster {
namespace {

using wire::VoterSlot;
using wire::VoterStage;

constexpr std::size_t kChecksumSize = 4;

}  // namespace

const VoterSlot* VoterSet::slot_of(raft::VoterId voter) const {
  const bool known = voter.value >= 1 && voter.value <= slots.size();
  return known ? &slots[voter.value - 1] : nullptr;
}

raft::VoterId VoterSet::voter_of(std::string_view node, std::uint64_t disk_number) const {
  const VoterSlot* slot = find_slot(slots, node);
  if (slot == nullptr || slot->disk != disk_number) return raft::kNobody;
  return {static_cast<std::uint64_t>(slot - slots.data()) + 1};
}

Bytes encode(const VoterSet& voters) {
  Bytes out;
  ByteWriter w(out);
  w.u64(voters.disk);
  w.u8(static_cast<std::uint8_t>(voters.stage));
  wire::write_slots(w, voters.slots);
  w.u64(voters.group);
  w.u64(voters.list_version);
  w.u32(crc32c(out));
  return out;
}

Result<VoterSet> decode_voter_set(ByteView bytes) {
  const ByteView content = bytes.substr(0, bytes.size() - std::min(bytes.size(), kChecksumSize));
  ByteReader r(content);
  VoterSet voters;
  voters.disk = r.u64();
  const std::uint8_t stage = r.u8();
  voters.stage = static_cast<VoterStage>(stage);
  voters.slots = wire::read_slots(r);
  voters.group = r.u64();
  voters.list_version = r.u64();
  const bool known = stage <= static_cast<std::uint8_t>(VoterStage::Voting);
  if (known && r.finished() && ByteReader(bytes.substr(content.size())).u32() == crc32c(content)) return voters;
  return failure(ErrorCode::Corrupt, std::string(kVoterSetKey),
                 "the list of this region's voters is damaged; this syncer does not vote on a guess: restore the file "
                 "or give the syncer a new, empty data folder");
}

bool same_slots(const std::vector<VoterSlot>& a, const std::vector<VoterSlot>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const VoterSlot& one, const VoterSlot& other) {
    return one.node == other.node && one.disk == other.disk;
  });
}

bool same_names(const std::vector<VoterSlot>& a, const std::vector<VoterSlot>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const VoterSlot& one, const VoterSlot& other) { return one.node == other.node; });
}

const VoterSlot* find_slot(const std::vector<VoterSlot>& slots, std::string_view node) {
  const auto is_it = [&](const VoterSlot& slot) { return slot.node == node; };
  const auto found = std::find_if(slots.begin(), slots.end(), is_it);
  return found == slots.end() ? nullptr : &*found;
}

std::string names_of(const std::vector<VoterSlot>& slots) {
  std::string names;
  for (const VoterSlot& slot : slots) names += (names.empty() ? "" : ", ") + slot.node;
  return names;
}

std::uint64_t group_founded_by(const std::vector<VoterSlot>& slots) {
  Bytes list;
  ByteWriter w(list);
  for (const VoterSlot& slot : slots) {
    w.string(slot.node);
    w.u64(slot.disk);
  }
  return hash128(list).high | 1U;
}

std::string disk_name(std::uint64_t disk) {
  Bytes bytes;
  for (unsigned shift = 64; shift > 0; shift -= 8) bytes.push_back(static_cast<char>(disk >> (shift - 8)));
  return to_hex(bytes);
}

std::string group_name(std::string_view region, std::uint64_t group) {
  return std::string(region) + "/" + disk_name(group);
}

Bytes store_identity(std::string_view region, std::uint64_t group, std::string_view node) {
  return group_name(region, group) + "/" + std::string(node);
}

bool Roster::set_members(Instant now, std::vector<ClusterMember> members, std::vector<ClusterMember> claims) {
  if (members == members_ && claims == claims_) return false;
  members_ = std::move(members);
  claims_ = std::move(claims);
  redial(now);
  return true;
}

void Roster::write(Instant now, VoterSet next, ClusterStore::Done done, std::vector<raft::StoreOperation> first) {
  writing_ = true;
  first.push_back({kVoterSetKey, encode(next), false});
  store_.write(now, std::move(first), [this, kept = std::move(next), then = std::move(done)](Instant at) {
    writing_ = false;
    voters_ = kept;
    announce(at);
    then(at);
  });
}

void Roster::announce(Instant now) {
  Announced ours = announced_();
  links_.set_hello(now, {config_.region, config_.node, voters_.disk, voters_.stage, voters_.slots, voters_.group,
                         voters_.list_version, ours.term, std::move(ours.keys)});
}

void Roster::redial(Instant now) {
  ClusterLinks::Addresses peers;
  for (const VoterSlot& slot : voters_.slots) peers.emplace(slot.node, addresses_of(slot.node, slot.address));
  for (const ClusterMember& member : members_) peers.emplace(member.node, std::vector{member.address});
  peers.erase(config_.node);
  links_.set_peers(now, peers);
}

/// In the order in which they are tried. An address that another voter claims is left to that one.
std::vector<Endpoint> Roster::addresses_of(const std::string& node, const Endpoint& last_known) const {
  std::vector<Endpoint> addresses = {address_of(node).value_or(last_known)};
  for (const ClusterMember& claim : claims_) {
    const bool dialed = claim.node == node && !SYNCER_MUTATED("cluster.ignore_claims");
    if (dialed) addresses.push_back(claim.address);
  }
  const auto is_taken = [&](const Endpoint& address) {
    return std::any_of(claims_.begin(), claims_.end(),
                       [&](const ClusterMember& claim) { return claim.node != node && claim.address == address; });
  };
  if (addresses.size() > 1 && is_taken(addresses.front())) addresses.erase(addresses.begin());
  return addresses;
}

bool Roster::is_there(const VoterSlot& slot) const {
  if (slot.node == config_.node) return slot.disk == voters_.disk;
  const wire::ClusterHello* announced = hello(slot.node);
  return announced != nullptr && announced->disk == slot.disk;
}

bool Roster::is_held(raft::Index version) const {
  const std::optional<wire::ClusterHello> list = latest_list();
  return list && list->group == voters_.group && list->list_version >= version;
}

std::optional<wire::ClusterHello> Roster::latest_list() const {
  const std::vector<ClusterLinks::Introduction> announced = links_.introductions();
  const wire::ClusterHello* latest = nullptr;
  for (const auto& [hello, from] : announced) {
    const bool later = latest == nullptr || hello.list_version > latest->list_version;
    const bool possible = hello.stage == VoterStage::Voting && !has_other_voters(hello);
    if (possible && later && is_majority(hello, announced)) latest = &hello;
  }
  return latest == nullptr ? std::nullopt : std::optional(*latest);
}

bool Roster::is_majority(const wire::ClusterHello& list,
                         const std::vector<ClusterLinks::Introduction>& announced) const {
  std::size_t count = 0;
  std::set<std::array<std::uint8_t, 16>> hosts;
  for (const auto& [other, from] : announced) {
    const VoterSlot* own = find_slot(list.slots, other.node);
    const bool agrees = other.stage == VoterStage::Voting && other.group == list.group &&
                        other.list_version == list.list_version && same_slots(other.slots, list.slots) &&
                        own != nullptr && own->disk == other.disk;
    if (!agrees) continue;
    const bool apart = !names_prove_nothing() || from.is_loopback() || from.address == config_.address.address;
    if (apart || hosts.insert(from.address).second || SYNCER_MUTATED("cluster.count_one_host_twice")) ++count;
  }
  return count > list.slots.size() / 2 || SYNCER_MUTATED("cluster.believe_any_list");
}

bool Roster::has_other_voters(const wire::ClusterHello& list) const {
  const bool ours = voters_.stage == VoterStage::Voting && list.group == voters_.group;
  return ours && !same_names(list.slots, voters_.slots) && !SYNCER_MUTATED("cluster.believe_in_other_voters");
}

bool Roster::names_prove_nothing() const {
  return config_.keys.empty() && config_.certificates != CertificateRule::Required;
}

std::optional<Endpoint> Roster::address_of(std::string_view node) const {
  for (const ClusterMember& member : members_) {
    if (member.node == node) return member.address;
  }
  return std::nullopt;
}

}  // namespace syncer::cluster
