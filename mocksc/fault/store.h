// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <any>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/hash.h"
#include "syncer/base/http_message.h"
#include "syncer/base/quantity.h"
#include "syncer/base/random.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace mocksc {

/// Makes list-like reads show less than there is. The same record is hidden in every answer as long as `salt` stays.
struct ReadFault {
  syncer::Ratio keep{1, 1};
  std::uint64_t salt = 0;

  bool is_none() const { return keep.numerator >= keep.denominator; }
  /// Whether the record with that id is left out.
  bool hides(std::string_view id) const {
    return !is_none() && syncer::hash64(id, salt) % keep.denominator >= keep.numerator;
  }
};

/// Status of what is never answered: the handler waits for ever, and so does the caller.
inline constexpr int kNeverAnswered = 0;

/// What faults need to know of a call.
struct CallTraits {
  std::string_view name;  ///< the kind's own, as fault files say it
  bool is_list = false;   ///< shows many records: what list faults and stale reads apply to
  bool is_write = false;  ///< may change what is stored, lease renewals included
};

/// A registry of some kind (any number of front-ends over one store) as a state machine on HTTP messages. Pure: time is
/// an argument that never goes back, so the same calls give the same bytes.
class Store {
 public:
  virtual ~Store() = default;

  virtual CallTraits traits_of(const syncer::HttpRequest& request) const = 0;
  /// Refuses a name that no call has.
  virtual syncer::Result<void> check_operation(std::string_view name) const = 0;
  /// The answer of that front-end, with status kNeverAnswered when it never comes. `client` is for listeners.
  virtual syncer::HttpResponse handle(syncer::Instant now, std::size_t front_end, const syncer::HttpRequest& request,
                                      std::string_view client, const ReadFault& fault) = 0;
  /// The same for a caller whose writes are never lost and take effect as they are answered.
  virtual syncer::HttpResponse handle_surely(syncer::Instant now, std::size_t front_end,
                                             const syncer::HttpRequest& request, std::string_view client) {
    return handle(now, front_end, request, client, {});
  }
  virtual syncer::Instant next_deadline() const = 0;
  virtual void advance(syncer::Instant now) = 0;

  virtual std::size_t front_ends() const = 0;
  virtual void set_front_end_up(syncer::Instant now, std::size_t front_end, bool is_up) = 0;
  /// While frozen no lease runs out.
  virtual void freeze_leases(bool frozen) = 0;
  /// The front-ends answer from caches over a store that may be away.
  virtual bool has_backend() const { return false; }
  /// That request is for the store, whatever the caches hold.
  virtual bool needs_backend(const syncer::HttpRequest& request) const {
    (void)request;
    return false;
  }
  /// The store is back: every lease begins anew.
  virtual void restart_leases(syncer::Instant now) { (void)now; }
  /// Ends the leases of that id now; how many there were.
  virtual std::size_t expire(syncer::Instant now, std::string_view id) = 0;
  virtual void lose_data(syncer::Instant now) = 0;
  /// The present content, for restore(). Leases start anew with it.
  virtual std::any save() const = 0;
  virtual syncer::Result<void> restore(syncer::Instant now, const std::any& saved) = 0;
  /// An independent one in the same state that goes on with the same random draws; without listener.
  virtual std::unique_ptr<Store> copy() const = 0;

  /// Makes the answer to a request about many say of a share of them, each drawn, that they failed for a reason that
  /// says nothing about them. Nothing where the kind has no such requests, as for any other answer.
  virtual void refuse_part(const syncer::HttpRequest& request, const syncer::Ratio& part, syncer::Random& random,
                           syncer::HttpResponse& answer) const {
    (void)request, (void)part, (void)random, (void)answer;
  }
  /// A body of this kind that cannot be parsed.
  virtual std::string broken_body() const = 0;
  /// All instances, one line each, for people.
  virtual std::string instances() const = 0;
  /// "service center", "Eureka server": what the help page calls it.
  virtual std::string_view title() const = 0;
  /// Further calls below /mock, answered without any fault; nothing for those that there are not.
  virtual std::optional<syncer::HttpResponse> control(syncer::Instant now, const syncer::HttpRequest& request) {
    (void)now, (void)request;
    return std::nullopt;
  }
  /// Their lines on the help page.
  virtual std::string_view help() const { return ""; }
};

}  // namespace mocksc
