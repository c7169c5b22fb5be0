// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/calls.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/quantity.h"
#include "syncer/base/sometimes.h"

namespace syncer::registry {
namespace {

/// A registry that wants to be left alone for longer is asked all the same.
constexpr Duration kLongestPause = std::chrono::seconds(15);
constexpr Duration kLongestLeasePause = std::chrono::seconds(3);
/// While a login is refused, calls fail after this: not at once, since some are repeated at once.
constexpr Duration kWithoutLogin = std::chrono::seconds(1);

/// Sends the request to an address, whose path stands before every target.
void direct(HttpRequest& request, const std::string& address) {
  const std::size_t path = std::min(address.find('/', address.find("://") + 3), address.size());
  request.origin = address.substr(0, path);
  if (path < address.size()) request.target.insert(0, address, path);
}

}  // namespace

void Addresses::report(Instant now, const std::string& address, bool vital, bool overloaded,
                       const Result<HttpResponse>& answer) {
  if (address != current()) return;  // late news of an address that was already left
  if (!answer) {
    const Error& error = answer.error();
    const bool hard = error.code == ErrorCode::Unreachable;
    // Who reads the reason is told the address beside it.
    if (hard || vital) failed(now, hard, error.where == address ? error.detail : to_string(error));
    return;
  }
  if (!overloaded) return answered(now);
  if (vital) failed(now, false, "HTTP " + std::to_string(answer->status));
}

void Addresses::answered(Instant now) {
  failures_ = 0;
  tried_ = 0;
  problem_.clear();
  if (answered_ && !down_) return;
  answered_ = true;
  down_ = false;
  observe(observer_, now, EventKind::RegistryUp, Severity::Info, {{"address", current()}});
}

void Addresses::failed(Instant now, bool hard, std::string problem) {
  problem_ = std::move(problem);
  if (!hard && ++failures_ < kPatience) return;
  failures_ = 0;
  if (++tried_ >= addresses_.size() && (!down_ || problem_ != reported_)) {
    down_ = true;
    reported_ = problem_;
    observe(observer_, now, EventKind::RegistryDown, Severity::Warning, {{"address", current()}, {"reason", problem_}});
  }
  if (addresses_.size() > 1 && !SYNCER_MUTATED("catalog.no_failover"))
    use(now, (index_ + 1) % addresses_.size(), problem_);
}

void Addresses::use(Instant now, std::size_t index, std::string_view reason) {
  SYNCER_SOMETIMES(index != index_, "registry.fails_over");
  const std::string from = current();
  index_ = index;
  failures_ = 0;
  healthy_probes_ = 0;
  probe_due_ = now + kProbeInterval;
  observe(observer_, now, EventKind::RegistryFailover, Severity::Warning,
          {{"address", current()}, {"from", from}, {"reason", reason}});
}

void Addresses::probed(Instant now, bool healthy) {
  if (index_ == 0) return;
  healthy_probes_ = healthy ? healthy_probes_ + 1 : 0;
  if (healthy_probes_ >= kProbesToReturn) use(now, 0, "the preferred address is healthy again");
}

Calls::Calls(const RegistrySettings& settings, std::function<bool(Instant)> may_write, Http& http, Addresses& addresses,
             std::function<CallId()> next_call)
    : settings_(settings),
      may_write_(std::move(may_write)),
      http_(http),
      addresses_(addresses),
      next_call_(std::move(next_call)),
      rate_(settings.writes_per_second) {}

std::size_t Calls::limit(Urgency urgency) const {
  // One place less for each step down, so that a lease always finds one.
  const std::size_t all = std::max<std::size_t>(settings_.concurrency, 1);
  const auto step = static_cast<std::size_t>(urgency);
  return all > step ? all - step : 1;
}

/// No answer, or one that only says that there is too much to do.
bool Calls::is_overload(const RawAnswer& raw) const {
  if (!raw) return true;
  const bool is_trouble = raw->status >= 500 || raw->status == 429;
  return is_trouble && !(ordinary_ && ordinary_(*raw) && !SYNCER_MUTATED("registry.take_absence_for_trouble"));
}

void Calls::submit(Instant now, Urgency urgency, HttpRequest request, Done done) {
  if (request.target.size() >= max_target_) {
    done(now, failure(ErrorCode::TooLarge, "request", "its target is longer than the registry takes"));
    return;
  }
  waiting_[static_cast<std::size_t>(urgency)].push_back({urgency, std::move(request), std::move(done), false, {}});
  start_waiting(now);
}

void Calls::probe(Instant now, const std::string& address, HttpRequest request, Done done) {
  start(now, {Urgency::Read, std::move(request), std::move(done), true, address});
}

/// "Retry-After: 7"; its other form, a date, would need to trust two wall clocks and is left aside.
void Calls::note_retry_after(Instant now, const std::string& origin, const HttpResponse& answer) {
  if ((answer.status != 429 && answer.status != 503) || SYNCER_MUTATED("registry.ignore_retry_after")) return;
  const std::string* text = answer.headers.find("Retry-After");
  if (text == nullptr || text->empty() || text->find_first_not_of("0123456789") != std::string::npos) return;
  const Duration longest = kLongestPause * (SYNCER_MUTATED("registry.stay_away_for_half_a_minute") ? 2 : 1);
  const auto seconds = parse_number(*text, longest / std::chrono::seconds(1));
  SYNCER_SOMETIMES(true, "registry.asks_to_come_later");
  busy_origin_ = origin;
  busy_since_ = now;
  busy_for_ = seconds ? std::chrono::seconds(*seconds) : longest;
}

Instant Calls::ready_at(Urgency urgency) const {
  if (busy_origin_ != addresses_.current()) return Instant::min();
  // Leases run on, whatever the registry has to do.
  return busy_since_ + (urgency == Urgency::Lease ? std::min(busy_for_, kLongestLeasePause) : busy_for_);
}

bool Calls::may_start(Instant now, Urgency urgency) const {
  return urgency == Urgency::Read || !may_write_ || may_write_(now);
}

bool Calls::is_waiting() const {
  return std::any_of(waiting_.begin(), waiting_.end(), [](const auto& queue) { return !queue.empty(); });
}

/// What waits may start. Otherwise it waits for a login, or fails with the reason why there is none.
bool Calls::is_logged_in(Instant now) {
  if (!login_ || !is_waiting()) return true;
  if (login_->is_due(now)) log_in(now);
  const bool is_refused = !login_->is_ready() && !login_->is_asking();
  if (!is_refused) fail_at_ = kNever;
  if (!is_refused) return login_->is_ready();
  if (fail_at_ == kNever) fail_at_ = now + kWithoutLogin;
  postponed_ = true;
  postponed_until_ = std::min(fail_at_, login_->next_deadline());
  if (now >= fail_at_) fail_waiting(now);
  return false;
}

void Calls::log_in(Instant now) {
  login_->asked();
  Call call{Urgency::Lease, login_->request(), nullptr, false, addresses_.current()};
  call.is_login = true;
  start(now, std::move(call));
}

void Calls::logged_in(Instant now, const RawAnswer& raw) {
  login_->answered(now, raw);
  if (!login_->is_ready()) return fail_waiting(now);
  start_waiting(now);
}

void Calls::fail_waiting(Instant now) {
  fail_at_ = kNever;
  const RawAnswer failed = tl::unexpected(login_->problem().value_or(Error{ErrorCode::Refused, "401", "no login"}));
  for (auto& queue : waiting_) {
    for (const Call& call : std::exchange(queue, {})) call.done(now, failed);
  }
}

/// The call's token was rejected, and another one may help.
bool Calls::send_again(Instant now, Call& call, const RawAnswer& raw) {
  if (!login_ || call.is_probe) return false;
  if (call.tried) login_->tried_again(raw);
  if (call.tried || !raw || !login_->rejects(now, call.generation, *raw)) return false;
  call.tried = true;
  waiting_[static_cast<std::size_t>(call.urgency)].push_front(std::move(call));
  return true;
}

void Calls::start_waiting(Instant now) {
  held_ = postponed_ = false;
  postponed_until_ = kNever;
  if (!is_logged_in(now)) return;
  for (const Urgency urgency : {Urgency::Lease, Urgency::Read, Urgency::Write}) {
    auto& queue = waiting_[static_cast<std::size_t>(urgency)];
    if (const Instant ready = ready_at(urgency); !queue.empty() && now < ready) {
      postponed_ = true;
      postponed_until_ = std::min(postponed_until_, ready);
      continue;
    }
    if (!queue.empty() && !may_start(now, urgency)) {
      held_ = true;
      continue;
    }
    while (!queue.empty() && running_ < limit(urgency)) {
      Call call = std::move(queue.front());
      queue.pop_front();
      call.address = addresses_.current();
      start(now, std::move(call));
    }
  }
}

void Calls::start(Instant now, Call call) {
  const CallId id = next_call_();
  const Urgency urgency = call.urgency;
  HttpRequest request = login_ ? call.request : std::exchange(call.request, {});
  direct(request, call.address);
  if (login_ && !call.is_login) {
    login_->sign(request);
    call.generation = login_->generation();
  }
  under_way_.emplace(id, std::move(call));
  ++running_;
  if (urgency == Urgency::Write) rate_.count(now);
  http_.call(id, std::move(request), now + settings_.request_timeout);
}

bool Calls::on_http(Instant now, CallId id, const RawAnswer& raw) {
  const auto found = under_way_.find(id);
  if (found == under_way_.end()) return false;
  Call call = std::move(found->second);
  under_way_.erase(found);
  if (raw || !SYNCER_MUTATED("registry.keep_the_place_of_failed_calls")) --running_;
  if (!call.is_probe && raw) note_retry_after(now, call.address, *raw);
  const bool overloaded = is_overload(raw);
  if (!call.is_probe) addresses_.report(now, call.address, call.urgency != Urgency::Write, overloaded, raw);
  if (call.urgency == Urgency::Write) rate_.answered(now, overloaded);
  if (call.is_login) {
    logged_in(now, raw);
    return true;
  }
  if (!send_again(now, call, raw)) call.done(now, raw);
  start_waiting(now);
  return true;
}

void Calls::fill(Sizes& sizes) const {
  sizes.calls = under_way_.size();
  sizes.calls_counted = running_;
  for (const auto& queue : waiting_) sizes.waiting_calls += queue.size();
}

void Calls::forget_all() {
  for (auto& queue : waiting_) queue.clear();
  for (const auto& [id, call] : under_way_) http_.cancel(id);
  under_way_.clear();
  running_ = 0;
  if (login_) login_->forgotten();
}

}  // namespace syncer::registry
