// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mocksc/eureka/instance.h"
#include "mocksc/eureka/options.h"
#include "mocksc/eureka/render.h"
#include "syncer/base/random.h"

namespace mocksc::eureka {

/// What became of an instance. Renewals are no change.
enum class Change : std::uint8_t { Registered, Changed, Removed, Evicted, Lost, Restored };
using Listener = std::function<void(Millis now, Change change, const Instance& instance, std::string_view client)>;

/// How a renewal went.
enum class Renewal : std::uint8_t { Done, Unknown, Newer, Older };

/// What one Eureka server knows: leases, overrides and what changed lately. Time goes in as milliseconds since 1970 and
/// never back.
class Registry {
 public:
  using Name = std::pair<std::string, std::string>;  ///< application in upper case, key of the instance

  Registry(const Options& options, syncer::Random random) : options_(options), random_(random) {}

  /// A registration as clients (or, `replicated`, peers) send it: replaces what is there unless that is newer, and its
  /// state follows the rules of overrides.
  void add(Millis now, Instance instance, bool replicated, std::string_view client);
  /// `dirty` is the caller's timestamp, if it sent one.
  Renewal renew(Millis now, const Name& name, std::optional<Millis> dirty, bool replicated);
  bool cancel(Millis now, const Name& name, std::string_view client);
  bool set_override(Millis now, const Name& name, const std::string& status, std::string_view client);
  bool drop_override(Millis now, const Name& name, const std::string& status, std::string_view client);
  /// A peer's renewal that came too early tells of an override.
  void note_override(const Name& name, const std::string& status);
  bool add_metadata(Millis now, const Name& name, const std::map<std::string, std::string>& metadata,
                    std::string_view client);

  /// As it is read by id: not when its lease is over, be it that it was not evicted yet.
  const Instance* find(Millis now, const Name& name) const;
  const Instance* find_by_id(Millis now, const std::string& id) const;
  /// All, or those of one application; whatever became of their leases.
  Listing listing() const;
  Listing listing_of(const std::string& app) const;
  /// Those with that (secure) virtual address, if they are up.
  Listing listing_by_address(const std::string& member, const std::string& address) const;
  /// What changed within the retention time, each in its present form.
  Listing delta() const;

  /// Ends the lease of instances with that key now; how many.
  std::size_t expire(Millis now, std::string_view key);
  void clear(Millis now, bool lost);
  /// Goes on with what another one knows, all leases new.
  void restore(Millis now, const Registry& saved);
  /// Evictions, and what the delta forgets.
  void advance(Millis now);
  /// Something is due then at the earliest; INT64_MAX when nothing is.
  Millis next_deadline() const;
  void freeze(bool frozen) { frozen_ = frozen; }

  void set_listener(Listener listener) { listener_ = std::move(listener); }
  /// Called with the application and the virtual addresses whose readers see something else now.
  void set_on_change(std::function<void(Millis now, const Instance&)> on_change) { on_change_ = std::move(on_change); }
  const std::map<Name, Instance>& instances() const { return instances_; }

 private:
  struct Recent {
    Millis since = 0;
    Instance last;  ///< as it was when it went; while it is there its present form counts
  };

  Instance* get(const Name& name);
  bool may_expire() const;
  std::string resulting_status(const Instance& sent, const Instance* stored, bool replicated) const;
  void note(Millis now, Instance& instance, const char* action);
  void report(Millis now, Change change, const Instance& instance, std::string_view client);
  void end(Millis now, const Name& name, Change change, std::string_view client);
  void evict(Millis now);
  void count_renewal(Millis now);
  void roll(Millis now);

  Options options_;
  syncer::Random random_;
  std::map<Name, Instance> instances_;
  std::map<std::string, std::string> overrides_;  ///< by key of the instance
  std::map<Name, Recent> recent_;
  Listener listener_;
  std::function<void(Millis, const Instance&)> on_change_;
  std::int64_t expected_ = 1;  ///< clients that should renew
  Millis minute_ = 0;          ///< begin of the minute that is counted
  std::int64_t renewals_ = 0;  ///< in it
  std::int64_t renewals_before_ = 0;
  Millis next_eviction_ = 0;
  Millis next_sweep_ = 0;
  bool frozen_ = false;
};

}  // namespace mocksc::eureka
