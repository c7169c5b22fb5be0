// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/hash.h"
#include "syncer/base/time.h"

namespace syncer::replication {

/// One entry of a region as its registry shows it.
struct Sighting {
  Bytes key;
  Bytes service;                 ///< environment, application and name; without the version
  std::vector<Bytes> endpoints;  ///< canonical texts, each an address with its port
  Bytes host;                    ///< empty: unknown
  Duration lease{};              ///< it outlives its application's last heartbeat by so much
  /// The registry's store held it at this moment. The answer of a cache does not prove it: a reader of one subtracts
  /// the longest time that the cache may show what the store lost.
  Instant proven{};
  /// It was registered, or its lease renewed, no earlier than this; the minimum when that is not known, as for all that
  /// a first reading shows. What a later reading shows for the first time was registered after the reading before. A
  /// change that does not renew the lease is not reported here.
  Instant renewed = Instant::min();
  /// Another number when it was registered anew under the same key; 0: the registry does not tell. Of an entry that
  /// is known with this registration `renewed` says nothing new.
  std::uint64_t registration = 0;
  bool is_arrival = true;  ///< of a new key: it was not there before; false for what a first reading shows
};

/// The entries of one region that live or were lost lately, and how much of the region is lost: the net loss, after
/// what arrived in the same service. Knows nothing of evidence and verdicts. Each operation costs O(log n).
class LossWindow {
 public:
  /// Order of arrival.
  using Number = std::uint64_t;
  enum class State : std::uint8_t {
    Live,
    Absent,  ///< gone from the registry; not judged yet
    Held,    ///< gone, and its removal waits
    Gone     ///< its removal was let go; remembered because it still counts as a loss
  };

  struct Service {
    std::size_t live = 0;
    std::size_t entries = 0;
    std::set<Number> fresh;  ///< live arrivals younger than their lease that make no loss good yet
    std::set<Number> lost;   ///< losses that count, and that no arrival made good
  };
  using Services = std::map<Bytes, Service, std::less<>>;

  struct Entry {
    Number number = 0;
    ByteView key;  ///< of the map
    Services::iterator service;
    std::vector<std::uint64_t> endpoints;  ///< hashes of service and endpoint
    std::uint64_t host = 0;                ///< hash of service and host; 0: unknown
    std::uint64_t registration = 0;
    Duration lease{};
    Instant proven{};
    Instant known_since{};  ///< shown since then with the registration it has now
    Instant renewed{};
    Instant arrived{};  ///< when it was seen first; the minimum when it may have been there before
    State state = State::Live;
    bool is_successor = false;  ///< took the place of another entry; takes no second one
    bool covered = false;       ///< a loss that an arrival of the same service made good; counts no more
    bool orphan = false;        ///< lost by a new epoch of its region, not by a registry
    std::uint8_t rule = 0;      ///< of the owner: why it is held
    std::uint32_t wave = 0;     ///< of the owner: the mass loss that it is a founder of; 0: none
    Instant lost_at{};
    Instant due = kNever;   ///< of the owner: its timer
    std::size_t index = 0;  ///< among the living ones, while it is one
  };

  LossWindow() = default;
  LossWindow(const LossWindow&) = delete;  // entries refer to each other
  LossWindow(LossWindow&&) = default;
  LossWindow& operator=(const LossWindow&) = delete;
  LossWindow& operator=(LossWindow&&) = default;

  Entry* find(ByteView key);
  const Entry* find(ByteView key) const;
  Entry& at(Number number) { return *numbers_.at(number); }
  const Entry& at(Number number) const { return *numbers_.at(number); }

  /// A live entry of a new key. Fresh when its age is known.
  Entry& add(Instant now, const Sighting& sighting);
  /// What is known of an entry changed. One that was lost lives again, and counts as a loss no more.
  void renew(Instant now, Entry& entry, const Sighting& sighting);
  /// It lives no more; not a loss yet.
  void set_absent(Instant now, Entry& entry);
  /// From one of the lost states to another.
  void set_lost_state(Entry& entry, State state);
  /// It is a loss from now on; covered at once when its service has a fresh arrival to spare.
  void count(Entry& entry);
  /// A fresh arrival makes one loss of its service good, the oldest. Gives that loss; nullptr: there is none.
  Entry* cover_with(Entry& arrival);
  /// It makes no loss good any more.
  void spend(Entry& arrival);
  void erase(Entry& entry);

