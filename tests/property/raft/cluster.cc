// SPDX-License-Identifier: Apache-2.0
#include "tests/property/raft/cluster.h"

#include <algorithm>

namespace syncer::raft::property {
namespace {

/// The state machine of the tests is one number: the digest of everything applied.
Bytes encode_state(std::uint64_t state) {
  Bytes out;
  ByteWriter(out).u64(state);
  return out;
}

std::uint64_t decode_state(const Bytes& state) { return state.empty() ? 0 : ByteReader(state).u64(); }

Bytes identity_of(VoterId id) { return "group/" + std::to_string(id.value); }

void store(Stored& disk, const Persist& persist) {
  if (persist.snapshot) disk.snapshot = *persist.snapshot;
  if (persist.rewrite) {
    disk.base = persist.base;
    disk.entries.clear();
  }
  disk.entries.insert(disk.entries.end(), persist.entries.begin(), persist.entries.end());
  if (persist.hard_state) disk.hard_state = *persist.hard_state;
}

}  // namespace

Cluster::Cluster(std::size_t voters, Options options, std::uint64_t seed)
    : options_(options), random_(Random(seed).stream("cluster")), safety_(voters) {
  for (std::size_t i = 1; i <= voters; ++i) {
    Node& node = nodes_[VoterId{i}];
    node.rate = 900 + static_cast<std::int64_t>(random_.below(201));
    durable_[VoterId{i}] = Stored{};
  }
  for (const VoterId id : ids()) restart(id);
}

std::vector<VoterId> Cluster::ids() const {
  std::vector<VoterId> out;
  for (const auto& [id, node] : nodes_) out.push_back(id);
  return out;
}

std::vector<VoterId> Cluster::up() const {
  std::vector<VoterId> out;
  for (const auto& [id, node] : nodes_) {
    if (node.raft) out.push_back(id);
  }
  return out;
}

Instant Cluster::local(const Node& node) const { return instant(nanos(now_) / 1000 * node.rate); }

/// When the node's next deadline has certainly passed on its own clock.
Instant Cluster::due(const Node& node) const {
  if (!node.raft || node.raft->next_deadline() == kNever) return kNever;
  return std::max(now_, instant((nanos(node.raft->next_deadline()) / node.rate + 1) * 1000));
}

void Cluster::run_for(Duration span) {
  const Instant end = now_ + span;
  while (now_ < end) run_next(end);
}

void Cluster::run_next(Instant limit) {
  const auto flight = std::min_element(flights_.begin(), flights_.end(), [](const Flight& a, const Flight& b) {
    return std::pair(a.at, a.sequence) < std::pair(b.at, b.sequence);
  });
  const Instant arrival = flight == flights_.end() ? kNever : flight->at;
  std::pair<Instant, VoterId> timer{kNever, kNobody};
  std::pair<Instant, VoterId> write{kNever, kNobody};
  for (auto& [id, node] : nodes_) {
    timer = std::min(timer, {due(node), id});
    if (node.raft) write = std::min(write, {node.write_done, id});
  }
  const Instant next = std::min({arrival, timer.first, write.first, limit});
  now_ = std::max(now_, next);
  if (next == limit) return;
  if (next == write.first) return finish_write(write.second);
  if (next == arrival) return deliver(static_cast<std::size_t>(flight - flights_.begin()));
  std::vector<Output> outputs;
  Node& node = nodes_.at(timer.second);
  node.raft->advance(local(node), outputs);
  handle(timer.second, outputs);
}

void Cluster::deliver(std::size_t at) {
  const Message message = flights_[at].message;
  flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(at));
  Node& node = nodes_.at(message.to);
  if (!node.raft || cut_.count({message.from, message.to}) == 1) return;
  std::vector<Output> outputs;
  node.raft->receive(local(node), message.from, message, outputs);
  handle(message.to, outputs);
}

void Cluster::finish_write(VoterId id) {
  Node& node = nodes_.at(id);
  if (!node.disk.complete_one()) {
    node.write_done = now_ + random_.between(Duration(0), weather.max_write);
    return;
  }
  node.write_done = kNever;
  store(durable_.at(id), *std::exchange(node.writing, {}));
  std::vector<Output> outputs;
  node.raft->on_persisted(local(node), outputs);
  handle(id, outputs);
}

void Cluster::handle(VoterId id, std::vector<Output>& outputs) {
  for (Output& output : outputs) handle_one(id, output);
  check(id);
}

void Cluster::handle_one(VoterId id, Output& output) {
  Node& node = nodes_.at(id);
  if (auto* persist = std::get_if<Persist>(&output)) begin_write(node, std::move(*persist));
  if (const auto* sent = std::get_if<Send>(&output)) {
    safety_.on_sent(sent->message, durable_);
    put_on_wire(sent->message);
  }
  if (const auto* apply = std::get_if<Apply>(&output)) {
    for (const Entry& entry : apply->entries) {
      node.state = safety_.on_applied(id, node.applied, node.state, entry);
      node.applied = entry.index;
    }
  }
  if (const auto* restored = std::get_if<Restore>(&output)) {
    node.state = decode_state(restored->snapshot.state);
    node.applied = restored->snapshot.at.index;
    safety_.on_restored(restored->snapshot, node.state);
  }
  if (const auto* dropped = std::get_if<Dropped>(&output)) safety_.on_dropped(*dropped);
}

