// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/journal.h"

#include "syncer/base/mutation.h"
#include "syncer/raft/metadata.h"

namespace syncer::raft {

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
    const bool doubled = !SYNCER_MUTATED("election.single_metadata_copy");
    if (doubled) operations.push_back({keys::kSecondMetadata, metadata, false});
  }
  return operations;
}

}  // namespace syncer::raft
