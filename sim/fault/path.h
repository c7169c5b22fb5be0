// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "sim/engine/draws.h"
#include "sim/fault/latency.h"
#include "sim/fault/site.h"
#include "syncer/base/bytes.h"

namespace sim::fault {

/// Two-state Gilbert model of correlated loss: in the bad state packets are lost with `loss`.
struct BurstSpec {
  syncer::Ratio enter{};
  syncer::Ratio exit{1, 1};
  syncer::Ratio loss{1, 1};
  bool operator==(const BurstSpec&) const = default;
};

/// A share of datagrams arrives later by up to `extra`, so that others overtake them.
struct ReorderSpec {
  syncer::Ratio chance{};
  syncer::Duration extra{};
  bool operator==(const ReorderSpec&) const = default;
};

/// What happens to a connection attempt.
enum class ConnectFate : std::uint8_t { Accept, Refuse, Hang };

/// Properties of a link in one direction; a field that is not set leaves what an earlier rule (or the default) says.
struct LinkSpec {
  std::optional<LatencySpec> latency;  ///< default: const 500 µs
  std::optional<syncer::Ratio> loss;   ///< per packet; a stream retransmits instead
  std::optional<BurstSpec> burst;
  std::optional<syncer::Ratio> duplicate;  ///< datagrams only
  std::optional<ReorderSpec> reorder;      ///< datagrams only
  std::optional<syncer::Ratio> corrupt;    ///< datagrams: one to three flipped bits; streams: as loss (TCP checksum)
  std::optional<std::uint64_t> bandwidth;  ///< bits per second; 0 is unlimited
  std::optional<std::uint64_t> queue;  ///< bytes waiting for the bandwidth; more is dropped at the tail; 0 is unlimited
  std::optional<std::uint64_t> mtu;    ///< larger datagrams are dropped; 0 is unlimited
  std::optional<ConnectFate> connect;  ///< streams and HTTP
  std::optional<syncer::Duration> extra;  ///< added to each latency draw (slow pairs)
};

/// One line of a link table: applies to packets from any of `from` to any of `to` (and back, when `both`).
/// Rules are tried in order. A whole rule (`patch` false) replaces what earlier ones said: the last match wins. A
/// patch changes only the fields it sets.
struct LinkRule {
  Sites from;
  Sites to;
  bool both = false;
  bool patch = false;
  LinkSpec spec;
};

/// A link specification with every field decided. What each segment of a stream is asked about stands together: a world
/// of many regions has more links than a cache holds.
struct LinkModel {
  std::shared_ptr<const LatencyTable> latency;
  syncer::Duration extra{};
  std::uint64_t bandwidth = 0;
  syncer::Ratio loss{};
  syncer::Ratio corrupt{};
  BurstSpec burst{};
  syncer::Ratio duplicate{};
  ReorderSpec reorder{};
  std::uint64_t queue = 0;
  std::uint64_t mtu = 0;
  ConnectFate connect = ConnectFate::Accept;
};

/// What a link does to one datagram.
struct DatagramVerdict {
  enum class Fate : std::uint8_t { Pass, Lost, Overflowed, TooBig };
  Fate fate = Fate::Pass;
  syncer::Duration delay{};
  bool corrupt = false;
  bool duplicate = false;
  syncer::Duration duplicate_delay{};
  syncer::Random bits{0};  ///< chooses the bits that flip, when corrupt
};

/// Flips one to three bits; nothing happens to empty bytes.
void flip_bits(syncer::Bytes& bytes, syncer::Random random);

/// One direction between two sites: draws the fate of each packet and keeps what the next one depends on (burst state,
/// queue). Each aspect of each packet has its own stream, so that switching one fault off shifts no other draw.
class Path {
 public:
  explicit Path(engine::Draws draws) : draws_(draws) {}

  void set_model(const LinkModel& model) { model_ = model; }
  const LinkModel& model() const { return model_; }

  DatagramVerdict datagram(syncer::Instant now, std::size_t size);
  /// Time until a stream segment has arrived: a loss is repaired by a retransmission after `timeout`, which doubles
  /// with every further one. Seven losses in a row count as six.
  syncer::Duration segment(syncer::Instant now, std::size_t size, syncer::Duration timeout);

 private:
  bool lost(syncer::Random packet);
  syncer::Duration latency(syncer::Random packet, std::uint64_t aspect) const;
  /// Time that the packet waits for the line and takes on it.
  syncer::Duration occupy(syncer::Instant now, std::size_t size);
  bool overflows(syncer::Instant now) const;

  engine::Draws draws_;
  bool burst_ = false;
  syncer::Instant line_free_{};
  LinkModel model_;
};

}  // namespace sim::fault
