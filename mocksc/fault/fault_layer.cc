// SPDX-License-Identifier: Apache-2.0
#include "mocksc/fault/fault_layer.h"

#include <algorithm>
#include <utility>

#include "mocksc/fault/proxy_answer.h"

namespace mocksc {
namespace {

using syncer::Duration;
using syncer::HttpRequest;
using syncer::HttpResponse;
using syncer::Instant;

/// Measured: the first write that succeeds, after etcd is back.
constexpr Duration kStoreReturns = std::chrono::milliseconds(1400);
/// The longest that a front-end waits for its store.
constexpr Duration kStorePatience = std::chrono::seconds(30);

HttpResponse too_many_requests() {
  return {429, {{"Content-Type", "text/plain; charset=utf-8"}, {"Retry-After", "1"}}, "Too Many Requests\n"};
}

}  // namespace

Store& LaggingCopy::at(syncer::Instant to) {
  while (!steps_.empty() && steps_.front().at <= to) {
    Recorded next = std::move(steps_.front());
    steps_.pop_front();
    next.step(*store_, next.at);
  }
  if (to > position_) position_ = to;
  store_->advance(position_);
  return *store_;
}

FaultLayer::FaultLayer(std::unique_ptr<Store> store, syncer::Random random)
    : store_(std::move(store)), plan_(random.stream("fault plan")), random_(random.stream("fault draws")) {}

Outcome FaultLayer::handle(Instant now, std::size_t frontend, const HttpRequest& request, std::string_view client) {
  advance(now);
  if (const auto* out = plan_.find(FaultKind::Outage, frontend)) return outage(now, out->fault);
  const Duration latency = draw_latency(frontend);
  if (is_over_limit(now, frontend)) return {Outcome::Kind::Answer, too_many_requests(), latency};
  const CallTraits traits = store_->traits_of(request);
  Outcome outcome;
  if (const Failure* failure = draw_failure(frontend, traits)) {
    outcome = spoil(*failure, now, frontend, request, client, traits);
  } else if (lacks_store(now)) {
    outcome = answer_without_store(now, frontend, request, client, traits);
  } else {
    outcome.response = answer(now, frontend, request, client, traits);
  }
  if (outcome.kind == Outcome::Kind::Answer && outcome.response.status == kNeverAnswered) {
    return {Outcome::Kind::Hang, {}, kForever};
  }
  if (outcome.kind != Outcome::Kind::Hang) outcome.delay += latency;
  return outcome;
}

HttpResponse FaultLayer::handle_unharmed(Instant now, std::size_t frontend, const HttpRequest& request,
                                         std::string_view client) {
  advance(now);
  if (past_ != nullptr && store_->traits_of(request).is_write) {
    past_->record(now,
                  [frontend, request](Store& store, Instant at) { store.handle_surely(at, frontend, request, {}); });
  }
  return store_->handle_surely(now, frontend, request, client);
}

HttpResponse FaultLayer::answer(Instant now, std::size_t frontend, const HttpRequest& request, std::string_view client,
                                const CallTraits& traits) {
  if (past_ != nullptr && traits.is_write) {
    record(now, [frontend, request](Store& store, Instant at) { store.handle(at, frontend, request, {}, {}); });
  }
  if (!traits.is_list) return store_->handle(now, frontend, request, client, {});
  ReadFault fault;
  if (const auto* partial = plan_.find(FaultKind::ListPartial, frontend)) fault = {partial->fault.keep, partial->salt};
  if (plan_.find(FaultKind::ListEmpty, frontend) != nullptr) fault = {{0, 1}, 0};
  const auto* stale = plan_.find(FaultKind::StaleRead, frontend);
  if (stale == nullptr || past_ == nullptr) return store_->handle(now, frontend, request, client, fault);
  Store& past = past_->at(now - stale->fault.by);
  return past.handle(past_->position(), frontend, request, client, fault);
}

Outcome FaultLayer::outage(Instant now, const Fault& fault) const {
  switch (fault.mode) {
    case OutageMode::Refuse:
      return {Outcome::Kind::Refuse, {}};
    case OutageMode::Reset:
      return {Outcome::Kind::Reset, {}};
    case OutageMode::Hang:
      break;
  }
  return {Outcome::Kind::Hang, {}, fault.until == syncer::kNever ? kForever : fault.until - now};
}

bool FaultLayer::lacks_store(Instant now) const { return store_is_away_ || now < store_answers_at_; }

/// What no cache knows is asked of the store, too.
Outcome FaultLayer::answer_without_store(Instant now, std::size_t frontend, const HttpRequest& request,
                                         std::string_view client, const CallTraits& traits) {
  const auto* away = plan_.find(FaultKind::StoreOutage, frontend);
  const Instant back = away == nullptr ? store_answers_at_ : syncer::saturating_add(away->fault.until, kStoreReturns);
  const Outcome waits{Outcome::Kind::Hang, {}, std::min(back - now, kStorePatience)};
  if (store_->needs_backend(request)) return waits;
  Outcome outcome;
  outcome.response = answer(now, frontend, request, client, traits);
  return outcome.response.status / 100 == 4 ? waits : outcome;
}

bool FaultLayer::is_out(std::size_t frontend) const {
  const auto* out = plan_.find(FaultKind::Outage, frontend);
  return out != nullptr && out->fault.mode != OutageMode::Hang;
}

const Failure* FaultLayer::draw_failure(std::size_t frontend, const CallTraits& traits) {
  const auto* entry = plan_.find(FaultKind::Fail, frontend);
  if (entry == nullptr) return nullptr;
  const Fault& fault = entry->fault;
  const bool is_touched = fault.operations.empty() || fault.operations.contains(traits.name);
  if (!is_touched || fault.failures.empty() || !random_.hits(fault.rate)) return nullptr;
  std::uint64_t total = 0;
  for (const Failure& failure : fault.failures) total += failure.weight;
  if (total == 0) return nullptr;
  std::uint64_t drawn = random_.below(total);
  for (const Failure& failure : fault.failures) {
    if (drawn < failure.weight) return &failure;
    drawn -= failure.weight;
  }
  return nullptr;
}

Outcome FaultLayer::spoil(const Failure& failure, Instant now, std::size_t frontend, const HttpRequest& request,
                          std::string_view client, const CallTraits& traits) {
  Outcome outcome;
  switch (failure.kind) {
    case Failure::Kind::Status:
      outcome.response = proxy_answer(failure);
      break;
    case Failure::Kind::Hang:
      outcome.kind = Outcome::Kind::Hang;
      outcome.delay = failure.hang;
      break;
    case Failure::Kind::TruncatedBody:
      outcome.response = answer(now, frontend, request, client, traits);
      outcome.response.body.resize(outcome.response.body.size() / 2);
      outcome.is_truncated = true;
      break;
    case Failure::Kind::BadJson:
      outcome.response = answer(now, frontend, request, client, traits);
      outcome.response.body = store_->broken_body();
      break;
    case Failure::Kind::ResetAfterApply:
      answer(now, frontend, request, client, traits);
      outcome.kind = Outcome::Kind::Reset;
      break;
    case Failure::Kind::OtherAnswer:
      outcome.response = other_answer(answer(now, frontend, request, client, traits));
      break;
    case Failure::Kind::DoubledBody:
      outcome.response = answer(now, frontend, request, client, traits);
      outcome.response.body += std::string(outcome.response.body);
      break;
    case Failure::Kind::CutBody:
      outcome.response = answer(now, frontend, request, client, traits);
      outcome.response.body.resize(outcome.response.body.size() / 2);
      break;
    case Failure::Kind::PartRefused:
      outcome.response = answer(now, frontend, request, client, traits);
      store_->refuse_part(request, failure.part, random_, outcome.response);
      break;
  }
  return outcome;
}

/// The first of all gets its own.
HttpResponse FaultLayer::other_answer(HttpResponse own) {
  std::swap(own, former_answer_);
  return own.status == 0 ? former_answer_ : own;
}

bool FaultLayer::is_over_limit(Instant now, std::size_t frontend) {
  const auto* limit = plan_.find(FaultKind::Limit, frontend);
  if (limit == nullptr) return false;
  Window& window = windows_[frontend];
  const std::int64_t second = syncer::nanos(now) / 1'000'000'000;
  if (window.second != second) window = {second, 0};
  return ++window.count > limit->fault.rps;
}

Duration FaultLayer::draw_latency(std::size_t frontend) {
  const auto* slow = plan_.find(FaultKind::Slow, frontend);
  if (slow == nullptr) return Duration(0);
  return random_.between(slow->fault.latency_min, std::max(slow->fault.latency_min, slow->fault.latency_max));
}

Instant FaultLayer::next_deadline() const { return std::min(store_->next_deadline(), plan_.next_deadline()); }

void FaultLayer::advance(Instant now) {
  while (plan_.next_deadline() <= now) {
    const Instant end = plan_.next_deadline();
    store_->advance(end);
    plan_.advance(end);
    update_for_faults(end);
  }
  store_->advance(now);
  if (past_ != nullptr && memory_ > Duration(0)) past_->at(now - memory_);
}

void FaultLayer::update_for_faults(Instant now) {
  bool is_frozen = false;
  bool is_stale = false;
  bool is_away = false;
  for (const auto& [id, entry] : plan_.all()) {
    is_frozen = is_frozen || entry.fault.kind == FaultKind::LeaseFreeze;
    is_stale = is_stale || entry.fault.kind == FaultKind::StaleRead;
    is_away = is_away || entry.fault.kind == FaultKind::StoreOutage;
  }
  is_frozen = is_frozen || is_away;
  if (std::exchange(store_is_away_, is_away) && !is_away) {
    store_answers_at_ = now + kStoreReturns;
    store_->restart_leases(now);
    record(now, [](Store& store, Instant at) { store.restart_leases(at); });
  }
  store_->freeze_leases(is_frozen);
  record(now, [is_frozen](Store& store, Instant) { store.freeze_leases(is_frozen); });
  for (std::size_t frontend = 0; frontend < store_->front_ends(); ++frontend) {
    const bool is_up = !is_out(frontend);
    store_->set_front_end_up(now, frontend, is_up);
    record(now, [frontend, is_up](Store& store, Instant at) { store.set_front_end_up(at, frontend, is_up); });
  }
  if (!is_stale && memory_ == Duration(0)) past_.reset();
}

FaultId FaultLayer::start(Instant now, Fault fault) {
  advance(now);
  if (fault.kind == FaultKind::StaleRead && past_ == nullptr) past_ = std::make_unique<LaggingCopy>(*store_, now);
  const FaultId id = plan_.add(std::move(fault));
  update_for_faults(now);
  return id;
}

bool FaultLayer::stop(Instant now, FaultId id) {
  advance(now);
  const bool was_on = plan_.remove(id);
  update_for_faults(now);
  return was_on;
}

void FaultLayer::stop_all(Instant now) {
  advance(now);
  plan_.clear();
  update_for_faults(now);
}

void FaultLayer::remember_past(Instant now, Duration how_long) {
  advance(now);
  memory_ = how_long;
  if (past_ == nullptr) past_ = std::make_unique<LaggingCopy>(*store_, now);
}

void FaultLayer::record(Instant now, LaggingCopy::Step step) {
  if (past_ != nullptr) past_->record(now, std::move(step));
}

std::size_t FaultLayer::expire(Instant now, std::string_view instance_id) {
  advance(now);
  record(now, [id = std::string(instance_id)](Store& store, Instant at) { store.expire(at, id); });
  return store_->expire(now, instance_id);
}

void FaultLayer::lose_data(Instant now) {
  advance(now);
  record(now, [](Store& store, Instant at) { store.lose_data(at); });
  store_->lose_data(now);
}

void FaultLayer::save(Instant now, const std::string& label) {
  advance(now);
  saved_.insert_or_assign(label, store_->save());
}

syncer::Result<void> FaultLayer::restore(Instant now, const std::string& label) {
  const auto found = saved_.find(label);
  if (found == saved_.end()) {
    return syncer::failure(syncer::ErrorCode::NotFound, "", "nothing was saved as \"" + label + "\"");
  }
  advance(now);
  // The copy gets the same, which the original proves to be sound.
  record(now, [data = found->second](Store& store, Instant at) { static_cast<void>(store.restore(at, data)); });
  return store_->restore(now, found->second);
}

}  // namespace mocksc
