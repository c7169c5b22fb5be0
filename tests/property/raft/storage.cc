// SPDX-License-Identifier: Apache-2.0
#include "tests/property/raft/storage.h"

#include <algorithm>

#include "syncer/raft/store.h"
#include "tests/property/raft/disk.h"

namespace syncer::raft::property {
namespace {

constexpr std::string_view kOwner = "group/1";
constexpr std::size_t kSector = 16;

/// A store with a random history, and the state that history stands for.
class Store {
 public:
  explicit Store(std::uint64_t seed) : random_(Random(seed).stream("store")) {
    disk_.issue(recover({}, kOwner)->repairs);
    disk_.complete_all();
    const Bytes empty_log = disk_.value(keys::kLog);
    journal_ = Journal(0, empty_log.size(), 0);
  }

  Persist next_persist() {
    Persist persist;
    const std::uint64_t draw = random_.below(10);
    if (draw < 6) persist.entries = new_entries(last());
    if (draw == 6 && !model_.entries.empty()) withdraw(persist);
    if (draw == 7 && !model_.entries.empty()) shorten(persist);
    const bool empty = persist.entries.empty() && !persist.rewrite;
    if (empty || random_.below(3) == 0) {
      term_ += random_.below(2);
      persist.hard_state = HardState{std::max(term_, model_.hard_state.term + 1), VoterId{1 + random_.below(3)}, 0};
      term_ = persist.hard_state->term;
    }
    return persist;
  }

  std::vector<StoreOperation> plan(const Persist& persist) { return journal_.plan(persist); }

  void write(const Persist& persist) {
    disk_.issue(plan(persist));
    disk_.complete_all();
    remember(persist);
  }

  void remember(const Persist& persist) {
    if (persist.snapshot) model_.snapshot = *persist.snapshot;
    if (persist.rewrite) {
      model_.base = persist.base;
      model_.entries.clear();
    }
    model_.entries.insert(model_.entries.end(), persist.entries.begin(), persist.entries.end());
    if (persist.hard_state) model_.hard_state = *persist.hard_state;
  }

  const Stored& model() const { return model_; }
  Disk& disk() { return disk_; }
  Random& random() { return random_; }

 private:
  Position last() const { return model_.entries.empty() ? model_.base : model_.entries.back().at(); }

  std::vector<Entry> new_entries(Position after) {
    std::vector<Entry> out;
    term_ = std::max(term_ + random_.below(2), after.term);
    for (std::uint64_t n = 1 + random_.below(3); n > 0; --n) {
      Bytes data(random_.below(40), 'x');
      for (char& c : data) c = static_cast<char>(random_.below(256));
      out.push_back(Entry{term_, ++after.index, data});
    }
    return out;
  }

  void withdraw(Persist& persist) {
    persist.rewrite = true;
    persist.base = model_.base;
    persist.entries = model_.entries;
    persist.entries.pop_back();
    const Position end = persist.entries.empty() ? persist.base : persist.entries.back().at();
    for (Entry& entry : new_entries(end)) persist.entries.push_back(std::move(entry));
  }

  void shorten(Persist& persist) {
    const std::size_t drop = 1 + random_.below(model_.entries.size());
    const Position covered = model_.entries[drop - 1].at();
    persist.snapshot = Snapshot{covered, "state " + std::to_string(covered.index)};
    persist.rewrite = true;
    persist.base = covered;
    persist.entries.assign(model_.entries.begin() + static_cast<std::ptrdiff_t>(drop), model_.entries.end());
  }