void Cluster::begin_write(Node& node, Persist persist) {
  node.disk.issue(node.journal.plan(persist));
  node.writing = std::move(persist);
  node.write_done = now_ + random_.between(Duration(0), weather.max_write);
}

void Cluster::put_on_wire(const Message& message) {
  if (random_.hits(weather.loss)) return;
  const int copies = random_.hits(weather.duplicate) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    Duration latency = random_.between(weather.min_latency, weather.max_latency);
    if (random_.hits(weather.straggler)) latency += random_.between(Duration(0), 2 * options_.election_timeout);
    flights_.push_back(Flight{now_ + latency, ++sequence_, message});
  }
}

void Cluster::check(VoterId id) {
  const Node& node = nodes_.at(id);
  safety_.observe(node.raft->raft(), node.run, durable_);
  const std::set<VoterId> writers = this->writers();
  if (writers.size() > 1) throw Violation("S1 one writer: two leaders hold a write lease");
  for (const VoterId writer : writers) Safety::on_writer(nodes_.at(writer).raft->raft());
  digest_.add(static_cast<std::uint64_t>(nanos(now_)));
  node.raft->hash(digest_);
}

std::set<VoterId> Cluster::writers() const {
  std::set<VoterId> out;
  for (const auto& [id, node] : nodes_) {
    if (node.raft && node.raft->may_write(local(node))) out.insert(id);
  }
  return out;
}

void Cluster::crash(VoterId id) {
  Node& node = nodes_.at(id);
  node.disk.cut_power(random_);
  node.raft.reset();
  node.write_done = kNever;
}

void Cluster::restart(VoterId id) {
  Node& node = nodes_.at(id);
  Result<Recovery> recovery = recover(node.disk.image(), identity_of(id));
  if (!recovery) throw Violation("V2 power cut: " + to_string(recovery.error()));
  const bool replacing = node.writing && node.writing->rewrite;
  Safety::on_recovered(durable_.at(id), recovery->stored, replacing);
  node.writing.reset();
  node.disk.issue(recovery->repairs);
  node.disk.complete_all();
  node.journal = recovery->journal;
  durable_.at(id) = recovery->stored;
  node.applied = recovery->stored.snapshot.at.index;
  node.state = decode_state(recovery->stored.snapshot.state);
  ++node.run;
  const Random random = random_.stream(id.value * 1000 + static_cast<std::uint64_t>(node.run));
  node.raft.emplace(id, ids(), options_, random, local(node), std::move(recovery->stored));
  std::vector<Output> outputs;
  node.raft->advance(local(node), outputs);
  handle(id, outputs);
}

void Cluster::isolate(VoterId id) {
  for (const VoterId other : ids()) {
    cut(id, other);
    cut(other, id);
  }
}

bool Cluster::propose() {
  const std::optional<VoterId> to = leader();
  return to && propose_at(*to);
}

bool Cluster::propose_at(VoterId id) {
  Node& node = nodes_.at(id);
  std::vector<Output> outputs;
  const bool taken = node.raft->propose(local(node), "command " + std::to_string(++commands_), outputs).has_value();
  handle(id, outputs);
  return taken;
}

void Cluster::take_snapshot(VoterId id) {
  Node& node = nodes_.at(id);
  std::vector<Output> outputs;
  node.raft->take_snapshot(local(node), encode_state(node.state), outputs);
  handle(id, outputs);
}

void Cluster::transfer(VoterId from, VoterId to) {
  Node& node = nodes_.at(from);
  std::vector<Output> outputs;
  node.raft->transfer(local(node), to, outputs);
  handle(from, outputs);
}

std::optional<VoterId> Cluster::leader() const {
  std::optional<VoterId> best;
  for (const VoterId id : up()) {
    if (raft(id).is_leader() && (!best || raft(id).term() > raft(*best).term())) best = id;
  }
  return best;
}

Term Cluster::highest_term() const {
  Term highest = 0;
  for (const VoterId id : up()) highest = std::max(highest, raft(id).term());
  return highest;
}

bool Cluster::settled() const {
  const std::optional<VoterId> first = leader();
  if (!first) return false;
  const Log& log = raft(*first).raft().log();
  const auto up_to_date = [&](VoterId id) {
    const Log& own = raft(id).raft().log();
    return raft(id).leader() == *first && own.last() == log.last() && nodes_.at(id).applied == log.last().index;
  };
  const std::vector<VoterId> all = up();
  return log.term_at(log.commit()) == raft(*first).term() && std::all_of(all.begin(), all.end(), up_to_date);
}

}  // namespace syncer::raft::property