  /// The lost entry whose place `arrival` takes: same service and endpoint, or same service and host where the two are
  /// alone. One whose removal waits comes before one that is gone. nullptr: none.
  Entry* predecessor_of(const Entry& arrival);
  /// The live entry that took the place of `lost`, which arrived later and no longer than `within` ago.
  Entry* successor_of(Instant now, const Entry& lost, Duration within);
  /// A live entry of the same service and endpoint, whenever it arrived.
  Entry* live_twin_of_lost(const Entry& lost);
  /// An older live entry of the same service and endpoint.
  Entry* live_twin_of(const Entry& arrival);
  /// From now on it makes good nobody else's loss by its place.
  void set_successor(Entry& entry);

  std::size_t live() const { return live_; }
  /// A live entry for each index below live(), in no order that lasts.
  ByteView live_key(std::size_t index) const { return living_[index]->key; }
  /// Losses that count and are not covered.
  std::size_t lost() const { return lost_; }
  /// Those of services that lost more than is left of them. What is scaled in by half, or ran twice for a time and runs
  /// once again, is not among them.
  std::size_t lost_mostly() const { return lost_mostly_; }
  /// Services that are lost altogether, or of which at most one eighth is left.
  std::size_t struck() const { return struck_; }
  /// Services that lost more than is left of them.
  std::size_t mostly_lost_services() const { return mostly_lost_services_; }
  static bool is_fresh(const Entry& entry) { return entry.service->second.fresh.contains(entry.number); }
  static bool is_counted(const Entry& entry) { return entry.service->second.lost.contains(entry.number); }
  static bool is_losing(const Entry& entry) { return !entry.service->second.lost.empty(); }
  static bool is_mostly_lost(const Entry& entry) { return lost_mostly(entry.service->second) > 0; }
  /// The live entry of that service and one of these endpoints that arrived last; nothing when there is none.
  std::optional<Bytes> live_at(ByteView service, const std::vector<Bytes>& endpoints) const;
  /// The live entries that arrived last, of those that are known since `before` at the latest; the last one first.
  std::vector<Bytes> youngest(std::size_t count, Instant before) const;
  /// Entries of all states.
  std::size_t size() const { return entries_.size(); }
  void hash(StateHasher& hasher) const;

 private:
  /// In which way an entry stands at a place, which is an endpoint or a host of a service.
  enum class Role : std::uint8_t { Live, Lost, Gone, Newcomer };
  using Place = std::tuple<std::uint64_t, Role, Number>;

  static Role role_of(State state);
  void describe(Instant now, Entry& entry, const Sighting& sighting);
  void index(const Entry& entry, Role role);
  void unindex(const Entry& entry, Role role);
  void leave_places(const Entry& entry);
  void take_places(const Entry& entry);
  static bool may_succeed(const Entry& entry);
  Entry* first_at(std::uint64_t place, Role role);
  Entry* last_at(std::uint64_t place, Role role);
  Entry* only_at(std::uint64_t place, Role role);
  void join_living(Entry& entry);
  void leave_living(const Entry& entry);
  static bool is_struck(const Service& service);
  static std::size_t lost_mostly(const Service& service);
  template <typename Edit>
  void edit(Service& service, Edit change);

  std::map<Bytes, Entry, std::less<>> entries_;
  std::map<Number, Entry*> numbers_;
  Services services_;
  std::set<Place> places_;
  std::vector<Entry*> living_;
  Number next_ = 1;
  std::size_t live_ = 0;
  std::size_t lost_ = 0;
  std::size_t lost_mostly_ = 0;
  std::size_t struck_ = 0;
  std::size_t mostly_lost_services_ = 0;
};

}  // namespace syncer::replication