  Random random_;
  Disk disk_;
  Journal journal_{0, 0, 0};
  Stored model_;
  Term term_ = 1;
};

bool is_prefix(const std::vector<Entry>& shorter, const std::vector<Entry>& longer) {
  return shorter.size() <= longer.size() && std::equal(shorter.begin(), shorter.end(), longer.begin());
}

/// What a cut inside a write may leave: each part old or new, an append in part.
Broken check_cut(const Store& store, const Stored& after, const Persist& persist, const StoreImage& image) {
  const Result<Recovery> recovery = recover(image, kOwner);
  if (!recovery) return "V2 power cut: " + to_string(recovery.error());
  const Stored& before = store.model();
  const Stored& found = recovery->stored;
  if (found.hard_state != before.hard_state && found.hard_state != after.hard_state) return "V1 recovery: another vote";
  if (persist.rewrite) {
    const bool whole = found.entries == before.entries || found.entries == after.entries;
    return whole ? Broken{} : Broken{"V1 recovery: a replaced log is a mixture"};
  }
  const bool kept = is_prefix(before.entries, found.entries) && is_prefix(found.entries, after.entries);
  return kept ? Broken{} : Broken{"V1 recovery: entries that were durable are gone or altered"};
}

Store aged_store(std::uint64_t seed) {
  Store store(seed);
  for (std::uint64_t n = 3 + store.random().below(10); n > 0; --n) store.write(store.next_persist());
  return store;
}

/// Opening a damaged image: refusing is right, and so is opening it with the content it had.
Broken check_damage(const Store& store, const StoreImage& image, const std::string& what) {
  const Result<Recovery> recovery = recover(image, kOwner);
  if (!recovery) {
    const bool explains =
        recovery.error().code == ErrorCode::Conflict || recovery.error().detail.find("Restore") != std::string::npos;
    return explains ? Broken{} : Broken{"a refusal does not say how to repair: " + to_string(recovery.error())};
  }
  if (recovery->stored == store.model()) return std::nullopt;
  return "V3 damage: opened with altered content after " + what;
}

std::string_view any_key(Store& store) {
  const StoreImage image = store.disk().image();
  auto file = image.begin();
  std::advance(file, static_cast<std::ptrdiff_t>(store.random().below(image.size())));
  return file->first;
}

}  // namespace

Broken power_cut_is_refused(std::uint64_t seed) {
  Store store(seed);
  for (int round = 0; round < 12; ++round) {
    const Persist persist = store.next_persist();
    Store later = store;
    later.remember(persist);
    for (const StoreOperation& operation : store.plan(persist)) {
      for (std::size_t kept = operation.append ? 0 : operation.value.size(); kept <= operation.value.size(); ++kept) {
        Disk cut = store.disk();
        cut.issue({{operation.key, operation.value.substr(0, kept), operation.append}});
        cut.complete_all();
        if (Broken broken = check_cut(store, later.model(), persist, cut.image())) return broken;
      }
      store.disk().issue({operation});
      store.disk().complete_all();
    }
    store.remember(persist);
    const Result<Recovery> whole = recover(store.disk().image(), kOwner);
    if (!whole) return "V2 power cut: " + to_string(whole.error());
    if (!(whole->stored == store.model())) return "V1 recovery: not what was stored";
  }
  return std::nullopt;
}

Broken flipped_bit_is_taken(std::uint64_t seed) {
  Store store = aged_store(seed);
  const std::string_view key = any_key(store);
  Bytes& file = store.disk().value(key);
  if (file.empty()) return std::nullopt;
  file[store.random().below(file.size())] ^= static_cast<char>(1U << store.random().below(8));
  return check_damage(store, store.disk().image(), "a flipped bit in " + std::string(key));
}

Broken lost_sector_is_taken(std::uint64_t seed) {
  Store store = aged_store(seed);
  const std::string_view key = any_key(store);
  Bytes& file = store.disk().value(key);
  if (file.empty() || store.random().below(8) == 0) {
    store.disk().erase(key);
  } else {
    const std::size_t at = store.random().below(file.size() / kSector + 1) * kSector;
    for (std::size_t i = at; i < std::min(at + kSector, file.size()); ++i) file[i] = '\0';
  }
  return check_damage(store, store.disk().image(), "a lost sector of " + std::string(key));
}

Broken stale_file_is_taken(std::uint64_t seed) {
  Store store = aged_store(seed);
  Store old = store;
  for (std::uint64_t n = 1 + store.random().below(4); n > 0; --n) store.write(store.next_persist());
  const std::string_view key = any_key(store);
  // Without a newer mark or base, an older snapshot under a log that reaches back to it is no damage.
  if (key == keys::kSnapshot || old.disk().image().count(key) == 0) return std::nullopt;
  store.disk().value(key) = old.disk().value(key);
  return check_damage(store, store.disk().image(), "an old " + std::string(key));
}

Broken reordered_sectors_are_taken(std::uint64_t seed) {
  Store store = aged_store(seed);
  Persist persist;
  while (persist.entries.empty() || persist.rewrite) persist = store.next_persist();
  const Bytes records = store.plan(persist).front().value;
  Bytes arrived = records.substr(0, store.random().below(records.size() + 1));
  for (std::size_t at = 0; at < arrived.size(); at += kSector) {
    if (store.random().below(2) == 0) continue;
    for (std::size_t i = at; i < std::min(at + kSector, arrived.size()); ++i) arrived[i] = '\0';
  }
  Store later = store;
  later.remember(persist);
  store.disk().issue({{keys::kLog, arrived, true}});
  store.disk().complete_all();
  return check_cut(store, later.model(), persist, store.disk().image());
}

}  // namespace syncer::raft::property
