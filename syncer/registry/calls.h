// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/ports/http.h"
#include "syncer/ports/observer.h"
#include "syncer/registry/login.h"
#include "syncer/registry/settings.h"
#include "syncer/registry/sizes.h"
#include "syncer/registry/write_rate.h"

namespace syncer::registry {

/// Which of the registry's addresses is used. The first one is preferred: when it fails the next one is taken, and
/// once the first has answered probes for a while it is taken again.
class Addresses {
 public:
  Addresses(const std::vector<std::string>& addresses, Observer& observer)
      : addresses_(addresses), observer_(observer) {}

  const std::string& current() const { return addresses_[index_]; }
  const std::string& preferred() const { return addresses_.front(); }
  /// What a call to `address` came to. Only a `vital` call (a read, a heartbeat) says something about the address by
  /// a slow or 5xx answer; a refused connection always does. `overloaded`: the answer says no more than that there is
  /// too much to do, or there is none.
  void report(Instant now, const std::string& address, bool vital, bool overloaded, const Result<HttpResponse>& answer);
  /// No address answered since each was tried.
  bool down() const { return down_; }
  /// Something answered since the start.
  bool reachable() const { return answered_ && !down_; }
  const std::string& problem() const { return problem_; }
  /// When the preferred address should be asked again; kNever while it is in use.
  Instant probe_due() const { return index_ == 0 ? kNever : probe_due_; }
  void probe_started(Instant now) { probe_due_ = now + kProbeInterval; }
  void probed(Instant now, bool healthy);

 private:
  static constexpr Duration kProbeInterval = std::chrono::seconds(5);
  static constexpr std::uint32_t kProbesToReturn = 3;
  static constexpr std::uint32_t kPatience = 2;

  void answered(Instant now);
  void failed(Instant now, bool hard, std::string problem);
  void use(Instant now, std::size_t index, std::string_view reason);

  const std::vector<std::string>& addresses_;
  Observer& observer_;
  std::size_t index_ = 0;
  std::uint32_t failures_ = 0;  // of vital calls in a row
  std::size_t tried_ = 0;       // addresses given up since the last answer
  std::uint32_t healthy_probes_ = 0;
  Instant probe_due_ = kNever;
  bool answered_ = false;
  bool down_ = false;
  std::string problem_;
  std::string reported_;  // as the last event about an outage said
};

/// What came back from the port, be it an answer or not.
using RawAnswer = Result<HttpResponse>;

/// Which calls go first. Leases must not wait behind a flood of registrations.
enum class Urgency : std::uint8_t { Lease, Read, Write };

/// The calls to the registry that are under way or wait for their turn, bounded by the configured concurrency.
class Calls {
 public:
  /// What to do with the answer; called exactly once unless the call is forgotten.
  using Done = std::function<void(Instant now, const RawAnswer& raw)>;

  /// `may_write` is asked before each call that is no read; while it says no they wait. Empty: always.
  Calls(const RegistrySettings& settings, std::function<bool(Instant)> may_write, Http& http, Addresses& addresses,
        std::function<CallId()> next_call);
  /// Requests whose target has this many bytes are not sent but fail as too large.
  void set_max_target(std::size_t bytes) { max_target_ = bytes; }
  /// Answers that are no sign of trouble, whatever their status: what this kind of registry says of what is not there.
  void set_ordinary(std::function<bool(const HttpResponse&)> ordinary) { ordinary_ = std::move(ordinary); }
  /// From now on calls wait for a token and carry it; one whose token was rejected is sent once more.
  void set_login(LoginScheme scheme) { login_.emplace(std::move(scheme)); }

  /// Another ceiling on writes a second from now on.
  void set_ceiling(std::uint32_t per_second) { rate_.set_ceiling(per_second); }
  /// Writes a second that the registry takes, as far as is known.
  std::uint64_t writes_per_second() const { return rate_.per_second(); }
  /// The target counts from where the API begins: the path of the address stands before it on the wire.
  void submit(Instant now, Urgency urgency, HttpRequest request, Done done);
  /// The address that calls go to.
  const std::string& address() const { return addresses_.current(); }
  /// Asks one address whatever the current one is; its answer does not count for the current address.
  void probe(Instant now, const std::string& address, HttpRequest request, Done done);
  /// A write would start at once, and there is a registry to take it.
  bool takes_write(Instant now) const { return has_place_to_write() && rate_.gate() <= now; }
  /// When it would; kNever while that hangs on an answer.
  Instant next_write() const { return has_place_to_write() ? rate_.gate() : kNever; }
  /// False when the id is none of ours (a late answer to a forgotten call).
  bool on_http(Instant now, CallId call, const RawAnswer& raw);
  /// The answer of `may_write` may be another one now: starts what may start.
  void resume(Instant now) {
    if (held_) start_waiting(now);
  }
  /// Starts what the registry wanted to have later.
  void advance(Instant now) {
    if (now >= next_deadline()) start_waiting(now);
  }
  Instant next_deadline() const { return postponed_ ? postponed_until_ : kNever; }
  /// Adds the calls.
  void fill(Sizes& sizes) const;
  /// Cancels everything; no `Done` is called.
  void forget_all();

 private:
  struct Call {
    Urgency urgency = Urgency::Read;
    HttpRequest request;
    Done done;
    bool is_probe = false;
    std::string address;  ///< that it went to
    bool is_login = false;
    bool tried = false;            ///< and its token was rejected
    std::uint64_t generation = 0;  ///< of the token that it carries
  };

  std::size_t limit(Urgency urgency) const;
  bool is_overload(const RawAnswer& raw) const;
  bool has_place_to_write() const {
    return running_ < limit(Urgency::Write) && waiting_[2].empty() && !addresses_.down();
  }
  void start(Instant now, Call call);
  void start_waiting(Instant now);
  bool is_waiting() const;
  bool is_logged_in(Instant now);
  bool send_again(Instant now, Call& call, const RawAnswer& raw);
  void log_in(Instant now);
  void logged_in(Instant now, const RawAnswer& raw);
  void fail_waiting(Instant now);
  bool may_start(Instant now, Urgency urgency) const;
  void note_retry_after(Instant now, const std::string& origin, const HttpResponse& answer);
  /// When the registry takes calls of this urgency again; not later than now when it does.
  Instant ready_at(Urgency urgency) const;

  const RegistrySettings& settings_;
  std::function<bool(Instant)> may_write_;
  Http& http_;
  Addresses& addresses_;
  std::function<bool(const HttpResponse&)> ordinary_;
  std::function<CallId()> next_call_;
  WriteRate rate_;
  std::array<std::deque<Call>, 3> waiting_;
  std::map<CallId, Call> under_way_;
  std::size_t running_ = 0;
  std::size_t max_target_ = std::numeric_limits<std::size_t>::max();
  bool held_ = false;  ///< something waits for permission to write
  // Retry-After of an answer: not before this, at that address.
  std::string busy_origin_;
  Instant busy_since_{};
  Duration busy_for_{};
  bool postponed_ = false;  ///< something waits for that
  Instant postponed_until_ = kNever;
  std::optional<Login> login_;
  Instant fail_at_ = kNever;  ///< what waits for a login that is refused
};

}  // namespace syncer::registry
