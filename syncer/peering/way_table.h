// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/time.h"
#include "syncer/wire/sync/ways.h"

namespace syncer::peering {

/// The ways that neighbours offer to the records of other regions, and the best of them. What passes us, goes in a
/// circle or is too long is no way. Knows no links; what a neighbour offers is to be withdrawn with its link.
class WayTable {
 public:
  /// Links between a region and its reader, at most.
  static constexpr std::size_t kMaxHops = 3;
  /// A way that brought nothing is left alone for so long.
  static constexpr Duration kPause = std::chrono::seconds(10);
  /// One that brought what its region did not say, for so long.
  static constexpr Duration kDistrust = std::chrono::seconds(60);

  explicit WayTable(std::string own) : own_(std::move(own)) {}

  /// Replaces what the neighbour offered before.
  void offer(const std::string& neighbour, const std::vector<wire::Way>& ways);
  void withdraw(const std::string& neighbour);
  /// The way that a neighbour offers, or with its own name the region itself; nullptr when there is none.
  const wire::Way* find(std::string_view region, std::string_view neighbour) const;
  /// It brought nothing. A way that did so twice within kDistrust, whatever was offered in between, is none while there
  /// is another one.
  void failed(Instant now, std::string_view region, std::string_view neighbour);
  /// It brought what the region did not say; another offer of the neighbour changes nothing about that.
  void distrust(Instant now, std::string_view region, std::string_view neighbour);
  /// The neighbour with the shortest way, of equal ones the first by name; nothing when there is none.
  std::optional<std::string> best(Instant now, std::string_view region) const;
  /// All to which there is one.
  std::vector<std::string> regions(Instant now) const;
  /// Regions to which somebody offers a way.
  std::size_t size() const { return regions_.size(); }
  /// Links on a way.
  static std::size_t hops(const wire::Way& way) { return way.via.size() + 1; }

 private:
  struct Offer {
    wire::Way way;
    Instant not_before = Instant::min();
  };
  using Offers = std::map<std::string, Offer, std::less<>>;  // by neighbour

  /// What a way came to that brought nothing; another offer of the neighbour changes nothing about that.
  struct Failures {
    Instant last;
    bool again = false;
  };

  bool leads_here(const wire::Way& way, const std::string& neighbour) const;
  void note_failure(Instant now, std::string_view region, std::string_view neighbour);
  bool is_last_resort(Instant now, std::string_view region, const std::string& neighbour) const;

  std::string own_;
  std::map<std::string, Offers, std::less<>> regions_;
  std::map<std::pair<std::string, std::string>, Instant> distrusted_;  // region and neighbour -> until when
  std::map<std::pair<std::string, std::string>, Failures> failures_;   // likewise
};

}  // namespace syncer::peering
