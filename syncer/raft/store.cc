// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/store.h"

#include <algorithm>
#include <optional>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/raft/disk_format.h"
#include "syncer/raft/log.h"

namespace syncer::raft {
namespace {

std::optional<Bytes> value_of(const StoreImage& image, std::string_view key) {
  const auto found = image.find(key);
  if (found == image.end()) return std::nullopt;
  return found->second;
}

tl::unexpected<Error> broken(std::string what) { return damaged("raft store", std::move(what)); }

/// A new store. Nothing but the identity makes it one that may have promised something, so that is written last.
Recovery bootstrap(ByteView identity, HardState state = {}) {
  const Bytes log = encode_log(0, {}, {});
  const Bytes metadata = encode_metadata({0, state});
  Recovery recovery;
  recovery.fresh = true;
  recovery.stored.hard_state = state;
  recovery.journal = Journal(0, log.size(), 0);
  recovery.repairs = {{keys::kLog, log},
                      {keys::kMarks, encode_mark(0, log.size(), {})},
                      {keys::kFirstMetadata, metadata},
                      {keys::kSecondMetadata, metadata},
                      {keys::kIdentity, Bytes(identity)}};
  return recovery;
}

/// No vote was ever written behind what the store began with.
bool is_first_metadata(std::string_view key, const Bytes& file) {
  if (key != keys::kFirstMetadata && key != keys::kSecondMetadata) return false;
  const Result<RecoveredMetadata> read = recover_metadata(file, file);
  return read && read->metadata.version == 0;
}

/// The folder is new, or its bootstrap was cut short.
bool is_unused(const StoreImage& image) {
  if (image.count(keys::kIdentity) == 1) return false;
  const std::vector<StoreOperation> first_writes = bootstrap("").repairs;
  return std::all_of(image.begin(), image.end(), [&](const auto& file) {
    return is_first_metadata(file.first, file.second) ||
           std::any_of(first_writes.begin(), first_writes.end(),
                       [&](const StoreOperation& o) { return o.key == file.first && o.value == file.second; });
  });
}

Result<void> check_identity(const StoreImage& image, ByteView identity) {
  const std::optional<Bytes> owner = value_of(image, keys::kIdentity);
  if (!owner) return broken("the store has content but no identity");
  if (*owner == identity) return {};
  return failure(ErrorCode::Conflict, "raft store", "the store belongs to " + *owner + ", not to " + Bytes(identity));
}

Result<Snapshot> read_snapshot(const StoreImage& image) {
  const std::optional<Bytes> file = value_of(image, keys::kSnapshot);
  if (!file) return Snapshot{};
  return decode_snapshot(*file);
}

/// A snapshot may be ahead of the log: the cut came between the two writes. What the log lacks then, the snapshot has.
Result<void> join(Stored& stored, Snapshot snapshot) {
  if (snapshot.at.index < stored.base.index) return broken("the log begins behind the snapshot");
  const Log log(stored.base, stored.entries, stored.base.index, stored.base.index);
  if (!log.holds(snapshot.at)) {
    stored.base = snapshot.at;
    stored.entries.clear();
  }
  const Index last = stored.entries.empty() ? stored.base.index : stored.entries.back().index;
  if (stored.hard_state.commit > last) return broken("the log ends before an entry that was committed");
  stored.snapshot = std::move(snapshot);
  return {};
}

}  // namespace

std::vector<StoreOperation> Journal::plan(const Persist& persist) {
  std::vector<StoreOperation> operations;
  if (persist.snapshot) operations.push_back({keys::kSnapshot, encode_snapshot(*persist.snapshot), false});
  const Position last = persist.entries.empty() ? persist.base : persist.entries.back().at();
  if (persist.rewrite) {
    Bytes log = encode_log(++log_version_, persist.base, persist.entries);
    log_size_ = log.size();
    operations.push_back({keys::kLog, std::move(log), false});
    operations.push_back({keys::kMarks, encode_mark(log_version_, log_size_, last), false});
  } else if (!persist.entries.empty()) {
    Bytes records = encode_records(persist.entries);
    log_size_ += records.size();
    operations.push_back({keys::kLog, std::move(records), true});
    operations.push_back({keys::kMarks, encode_mark(log_version_, log_size_, last), true});
  }
  if (persist.hard_state) {
    const Bytes metadata = encode_metadata({++metadata_version_, *persist.hard_state});
    operations.push_back({keys::kFirstMetadata, metadata, false});
    const bool doubled = !SYNCER_MUTATED("raft.single_metadata_copy");
    if (doubled) operations.push_back({keys::kSecondMetadata, metadata, false});
  }
  return operations;
}

Result<Recovery> recover(const StoreImage& image, ByteView identity) {
  if (is_unused(image)) return bootstrap(identity);
  if (Result<void> own = check_identity(image, identity); !own) return tl::unexpected(own.error());
  const std::optional<Bytes> log_file = value_of(image, keys::kLog);
  const std::optional<Bytes> marks = value_of(image, keys::kMarks);
  if (!log_file || !marks) return broken("the log file or its persist marks are missing");
  Result<RecoveredMetadata> metadata =
      recover_metadata(value_of(image, keys::kFirstMetadata), value_of(image, keys::kSecondMetadata));
  if (!metadata) return tl::unexpected(metadata.error());
  Result<RecoveredLog> log = recover_log(*log_file, *marks);
  if (!log) return tl::unexpected(log.error());
  Result<Snapshot> snapshot = read_snapshot(image);
  if (!snapshot) return tl::unexpected(snapshot.error());

  Recovery recovery;
  recovery.stored = Stored{metadata->metadata.state, {}, log->base, std::move(log->entries)};
  if (Result<void> joined = join(recovery.stored, std::move(*snapshot)); !joined) return tl::unexpected(joined.error());
  recovery.journal = Journal(log->version, 0, metadata->metadata.version);
  // A fresh file with everything sealed in it: no leftovers behind the end, no marks that the next ones could
  // contradict.
  recovery.repairs = recovery.journal.plan(Persist{{}, true, recovery.stored.base, recovery.stored.entries, {}});
  SYNCER_SOMETIMES(metadata->repair, "raft.one_copy_of_the_vote_is_damaged");
  if (metadata->repair && !SYNCER_MUTATED("raft.leave_damaged_copy")) {
    const Bytes copy = encode_metadata(metadata->metadata);
    recovery.repairs.push_back({keys::kFirstMetadata, copy});
    recovery.repairs.push_back({keys::kSecondMetadata, copy});
  }
  return recovery;
}

Recovery take_over(ByteView identity, VoterId self, Term term) { return bootstrap(identity, HardState{term, self, 0}); }

}  // namespace syncer::raft
