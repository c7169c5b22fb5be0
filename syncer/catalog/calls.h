// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>

#include "syncer/catalog/addresses.h"
#include "syncer/catalog/config.h"
#include "syncer/ports/http.h"
#include "syncer/registry/v4_answers.h"

namespace syncer::catalog {

/// Which calls go first. Leases must not wait behind a flood of registrations.
enum class Urgency : std::uint8_t { Lease, Read, Write };

/// The calls to the registry that are under way or wait for their turn, bounded by the configured concurrency.
class Calls {
 public:
  /// What to do with the answer; called exactly once unless the call is forgotten.
  using Done = std::function<void(Instant now, const registry::RawAnswer& raw)>;

  Calls(const CatalogConfig& config, Http& http, Addresses& addresses, std::function<CallId()> next_call);

  void submit(Instant now, Urgency urgency, HttpRequest request, Done done);
  /// Asks one address whatever the current one is; its answer does not count for the current address.
  void probe(Instant now, const std::string& address, HttpRequest request, Done done);
  /// A write would start at once, and there is a registry to take it.
  bool takes_write() const { return running_ < limit(Urgency::Write) && waiting_[2].empty() && !addresses_.down(); }
  /// False when the id is none of ours (a late answer to a forgotten call).
  bool on_http(Instant now, CallId call, const registry::RawAnswer& raw);
  /// Requests wait for the word of `may_write`, which is yes by now or not: starts what may start.
  void resume(Instant now) {
    if (held_) start_waiting(now);
  }
  /// Cancels everything; nothing is told to anybody.
  void forget_all();
  bool idle() const { return running_ == 0; }

 private:
  struct Call {
    Urgency urgency = Urgency::Read;
    HttpRequest request;
    Done done;
    bool is_probe = false;
  };

  std::size_t limit(Urgency urgency) const;
  void start(Instant now, Call call);
  void start_waiting(Instant now);
  bool may_start(Instant now, Urgency urgency) const;

  const CatalogConfig& config_;
  Http& http_;
  Addresses& addresses_;
  std::function<CallId()> next_call_;
  std::array<std::deque<Call>, 3> waiting_;
  std::map<CallId, Call> under_way_;
  std::size_t running_ = 0;
  bool held_ = false;  ///< something waits for permission to write
};

}  // namespace syncer::catalog
