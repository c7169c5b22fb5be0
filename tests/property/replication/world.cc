// SPDX-License-Identifier: Apache-2.0
#include "tests/property/replication/world.h"

namespace syncer::replication {
namespace {

Bytes key_name(std::size_t key) { return "key" + std::to_string(key); }

}  // namespace

World::World(Options options) : options_(options) {
  for (auto& reader : readers_) reader = std::make_unique<Replication>(options, now_);
  for (auto& reader : readers_) reader->writer_up(kWriter);
  fail_over(std::nullopt);
}

void World::fail_over(std::optional<std::size_t> lose) {
  State set = writer_ ? written() : State{};
  if (lose) set.erase(key_name(*lose));
  writer_ = std::make_unique<Replication>(options_, now_);
  Outputs out;
  for (std::size_t r = 0; r < kReaders; ++r) writer_->add_peer(reader_id(r));
  writer_->open_epoch(now_, epoch_, {set.begin(), set.end()}, out);
  ++epoch_.term;
  for (std::size_t r = 0; r < kReaders; ++r) writer_->reader_up(reader_id(r), out);
  take_writer(out);
}

void World::put(std::size_t key, std::size_t payload) {
  Outputs out;
  writer_->put(now_, key_name(key), "value" + std::to_string(payload), out);
  take_writer(out);
}

void World::erase(std::size_t key) {
  Outputs out;
  writer_->erase(now_, key_name(key), out);
  take_writer(out);
}

void World::pass(Duration time) {
  const Instant end = now_ + time;
  while (writer_->next_deadline() <= end) {
    now_ = std::max(now_, writer_->next_deadline());
    Outputs out;
    writer_->advance(now_, out);
    take_writer(out);
  }
  now_ = end;
}

void World::restart_reader(std::size_t reader) {
  readers_[reader] = std::make_unique<Replication>(options_, now_);
  readers_[reader]->writer_up(kWriter);
  applied_[reader] = {};
  removed_[reader].clear();
  restart_link(reader);
}

void World::restart_link(std::size_t reader) {
  readers_[reader]->writer_up(kWriter);
  Outputs out;
  writer_->reader_up(reader_id(reader), out);
  take_writer(out);
}

void World::pace(std::size_t reader, std::optional<std::size_t> turn_bytes) {
  Outputs out;
  writer_->set_pace(reader_id(reader), turn_bytes, out);
  take_writer(out);
}

void World::take_turn(std::size_t reader) {
  for (const RegionId origin : writer_->wanting(reader_id(reader))) {
    Outputs out;
    writer_->take_turn(reader_id(reader), origin, out);
    if (out.empty()) violate("a turn in which nothing is sent");
    take_writer(out);
  }
}

void World::deliver(std::size_t index, bool keep_a_copy) {
  if (under_way_.empty()) return;
  index %= under_way_.size();
  const Parcel parcel = under_way_[index];
  if (!keep_a_copy) under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(index));
  if (const auto* written = std::get_if<WriterMessage>(&parcel.message))
    return deliver_to_reader(parcel.reader, *written);
  Outputs out;
  writer_->receive(now_, reader_id(parcel.reader), std::get<ReaderMessage>(parcel.message), out);
  take_writer(out);
}

void World::deliver_to_reader(std::size_t reader, const WriterMessage& message) {
  const Version before = replica(reader).version();
  Outputs out;
  readers_[reader]->receive(now_, kWriter, message, out);
  take_reader(reader, out);
  check(reader, before);
  // The same again must change nothing (R11).
  const Version once = replica(reader).version();
  const Hash128 set = replica(reader).set_hash();
  Outputs again;
  readers_[reader]->receive(now_, kWriter, message, again);
  take_reader(reader, again);
  if (replica(reader).version() != once || replica(reader).set_hash() != set)
    violate("a doubled message changed something");
}

void World::lose(std::size_t index) {
  if (under_way_.empty()) return;
  under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(index % under_way_.size()));
}

void World::settle(Duration time) {
  for (const Instant end = now_ + time; now_ < end; pass(std::chrono::milliseconds(100))) {
    for (std::size_t reader = 0; reader < kReaders; ++reader) take_turn(reader);
    for (std::size_t budget = 100'000; !under_way_.empty() && budget > 0; --budget) deliver(0, false);
    if (!under_way_.empty()) return violate("messages without end");
  }
}

void World::take_writer(Outputs& out) {
  for (Output& output : out) {
    if (auto* publish = std::get_if<Publish>(&output)) {
      for (const RegionId to : publish->to)
        under_way_.push_back({static_cast<std::size_t>(to.value - 2), publish->message});
    } else if (const auto* appended = std::get_if<Appended>(&output)) {
      const Bytes* payload = writer_->log().find(appended->key);
      said_.push_back({appended->version, appended->op, appended->key, payload != nullptr ? *payload : Bytes()});
    } else if (std::get_if<EpochTooOld>(&output) != nullptr) {
      violate("a reader is ahead of the writer");
    }
  }
}

void World::take_reader(std::size_t reader, Outputs& out) {
  for (Output& output : out) {
    if (auto* ask = std::get_if<Ask>(&output))
      under_way_.push_back({reader, std::move(ask->message)});
    else if (const auto* changed = std::get_if<Changed>(&output))
      check_entry(reader, *changed);
    else if (const auto* bind = std::get_if<Bound>(&output))
      ++bound[bind->how];
    else if (std::get_if<StaleEpoch>(&output) != nullptr)
      ++stale;
    else if (std::get_if<Mismatch>(&output) != nullptr)
      ++mismatches;
    else if (const auto* dropped = std::get_if<Dropped>(&output))
      violate("dropped: " + std::string(dropped->reason));
  }
}

void World::check_entry(std::size_t reader, const Changed& changed) {
  if (changed.op == Op::Del) removed_[reader][changed.key] = changed.version;
  const auto removed = removed_[reader].find(changed.key);
  // A complete reload is the only other way a key may come back, and then at the place bound to.
  const bool resurrected =
      changed.op == Op::Put && removed != removed_[reader].end() && changed.version <= removed->second;
  if (resurrected) violate("R4: a removed key came back with an older version");
  if (changed.repaired) return;
  if (changed.version <= applied_[reader]) violate("R2: entries were applied out of order");
  applied_[reader] = changed.version;
}

void World::check(std::size_t reader, Version before) {
  const Replica& now = replica(reader);
  if (now.version() < before) violate("R2: a replica went back");
  if (!now.consistent()) return;
  if (state_of(reader) != fold(now.version())) violate("R3: a replica is not the fold of the log");
}

State World::state_of(std::size_t reader) const {
  State state;
  for (const auto& [key, record] : replica(reader).records()) state[key] = record.payload;
  return state;
}

State World::fold(Version at) const {
  State state;
  for (const Said& said : said_) {
    if (said.version.epoch != at.epoch || said.version.seq > at.seq) continue;
    if (said.op == Op::Put)
      state[said.key] = said.payload;
    else
      state.erase(said.key);
  }
  return state;
}

bool World::equal() const {
  for (std::size_t r = 0; r < kReaders; ++r) {
    const Replica& now = replica(r);
    if (now.version() != Version{log().epoch(), log().head()} || !now.consistent()) return false;
    if (now.set_hash() != log().set_hash().total() || state_of(r) != written()) return false;
  }
  return true;
}

}  // namespace syncer::replication
