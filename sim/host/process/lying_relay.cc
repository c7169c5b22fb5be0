// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/lying_relay.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "syncer/node/node.h"
#include "syncer/peering/peering.h"
#include "syncer/registry/record.h"
#include "syncer/wire/frame/pack.h"

namespace sim::host {

namespace replication = syncer::replication;
namespace registry = syncer::registry;
namespace wire = syncer::wire;
using syncer::Bytes;
using syncer::LinkId;

namespace {

/// Where all who are lied about are to be found.
constexpr const char* kElsewhere = "10.66.6.6";
/// After so many heartbeats of its own without a word of a region, the relay speaks for it.
constexpr int kSilence = 2;

/// One more instance of some service of the region, elsewhere; empty where it has none.
std::pair<Bytes, Bytes> invention(const replication::Replica& held) {
  for (const auto& [key, known] : held.records()) {
    auto name = registry::decode_key(key);
    auto record = registry::decode_record(known.payload);
    if (!name || !record || name->kind != registry::RecordKind::Instance) continue;
    name->id += "-invented";
    record->instance.host_name += "-invented";
    for (auto& endpoint : record->instance.endpoints) endpoint.host = kElsewhere;
    return {registry::encode_key(*name), registry::encode_record(*record)};
  }
  return {};
}

bool offers(const wire::Ways& ways, const std::string& region) {
  return std::any_of(ways.ways.begin(), ways.ways.end(), [&](const wire::Way& way) { return way.region == region; });
}

}  // namespace

Bytes LyingRelay::lie_about(Story& story, const Bytes& key, const Bytes& payload) const {
  story.altered.erase(key);
  auto record = registry::decode_record(payload);
  const auto names = registry::decode_key(key);
  const bool is_instance = names && names->kind == registry::RecordKind::Instance;
  if (lie_ != RelayLie::Alters || !record || !is_instance) return payload;
  for (auto& endpoint : record->instance.endpoints) endpoint.host = kElsewhere;
  const Bytes told = registry::encode_record(*record);
  story.altered.insert_or_assign(key, std::pair(payload, told));
  return told;
}

syncer::Hash128 LyingRelay::difference(const Story& story) const {
  replication::SetHash sums;
  for (const auto& [key, payloads] : story.altered) {
    if (!payloads.first.empty()) sums.remove(key, syncer::hash64(payloads.first));
    sums.add(key, syncer::hash64(payloads.second));
  }
  return sums.total();
}

void LyingRelay::tell(const syncer::node::Node& node, Story& story, wire::Passed& passed) const {
  if (auto* push = std::get_if<replication::Push>(&passed.message)) {
    for (replication::Entry& entry : push->entries) {
      if (entry.op == replication::Op::Put) entry.payload = lie_about(story, entry.key, entry.payload);
      if (entry.op == replication::Op::Del) story.altered.erase(entry.key);
    }
    if (push->last == push->head) push->set_hash += difference(story);
  } else if (auto* chunk = std::get_if<replication::Chunk>(&passed.message)) {
    for (auto& item : chunk->items) item.payload = lie_about(story, item.key, item.payload);
    for (const auto& [key, payloads] : story.altered) {
      const bool begins = chunk->full && chunk->index == 0 && payloads.first.empty();
      if (begins) chunk->items.push_back({key, payloads.second});
    }
    chunk->live += story.invented ? 1 : 0;
    chunk->set_hash += difference(story);
  } else if (auto* beat = std::get_if<replication::Heartbeat>(&passed.message)) {
    beat->live += story.invented ? 1 : 0;
    beat->set_hash += difference(story);
  } else if (auto* said = std::get_if<replication::Attestation>(&passed.message)) {
    const replication::Replica* held = node.peering().replica(passed.region);
    if (held == nullptr || !held->digest()) return;
    if (lie_ == RelayLie::Invents && !story.invented) {
      auto [key, payload] = invention(*held);
      story.invented = !key.empty();
      if (story.invented) story.altered.insert_or_assign(std::move(key), std::pair(Bytes(), std::move(payload)));
    }
    said->live += story.invented ? 1 : 0;
    said->set_hash += difference(story);
    replication::SetDigest digest = *held->digest();
    for (const auto& [key, payloads] : story.altered) {
      if (!payloads.first.empty()) digest.remove(key, payloads.first);
      digest.add(key, payloads.second);
    }
    said->digest = digest.value();
  }
}

/// The last word again and again with higher numbers, as it is and as it was, for regions that say nothing any more;
/// the way to them stays on offer.
LyingRelay::Messages LyingRelay::keep_the_dead(LinkId link, wire::SyncMessage message) {
  Messages told;
  if (const auto* passed = std::get_if<wire::Passed>(&message)) {
    Story& story = stories_[{link, passed->region}];
    story.silent_beats = 0;
    if (const auto* said = std::get_if<replication::Attestation>(&passed->message)) story.said.push_back(*said);
  }
  const auto* own = std::get_if<replication::WriterMessage>(&message);
  const bool is_beat = own != nullptr && std::holds_alternative<replication::Heartbeat>(*own);
  const auto* ways = std::get_if<wire::Ways>(&message);
  bool takes_away = false;
  for (auto& [place, story] : stories_) {
    if (place.first != link || story.said.empty()) continue;
    if (is_beat) ++story.silent_beats;
    takes_away = takes_away || (ways != nullptr && !offers(*ways, place.second));
    if (!is_beat || story.silent_beats < kSilence) continue;
    replication::Attestation invented = story.said.back();
    invented.beat += static_cast<std::uint64_t>(story.silent_beats);
    told.emplace_back(wire::Passed{place.second, story.said.front()});
    told.emplace_back(wire::Passed{place.second, invented});
  }
  if (!takes_away) told.push_back(std::move(message));
  return told;
}

LyingRelay::Messages LyingRelay::repeat(LinkId link, wire::SyncMessage message) {
  const auto* passed = std::get_if<wire::Passed>(&message);
  if (passed == nullptr) return {std::move(message)};
  Story& story = stories_[{link, passed->region}];
  const auto* said = std::get_if<replication::Attestation>(&passed->message);
  if (said != nullptr && story.said.empty()) story.said.push_back(*said);
  if (story.said.empty()) return {std::move(message)};
  return {wire::Passed{passed->region, story.said.front()}};
}

/// Each begins with one of two parts of a repair.
LyingRelay::Messages LyingRelay::never_end(LinkId link, wire::SyncMessage message) {
  constexpr std::uint64_t kFarAhead = 1'000'000;
  const auto* passed = std::get_if<wire::Passed>(&message);
  if (passed == nullptr) return {std::move(message)};
  const auto* said = std::get_if<replication::Attestation>(&passed->message);
  if (said == nullptr) return {};
  const std::uint64_t seq = kFarAhead + ++stories_[{link, passed->region}].began;
  const wire::Passed reset{passed->region, replication::Reset{said->epoch, kFarAhead}};
  const wire::Passed part{passed->region, replication::Chunk{said->epoch, seq, false, 0, 2, 2, {}, {}, {}}};
  return {std::move(message), reset, part};
}

std::vector<Bytes> LyingRelay::instead_of(const syncer::node::Node& node, LinkId link, syncer::ByteView bytes) {
  wire::FrameReader reader(wire::kSyncProtocol);
  const Bytes stream = wire::preamble(wire::kSyncProtocol) + Bytes(bytes);
  syncer::ByteView rest = stream;
  const auto frame = reader.next(rest);
  if (!frame || !*frame || !rest.empty()) return {Bytes(bytes)};
  const bool is_packed = (*frame)->type == wire::kPackedType;
  const auto unpacked = is_packed ? wire::unpack_frame((*frame)->body)
                                  : syncer::Result<wire::Unpacked>({(*frame)->type, Bytes((*frame)->body)});
  if (!unpacked) return {Bytes(bytes)};
  auto message = wire::decode_sync(unpacked->type, unpacked->body);
  if (!message) return {Bytes(bytes)};
  std::vector<Bytes> frames;
  for (const wire::SyncMessage& said : instead_of(node, link, std::move(*message)))
    frames.push_back(wire::encode_sync(said));
  return frames;
}

LyingRelay::Messages LyingRelay::instead_of(const syncer::node::Node& node, LinkId link, wire::SyncMessage message) {
  switch (lie_) {
    case RelayLie::KeepsTheDead:
      return keep_the_dead(link, std::move(message));
    case RelayLie::Repeats:
      return repeat(link, std::move(message));
    case RelayLie::NeverEnds:
      return never_end(link, std::move(message));
    case RelayLie::Alters:
    case RelayLie::Invents:
      if (auto* passed = std::get_if<wire::Passed>(&message)) tell(node, stories_[{link, passed->region}], *passed);
  }
  return {std::move(message)};
}

}  // namespace sim::host
