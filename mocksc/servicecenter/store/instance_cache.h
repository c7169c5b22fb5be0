// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "mocksc/servicecenter/store/instance_version.h"
#include "mocksc/servicecenter/store/options.h"
#include "syncer/base/random.h"
#include "syncer/base/time.h"

namespace mocksc {

/// Names a service across all tenants: tenant ("domain/project") and service id.
using CachedServiceKey = std::pair<std::string, std::string>;

/// What readers see of the instances of one service.
class CachedService {
 public:
  bool empty() const { return shown_.empty(); }
  std::size_t size() const { return shown_.size(); }
  /// By time of arrival.
  const std::map<std::uint64_t, SharedVersion>& in_order() const { return shown_; }
  /// What is shown under an id, or nullptr.
  const InstanceVersion* find(std::string_view id) const;
  /// When the instance was removed that is still shown under that id; nothing when none was.
  std::optional<syncer::Instant> removed_at(std::string_view id) const;
  /// Greatest revision of what is shown, 0 when nothing is.
  std::uint64_t max_revision() const;

 private:
  friend class InstanceCache;
  /// A write that is not shown yet.
  struct Pending {
    syncer::Instant at;
    std::uint64_t order = 0;
    bool is_new = false;
    SharedVersion version;
  };
  struct Removal {
    syncer::Instant at;  ///< when it was stored
    std::uint64_t order = 0;
    syncer::Duration held{};                ///< by self-preservation, if there is one, for so long
    syncer::Instant show = syncer::kNever;  ///< when readers see it; never while it is collected
  };
  struct Entry {
    std::uint64_t arrival = 0;  ///< 0 while nothing is shown
    std::deque<Pending> pending;
    std::optional<Removal> removal;
  };
  CachedServiceKey key_;
  bool is_attached_ = false;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<std::uint64_t, SharedVersion> shown_;
  mutable std::uint64_t max_revision_ = 0;
  mutable bool max_is_stale_ = false;
};

/// What became visible.
struct CacheEvent {
  enum class Kind : std::uint8_t { Create, Update, Delete };
  Kind kind;
  CachedServiceKey service;
  SharedVersion version;  ///< of Delete: as it was shown last
};

/// The memory of the front-ends, which follows the store late: a registration or a change shows after the read lag,
/// together with all that came since the first one that waits; a removal only after a window in which removals are
/// collected. When nearly all instances are removed in it, the real one takes that for a fault of its own: it goes on
/// showing each for the life of a lease, and whatever is removed before the last of them is shown (self-preservation).
/// A value: a copy goes on as the original does. Its draws are its own.
class InstanceCache {
 public:
  InstanceCache(const Lags& lags, syncer::Random random) : lags_(lags), random_(random) {}

  /// The service, which stays where it is until detach().
  CachedService& attach(const CachedServiceKey& key);
  /// The service is deleted; what is shown of its instances vanishes in its own time.
  void detach(CachedService& service);

  /// A registration (`is_new`) or a change was stored.
  void put(CachedService& service, SharedVersion version, bool is_new, syncer::Instant now);
  /// A removal was stored; the first one of a window shows after `listed`, the others with it, unless they are held.
  void remove(CachedService& service, const std::string& id, syncer::Duration listed, syncer::Instant now);
  /// As after the start of a front-end: what is stored is shown.
  void show(CachedService& service, SharedVersion version);
  void clear();

  syncer::Instant next_deadline() const {
    return timers_.empty() ? window_end_ : std::min(window_end_, timers_.top().at);
  }
  void advance(syncer::Instant now);
  /// What became visible since the last call, in order.
  std::vector<CacheEvent> take_events() { return std::exchange(events_, {}); }

 private:
  using Entry = CachedService::Entry;
  struct Timer {
    syncer::Instant at;
    std::uint64_t order;
    CachedServiceKey service;
    std::string id;
    bool operator>(const Timer& other) const { return std::tie(at, order) > std::tie(other.at, other.order); }
  };
  void arm(syncer::Instant at, const CachedService& service, const std::string& id);
  void show_pending(CachedService& service, const std::string& id, Entry& entry, syncer::Instant now);
  void show_one(CachedService& service, const std::string& id, Entry& entry, CachedService::Pending pending);
  void collect(const CachedService& service, const std::string& id, Entry& entry);
  void end_window();
  void fire_first_timer();
  void cancel_removal(const CachedService& service, const std::string& id, Entry& entry);
  void drop(CachedService& service, const std::string& id, Entry& entry);
  void forget_if_unused(CachedService& service, const std::string& id);

  Lags lags_;
  syncer::Random random_;
  std::map<CachedServiceKey, CachedService> services_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::vector<CacheEvent> events_;
  std::uint64_t order_ = 0;  ///< of writes and timers
  std::uint64_t arrivals_ = 0;
  syncer::Instant batch_end_{};                                   ///< writes until then show together
  std::size_t shown_ = 0;                                         ///< of all services
  std::set<std::pair<CachedServiceKey, std::string>> collected_;  ///< removals whose window is not over
  syncer::Instant window_end_ = syncer::kNever;
  syncer::Duration after_window_{};  ///< until what was collected is shown
  bool is_preserving_ = false;
};

}  // namespace mocksc
