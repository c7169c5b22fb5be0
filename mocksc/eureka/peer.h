// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mocksc/eureka/cache.h"
#include "mocksc/eureka/registry.h"
#include "mocksc/eureka/route.h"
#include "mocksc/fault/store.h"
#include "syncer/base/http_message.h"

namespace mocksc::eureka {

/// What one server tells the others of a write.
struct Replication {
  Call call = Call::Unknown;
  Registry::Name name;
  Instance instance;   ///< as the first one holds it now
  std::string status;  ///< of SetStatus and DropStatus
};

/// One Eureka server: its API over its registry.
class Peer {
 public:
  Peer(const Options& options, const syncer::Random& random, Millis started);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() = default;

  syncer::HttpResponse handle(Millis now, const syncer::HttpRequest& request, std::string_view client,
                              const ReadFault& fault);
  /// What the others are to be told; moved out.
  std::vector<Replication> take_replications() { return std::exchange(out_, {}); }
  /// A peer's word. False when a renewal was for somebody unknown here, or newer: the peer registers it then.
  bool replicate(Millis now, const Replication& what);
  void advance(Millis now);

  Registry& registry() { return registry_; }
  const Registry& registry() const { return registry_; }
  /// Serves as if started now.
  void restart(Millis now, const Registry* from);
  /// The same state, so that both go on alike.
  void take_over(const Peer& other);

 private:
  struct Asked {
    Millis now;
    const Route& route;
    const syncer::HttpRequest& request;
    std::string_view client;
    bool replicated;
  };
  syncer::HttpResponse answer(const Asked& asked, const ReadFault& fault);
  syncer::HttpResponse list(const Asked& asked, Cache::Kind kind, const ReadFault& fault);
  syncer::HttpResponse one(const Asked& asked, const Instance* instance) const;
  syncer::HttpResponse enrol(const Asked& asked);
  syncer::HttpResponse renew(const Asked& asked);
  syncer::HttpResponse cancel(const Asked& asked);
  syncer::HttpResponse set_status(const Asked& asked, bool drop);
  syncer::HttpResponse add_metadata(const Asked& asked);
  syncer::HttpResponse error(const Asked& asked, int status) const;
  bool is_allowed(const syncer::HttpRequest& request) const;
  bool serves_lists(Millis now) const;
  void pass_on(const Asked& asked, Call call, const std::string& status = "");
  std::string make(const Cache::Key& key);
  std::string rendered(const Cache::Key& key, const ReadFault& fault);

  Options options_;
  Registry registry_;
  Cache cache_;
  Millis started_;
  bool started_empty_ = true;
  std::uint64_t deltas_ = 0;  ///< made
  std::vector<Replication> out_;
};

}  // namespace mocksc::eureka
