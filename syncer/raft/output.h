// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "syncer/raft/message.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Write this, in this order, each durable before the next; then call Raft::on_persisted. One at a time.
struct Persist {
  std::optional<Snapshot> snapshot;
  /// The log file is replaced by `base` and `entries`; otherwise `entries` go to its end.
  bool rewrite = false;
  Position base;
  std::vector<Entry> entries;
  std::optional<HardState> hard_state;
};

/// Send to the voter `message.to`. May be lost, doubled and reordered.
struct Send {
  Message message;
};

/// These entries are committed: apply them, in order. Entries without data only open a term.
struct Apply {
  std::vector<Entry> entries;
};

/// Replace the applied state by this one.
struct Restore {
  Snapshot snapshot;
};

/// Role or known leader changed. A leader that may not yet write waits for EpochOpened.
struct RoleChanged {
  Term term = 0;
  Role role = Role::Follower;
  VoterId leader;
};

/// The first entry of this leader's term is committed: everything committed earlier is applied, the epoch begins.
struct EpochOpened {
  Term term = 0;
};

/// A message was not looked at.
struct Dropped {
  VoterId from;
  DropReason reason;
};

using Output = std::variant<Persist, Send, Apply, Restore, RoleChanged, EpochOpened, Dropped>;

}  // namespace syncer::raft
