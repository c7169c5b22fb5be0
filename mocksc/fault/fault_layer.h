// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <any>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "mocksc/fault/fault.h"
#include "mocksc/fault/store.h"
#include "syncer/base/random.h"

namespace mocksc {

/// A second store that repeats every write of the first one later: what a reader of an old cache sees. It moves forward
/// only, so its age grows from zero to the lag that is asked for.
class LaggingCopy {
 public:
  using Step = std::function<void(Store&, syncer::Instant)>;

  LaggingCopy(const Store& original, syncer::Instant now) : store_(original.copy()), position_(now) {}
  /// Repeats `step` once the copy gets there. Call it with growing times.
  void record(syncer::Instant at, Step step) { steps_.push_back({at, std::move(step)}); }
  /// Moves the copy to `to`, never back, and gives it out together with where it stands.
  Store& at(syncer::Instant to);
  syncer::Instant position() const { return position_; }

 private:
  struct Recorded {
    syncer::Instant at;
    Step step;
  };
  std::unique_ptr<Store> store_;
  syncer::Instant position_;
  std::deque<Recorded> steps_;
};

/// The front-ends of a registry with faults between them and their callers. Pure like the store; owns it.
class FaultLayer {
 public:
  FaultLayer(std::unique_ptr<Store> store, syncer::Random random);

  /// What the caller of front-end `frontend` gets. Whether the request took effect is up to the fault.
  Outcome handle(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                 std::string_view client = {});
  /// The same for a caller whom no fault touches: it takes effect at once, nothing of it is lost, and readers see it as
  /// late as everything else.
  syncer::HttpResponse handle_unharmed(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                                       std::string_view client = {});
  syncer::Instant next_deadline() const;
  void advance(syncer::Instant now);

  /// Starts a fault that ends at `fault.until`.
  FaultId start(syncer::Instant now, Fault fault);
  /// False when no such fault is on.
  bool stop(syncer::Instant now, FaultId id);
  void stop_all(syncer::Instant now);
  const std::map<FaultId, FaultPlan::Entry>& faults() const { return plan_.all(); }
  /// An outage of that front-end is on which breaks connections.
  bool is_out(std::size_t frontend) const;
  /// Keeps a copy of the past from now on, so that a later stale read is old from its first answer. Without it the age
  /// of a stale read grows from zero.
  void remember_past(syncer::Instant now, syncer::Duration how_long);

  /// Ends the lease of that instance now; how many live instances had that id.
  std::size_t expire(syncer::Instant now, std::string_view instance_id);
  void lose_data(syncer::Instant now);
  /// Keeps the present data under a label.
  void save(syncer::Instant now, const std::string& label);
  /// Goes back to the data of a label; NotFound when it was never saved.
  syncer::Result<void> restore(syncer::Instant now, const std::string& label);

  Store& store() { return *store_; }
  const Store& store() const { return *store_; }

 private:
  /// Requests of the running second, for the rate limit.
  struct Window {
    std::int64_t second = 0;
    std::uint64_t count = 0;
  };
  void record(syncer::Instant now, LaggingCopy::Step step);
  syncer::HttpResponse answer(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                              std::string_view client, const CallTraits& traits);
  Outcome outage(syncer::Instant now, const Fault& fault) const;
  bool lacks_store(syncer::Instant now) const;
  Outcome answer_without_store(syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                               std::string_view client, const CallTraits& traits);
  Outcome spoil(const Failure& failure, syncer::Instant now, std::size_t frontend, const syncer::HttpRequest& request,
                std::string_view client, const CallTraits& traits);
  syncer::HttpResponse other_answer(syncer::HttpResponse own);
  const Failure* draw_failure(std::size_t frontend, const CallTraits& traits);
  bool is_over_limit(syncer::Instant now, std::size_t frontend);
  syncer::Duration draw_latency(std::size_t frontend);
  void update_for_faults(syncer::Instant now);

  std::unique_ptr<Store> store_;
  FaultPlan plan_;
  syncer::Random random_;
  std::unique_ptr<LaggingCopy> past_;
  syncer::Duration memory_{0};
  bool store_is_away_ = false;
  syncer::Instant store_answers_at_ = syncer::Instant::min();  ///< after its outage
  std::map<std::size_t, Window> windows_;
  std::map<std::string, std::any> saved_;
  syncer::HttpResponse former_answer_;  ///< of the request before that was to get another's; status 0: none
};

}  // namespace mocksc
