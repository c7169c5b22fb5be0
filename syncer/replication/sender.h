// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "syncer/replication/transfer.h"

namespace syncer::replication {

/// What the writer knows of one reader, and what is under way to it.
class Sender {
 public:
  /// A link came up, or a new epoch was opened: nothing is known of the reader's place until it says so.
  void restart();
  void stop() {
    up_ = false;
    restart();
  }
  void start() {
    up_ = true;
    restart();
  }
  /// The reader is bound to our epoch at `seq`; what was under way is void.
  void rewind(std::uint64_t seq);
  /// The reader applied all up to `seq`.
  void acknowledge(std::uint64_t seq);
  /// The reader repairs or reloads: no pushes until it says where it is.
  void hold(std::optional<Transfer> transfer);
  /// A push up to `last` is under way.
  void sent(std::uint64_t last, std::size_t octets);

  bool up() const { return up_; }
  bool bound() const { return bound_; }
  std::uint64_t cursor() const { return cursor_; }
  /// Highest place it ever said to have reached in this epoch, across links.
  std::uint64_t acknowledged() const { return acknowledged_; }
  /// May get the entries after its cursor now.
  bool ready(std::size_t window_octets) const { return up_ && bound_ && unacknowledged_octets_ < window_octets; }
  Transfer* transfer() { return transfer_ ? &*transfer_ : nullptr; }
  /// A new epoch makes former acknowledgements void.
  void forget_acknowledged() {
    acknowledged_ = 0;
    proven_equal_ = false;
  }
  /// The reader's hash was the writer's at the head last acknowledged.
  bool proven_equal() const { return proven_equal_; }
  void set_proven_equal(bool equal) { proven_equal_ = equal; }

 private:
  struct Flight {
    std::uint64_t last;
    std::size_t octets;
  };

  bool up_ = false;
  bool bound_ = false;
  bool proven_equal_ = false;
  std::uint64_t cursor_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::deque<Flight> in_flight_;
  std::size_t unacknowledged_octets_ = 0;
  std::optional<Transfer> transfer_;
};

}  // namespace syncer::replication
