// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/time.h"
#include "syncer/ports/storage.h"

namespace syncer::node {

/// Where members of the pool were when they last answered us, kept on disk as serf does in its snapshot. They are asked
/// for the pool at the start, besides the addresses to join by: a pool is found again whose seed is ourselves, or gone.
/// Later they are asked where a name is held at another address than one that answered before: whoever is still there
/// says so, and lies about addresses end without waiting for a death.
///
/// Only who answered is kept, in the order in which they did so first. What answers later takes nobody's place who
/// answered within kKept; nor are there more than kMost of all, kMostOfOneHost of a host and kMostOfOneName of a name.
class MemberMemory {
 public:
  /// What the pool is known by: its label, and the addresses to join by as the operator wrote them.
  struct Pool {
    std::string label;
    std::vector<std::string> targets;
  };
  /// The address at which the pool holds a name, dead or alive; nothing when it holds none of that name.
  struct Held {
    Endpoint address;
    bool gone = false;
  };
  using Where = std::function<std::optional<Held>(std::string_view name)>;

  /// Borrows `storage`.
  MemberMemory(Storage& storage, Pool pool, std::function<CallId()> next_call)
      : storage_(storage), pool_(std::move(pool)), next_call_(std::move(next_call)) {}

  /// Reads the disk. A value that is not as it was written counts for nothing, nor does one of another pool: of another
  /// label, or when an operator gave addresses to join by of which neither these were any nor a member is there.
  Result<void> load();
  /// The process begins: all that are remembered are to be asked.
  void start(Instant now);
  /// A member answered there what only it can have been asked.
  void answered(Instant now, const std::string& name, const Endpoint& address);
  /// Who is held where changed.
  void members_changed(Instant now) { next_look_ = std::min(next_look_, now); }
  /// Addresses to ask now, each again with back-off for as long as there is cause. `alone`: no member is there.
  std::vector<Endpoint> take_due(Instant now, bool alone, const Where& where);
  Instant next_deadline() const { return writing_ ? next_look_ : std::min(next_look_, write_due_); }
  /// Writes down what changed: soon, but on and on once a minute at most.
  void advance(Instant now);
  /// False when the write is none of ours; the error when it failed. Then it is tried again a minute later.
  Result<bool> on_stored(Instant now, CallId call, const Result<void>& outcome);
  std::size_t size() const { return rows_.size(); }

  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kMostOfOneHost = 16;
  static constexpr std::size_t kMostOfOneName = 4;
  /// Who answered within this time, or was remembered at the start within it, gives way to nobody.
  static constexpr Duration kKept = std::chrono::minutes(5);

 private:
  struct Row {
    std::string name;
    Endpoint address;
    Instant answered{};  ///< or the start of this process
    bool heard = false;  ///< by this process
    Duration wait{};     ///< after the next question
    Instant next{};      ///< not asked before
  };

  bool is_of_this_pool(const std::vector<std::string>& targets) const;
  bool decode(ByteView value);
  Bytes encode() const;
  bool make_room(Instant now, const std::string& name, const Endpoint& address);
  template <class Same>
  bool make_room_among(Instant now, std::size_t most, Same same);
  bool is_missed(Instant now, const Row& row, bool alone, const Where& where) const;
  bool answered_before(const Row& row, const Endpoint& other) const;
  void note_change(Instant now);

  Storage& storage_;
  Pool pool_;
  std::function<CallId()> next_call_;
  std::vector<Row> rows_;  // the one that answered first comes first
  bool was_alone_ = false;
  Instant next_look_ = kNever;
  Instant write_due_ = kNever;
  Instant allowance_{};  // one write takes kPause of it
  Bytes stored_;         // as it is on disk, or is being written
  std::optional<CallId> writing_;
};

}  // namespace syncer::node
