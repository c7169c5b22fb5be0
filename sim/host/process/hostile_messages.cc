// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/hostile_messages.h"

#include <limits>
#include <variant>

#include "syncer/registry/record.h"

namespace sim::host {

namespace replication = syncer::replication;
namespace registry = syncer::registry;
namespace wire = syncer::wire;
using syncer::Bytes;
using syncer::Epoch;

namespace {

/// What it heard is remembered so far.
constexpr std::size_t kMostHeard = 64;
constexpr std::uint64_t kHighest = std::numeric_limits<std::uint64_t>::max();

template <class T>
void keep(std::vector<T>& heard, const T& value) {
  if (heard.size() < kMostHeard) heard.push_back(value);
}

}  // namespace

void HostileMessages::hear(const wire::SyncMessage& message) {
  if (const auto* hello = std::get_if<wire::Hello>(&message)) keep(epochs_, hello->epoch);
  if (const auto* welcome = std::get_if<wire::Welcome>(&message)) keep(epochs_, welcome->known_epoch);
  const auto* writer = std::get_if<replication::WriterMessage>(&message);
  const auto* heartbeat = writer != nullptr ? std::get_if<replication::Heartbeat>(writer) : nullptr;
  const auto* reader = std::get_if<replication::ReaderMessage>(&message);
  const auto* ack = reader != nullptr ? std::get_if<replication::Ack>(reader) : nullptr;
  if (heartbeat != nullptr) keep(hashes_, heartbeat->set_hash), seq_ = heartbeat->head;
  if (ack != nullptr) keep(hashes_, ack->set_hash), seq_ = ack->seq;
}

std::uint64_t HostileMessages::number(std::uint64_t near) {
  switch (random_.below(8)) {
    case 0:
      return kHighest - random_.below(3);
    case 1:
      return (std::uint64_t{1} << random_.below(64)) - random_.below(2);
    case 2:
      return random_.below(3);
    case 3:
      return near;
    default:
      return near + random_.below(4) - (near > 0 ? random_.below(2) : 0);
  }
}

Epoch HostileMessages::epoch() {
  const Epoch known = one(epochs_);
  const std::uint64_t generation = chance(4) ? number(known.generation) : known.generation;
  const std::uint64_t term = number(known.term);
  return {generation, term};
}

syncer::Hash128 HostileMessages::hash() {
  if (!chance(3)) return one(hashes_);
  const std::uint64_t high = random_.next();
  return {high, random_.next()};
}

Bytes HostileMessages::key() {
  if (chance(8)) return Bytes(random_.below(2000), static_cast<char>(random_.next()));
  if (chance(8)) return chance(2) ? registry::holding_key() : registry::released_key();
  registry::RecordKey key;
  key.kind = static_cast<registry::RecordKind>(random_.below(6));
  key.service = {"", "", "shop", chance(2) ? "cart" : "forged-" + std::to_string(random_.below(8)), "1.0.0"};
  if (key.kind != registry::RecordKind::Service) key.id = chance(2) ? "cart-1" : std::to_string(random_.below(64));
  return registry::encode_key(key);
}

Bytes HostileMessages::payload() {
  if (chance(6)) return Bytes(random_.below(4000), static_cast<char>(random_.next()));
  if (chance(4)) {
    return registry::encode_attachment(chance(2) ? "sc" : "none",
                                       chance(2) ? R"({"ServiceName":"x","level":"BACK"})" : R"({"schema":"s"})");
  }
  registry::InstanceRecord record;
  record.instance.host_name = "forged";
  const auto port = static_cast<std::uint16_t>(random_.below(65536));
  record.instance.endpoints = {{"rest", "10.66.6.6", port, chance(2), ""}};
  record.instance.metadata = {{"syncer.region", region()}, {"syncer.canary", region()}};
  record.instance.lease = static_cast<std::uint32_t>(number(120));
  record.instance.status = static_cast<registry::Status>(1 + random_.below(5));
  if (chance(2)) {
    record.native.kind = "sc";
    record.native.content = chance(2) ? R"({"InstanceId":"x","PROPERTIES":{"a":"b"},"status":"ODD"})" : "{";
  }
  return registry::encode_record(record);
}

wire::Hello HostileMessages::hello() {
  const std::string& who = node();
  const std::uint64_t run = chance(4) ? 0 : random_.next();
  const bool single = chance(2);
  const Epoch of = epoch();
  return {region(), chance(3) ? "liar" : who, run, single, of, number(seq_)};
}

wire::SyncMessage HostileMessages::answer() {
  const std::string& who = node();
  switch (random_.below(5)) {
    case 0:
      return wire::Redirect{syncer::Endpoint::v4(10, 66, 0, static_cast<std::uint8_t>(random_.below(256)), 30191)};
    case 1:
      return wire::Refuse{region(), who, "because", chance(2)};
    case 2:
      return hello();
    default: {
      const Epoch known = epoch();
      const std::uint64_t run = random_.next();
      return wire::Welcome{region(), who, run, known, chance(2) ? run : random_.next()};
    }
  }
}

replication::Push HostileMessages::push() {
  replication::Push push;
  push.epoch = epoch();
  push.prev = number(seq_);
  push.last = number(push.prev);
  push.head = number(push.last);
  push.set_hash = hash();
  const std::uint64_t count = random_.below(5);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t seq = chance(4) ? number(push.prev) : push.prev + 1 + i;
    const auto op = chance(3) ? replication::Op::Del : replication::Op::Put;
    Bytes at = key();
    push.entries.push_back({seq, op, std::move(at), op == replication::Op::Put ? payload() : Bytes()});
  }
  return push;
}

