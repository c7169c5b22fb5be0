// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "syncer/replication/replication.h"

namespace syncer::replication {

using State = std::map<Bytes, Bytes>;

/// One writer and two readers, with a network that may lose, double, delay and reorder single messages, and what the
/// writer ever said. Far worse than streams; what holds here holds there.
class World {
 public:
  static constexpr std::size_t kReaders = 2;
  static constexpr RegionId kWriter{1};
  static RegionId reader_id(std::size_t reader) { return RegionId{2 + reader}; }

  explicit World(Options options);

  void put(std::size_t key, std::size_t payload);
  void erase(std::size_t key);
  void pass(Duration time);
  /// The writer fails over: a new process, a higher epoch. `lose` an entry that vanished while nobody led.
  void fail_over(std::optional<std::size_t> lose);
  void restart_reader(std::size_t reader);
  void restart_link(std::size_t reader);
  /// What goes to a reader waits for turns of that many bytes, or no more.
  void pace(std::size_t reader, std::optional<std::size_t> turn_bytes);
  /// Its turn has come.
  void take_turn(std::size_t reader);
  /// Faults of the network: on the message at `index` (modulo what is under way).
  void deliver(std::size_t index, bool keep_a_copy);
  void lose(std::size_t index);
  /// No more faults: delivers in order until all is quiet, for so long.
  void settle(Duration time);

  const Replica& replica(std::size_t reader) const { return *readers_[reader]->replica(kWriter); }
  Replica& corrupt(std::size_t reader) { return const_cast<Replica&>(readers_[reader]->receiver(kWriter).replica()); }
  const OwnLog& log() const { return writer_->log(); }
  const Publisher& publisher() const { return writer_->publisher(); }
  State state_of(std::size_t reader) const;
  /// Fold of the writer's entries up to a version.
  State fold(Version at) const;
  State written() const { return fold({log().epoch(), log().head()}); }
  bool equal() const;

  /// First law that was broken, in words; empty while all hold.
  std::string broken;
  std::size_t mismatches = 0;
  std::size_t stale = 0;
  std::map<Bound::How, std::size_t> bound;

 private:
  struct Parcel {
    std::size_t reader;
    std::variant<WriterMessage, ReaderMessage> message;
  };
  struct Said {
    Version version;
    Op op;
    Bytes key;
    Bytes payload;
  };

  void deliver_to_reader(std::size_t reader, const WriterMessage& message);
  void take_writer(Outputs& out);
  void take_reader(std::size_t reader, Outputs& out);
  void check(std::size_t reader, Version before);
  void check_entry(std::size_t reader, const Changed& changed);
  void violate(std::string law) {
    if (broken.empty()) broken = std::move(law);
  }

  Options options_;
  Instant now_ = instant(0);
  Epoch epoch_{1, 1};
  std::unique_ptr<Replication> writer_;
  std::array<std::unique_ptr<Replication>, kReaders> readers_;
  std::array<Version, kReaders> applied_{};  // last entry of the log that was applied
  std::array<std::map<Bytes, Version>, kReaders> removed_;
  std::vector<Parcel> under_way_;
  std::vector<Said> said_;
};

}  // namespace syncer::replication
