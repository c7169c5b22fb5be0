// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "syncer/registry/nacos/answers.h"

namespace syncer::registry::nacos {

/// How long a server may show what was before a write.
inline constexpr Duration kReadLag = std::chrono::milliseconds(1500);

/// The two marks are of one copy, though maybe of two epochs.
inline bool names_same_copy(const CopyMark& a, const CopyMark& b) {
  return a.region == b.region && a.instance == b.instance;
}

/// Who answers at an ip and port of a service, as the last reading and own writes since then say. There is room for one
/// alone: whoever registers there takes the place of the other.
class Occupancy {
 public:
  explicit Occupancy(const MarkSeal& marks) : marks_(marks) {}
  /// Forgets what was read of a space.
  void clear(const std::string& space);
  void add(const Shown& shown);
  /// An own copy was registered there, or removed.
  void wrote(Instant now, const Service& service, const Address& address, const CopyMark& mark);
  void removed(Instant now, const Service& service, const Address& address);

  /// How an own write stands to what a server shows: it may show the time before for `lag`.
  enum class Recent { No, Written, Removed };
  Recent recent(Instant now, const Service& service, const Address& address, Duration lag) const;

  /// The last own write there was of another copy than that.
  bool was_taken(const Service& service, const Address& address, const CopyMark& mark) const;

  /// Why a copy with that mark may not be registered there; nothing when it may.
  std::optional<std::string> objection(Instant now, const Service& service, const Address& address,
                                       const CopyMark& mark) const;
  /// The same with what one more answer shows there.
  std::optional<std::string> objection(Instant now, const Shown& shown, const CopyMark& mark) const;

 private:
  using Place = std::tuple<Service, std::string, std::uint16_t>;
  struct Occupant {
    std::optional<CopyMark> mark;  ///< of a copy; nothing for an application's instance
    bool believed = true;          ///< the mark
  };
  struct Write {
    Instant at;
    bool is_removal = false;
    std::optional<CopyMark> mark;
  };
  void forget_old(Instant now);
  static Place place_of(const Service& service, const Address& address) { return {service, address.ip, address.port}; }
  Occupant occupant_of(const Shown& shown) const;
  bool was_left(Instant now, const Place& place, const Occupant& occupant) const;
  static std::optional<std::string> judge(const Occupant& occupant, const CopyMark& mark);

  const MarkSeal& marks_;
  std::map<Place, std::vector<Occupant>> occupants_;
  std::map<Place, Write> writes_;
};

}  // namespace syncer::registry::nacos