replication::Chunk HostileMessages::chunk() {
  replication::Chunk chunk;
  chunk.epoch = epoch();
  chunk.at_seq = number(seq_);
  chunk.full = chance(2);
  chunk.count = static_cast<std::uint32_t>(chance(3) ? number(2) : 1);
  chunk.index = static_cast<std::uint32_t>(chance(3) ? number(0) : 0);
  chunk.set_hash = hash();
  const std::uint64_t count = random_.below(5);
  for (std::uint64_t i = 0; i < count; ++i) {
    Bytes at = key();
    chunk.items.push_back({std::move(at), payload()});
  }
  chunk.live = chance(2) ? count : number(count);
  if (chance(4)) chunk.absent = {random_.next(), random_.next()};
  return chunk;
}

replication::WriterMessage HostileMessages::of_writer() {
  const Epoch at = epoch();
  switch (random_.below(6)) {
    case 0:
      return push();
    case 1:
      return chunk();
    case 2:
      return replication::Reset{at, number(seq_)};
    case 3: {
      replication::Buckets buckets;
      buckets.epoch = at;
      buckets.at_seq = number(seq_);
      buckets.live = number(2);
      buckets.set_hash = hash();
      buckets.sums[static_cast<std::size_t>(random_.below(replication::kBuckets))] = random_.next();
      return buckets;
    }
    default: {
      const std::uint64_t head = number(seq_);
      const std::uint64_t gc = number(0);
      const std::uint64_t live = number(2);
      const syncer::Hash128 set = hash();
      return replication::Heartbeat{at, head, gc, live, set, chance(2)};
    }
  }
}

replication::ReaderMessage HostileMessages::of_reader() {
  const Epoch at = epoch();
  const std::uint64_t seq = number(seq_);
  switch (random_.below(6)) {
    case 0:
      return replication::Pull{at, seq};
    case 1:
      return replication::BucketsRequest{at};
    case 2: {
      replication::BucketRequest request{at, seq, {}, {}};
      for (std::uint8_t bucket = 0; bucket < random_.below(8); ++bucket) request.buckets.push_back(bucket);
      return request;
    }
    case 3:
      return replication::SnapshotRequest{at};
    case 4:
      return replication::ChunkRequest{at, seq, static_cast<std::uint32_t>(number(1))};
    default:
      return replication::Ack{at, seq, hash()};
  }
}

wire::ClusterHello HostileMessages::voter(const std::string& to) {
  std::vector<const wire::ClusterHello*> others;
  for (const auto& [name, hello] : voters_) {
    if (name != to) others.push_back(&hello);
  }
  wire::ClusterHello said;
  if (!others.empty()) said = *one(others);
  if (others.empty() || chance(8)) said.node = node(), said.region = region();
  if (chance(4)) said.disk = random_.next();
  if (chance(4)) said.stage = static_cast<wire::VoterStage>(random_.below(3));
  if (chance(4)) said.list_version = number(said.list_version);
  if (chance(4)) said.term = number(said.term);
  if (chance(4)) said.group = number(said.group);
  if (chance(6) && !said.slots.empty()) said.slots.pop_back();
  if (chance(6) && !said.slots.empty()) said.slots.back().disk ^= random_.next();
  if (chance(8)) said.keys.emplace_back("0badbeef");
  return said;
}

syncer::raft::VoterId HostileMessages::voter_id() { return {chance(6) ? number(1) : 1 + random_.below(3)}; }

syncer::raft::Message HostileMessages::raft(const std::string& to) {
  namespace raft = syncer::raft;
  raft::Message said;
  said.type = static_cast<raft::MessageType>(random_.below(raft::kMessageTypes));
  const auto known = voters_.find(to);
  const raft::Term term = known != voters_.end() ? known->second.term : 1;
  said.from = voter_id();
  said.to = voter_id();
  said.target = voter_id();
  said.term = number(term + random_.below(4));
  said.log = {number(term), number(seq_)};
  said.commit = number(said.log.index);
  said.rejected = chance(2);
  said.by_transfer = chance(2);
  said.hint = number(said.log.index);
  const std::uint64_t count = random_.below(4);
  for (std::uint64_t i = 1; i <= count; ++i) {
    Bytes data = chance(2) ? Bytes("\xff\xff unreadable") : Bytes(random_.below(64), static_cast<char>(random_.next()));
    said.entries.push_back({chance(4) ? number(term) : said.term, said.log.index + i, std::move(data)});
  }
  if (said.type == raft::MessageType::InstallSnapshot) said.snapshot = raft::Snapshot{{term, number(4)}, payload()};
  return said;
}

}  // namespace sim::host
