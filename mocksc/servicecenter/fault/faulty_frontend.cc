// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/fault/faulty_frontend.h"

#include <algorithm>
#include <utility>

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {
namespace {

using syncer::Duration;
using syncer::HttpRequest;
using syncer::HttpResponse;
using syncer::Instant;

HttpResponse too_many_requests() {
  return {429, {{"Content-Type", "text/plain; charset=utf-8"}, {"Retry-After", "1"}}, "Too Many Requests\n"};
}

HttpResponse status_answer(const Failure& failure) {
  HttpResponse out{failure.status, {{"Content-Type", "text/plain; charset=utf-8"}}, {}};
  if (failure.retry_after)
    out.headers.add("Retry-After", std::to_string(*failure.retry_after / std::chrono::seconds(1)));
  return out;
}

}  // namespace

Model& LaggingCopy::at(syncer::Instant to) {
  while (!steps_.empty() && steps_.front().at <= to) {
    Recorded next = std::move(steps_.front());
    steps_.pop_front();
    next.step(model_, next.at);
  }
  if (to > position_) position_ = to;
  model_.advance(position_);
  return model_;
}

FaultyFrontend::FaultyFrontend(Model model, syncer::Random random)
    : model_(std::move(model)), plan_(random.stream("fault plan")), random_(random.stream("fault draws")) {}

Outcome FaultyFrontend::handle(Instant now, std::size_t frontend, const HttpRequest& request, std::string_view client) {
  advance(now);
  if (const auto* out = plan_.find(FaultKind::Outage, frontend)) return outage(now, out->fault);
  const Duration latency = draw_latency(frontend);
  if (is_over_limit(now, frontend)) return {Outcome::Kind::Answer, too_many_requests(), latency};
  const Operation operation = operation_of(request.method, request.target);
  Outcome outcome;
  if (const Failure* failure = draw_failure(frontend, operation)) {
    outcome = spoil(*failure, now, frontend, request, client, operation);
  } else {
    outcome.response = answer(now, frontend, request, client, operation);
  }
  if (outcome.kind == Outcome::Kind::Answer && outcome.response.status == kNeverAnswered) {
    return {Outcome::Kind::Hang, {}, kForever};
  }
  if (outcome.kind != Outcome::Kind::Hang) outcome.delay += latency;
  return outcome;
}

HttpResponse FaultyFrontend::handle_unharmed(Instant now, std::size_t frontend, const HttpRequest& request,
                                             std::string_view client) {
  advance(now);
  if (past_ != nullptr && is_write(operation_of(request.method, request.target))) {
    past_->record(now, [frontend, request](Model& model, Instant at) { model.handle_surely(at, frontend, request); });
  }
  return model_.handle_surely(now, frontend, request, client);
}

HttpResponse FaultyFrontend::answer(Instant now, std::size_t frontend, const HttpRequest& request,
                                    std::string_view client, Operation operation) {
  if (past_ != nullptr && is_write(operation)) {
    record(now, [frontend, request](Model& model, Instant at) { model.handle(at, frontend, request); });
  }
  if (!is_list(operation)) return model_.handle(now, frontend, request, client);
  ReadFault fault;
  if (const auto* partial = plan_.find(FaultKind::ListPartial, frontend)) fault = {partial->fault.keep, partial->salt};
  if (plan_.find(FaultKind::ListEmpty, frontend) != nullptr) fault = {{0, 1}, 0};
  const auto* stale = plan_.find(FaultKind::StaleRead, frontend);
  if (stale == nullptr || past_ == nullptr) return model_.handle(now, frontend, request, client, fault);
  Model& past = past_->at(now - stale->fault.by);
  return past.handle(past_->position(), frontend, request, client, fault);
}

Outcome FaultyFrontend::outage(Instant now, const Fault& fault) const {
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

bool FaultyFrontend::is_out(std::size_t frontend) const {
  const auto* out = plan_.find(FaultKind::Outage, frontend);
  return out != nullptr && out->fault.mode != OutageMode::Hang;
}

const Failure* FaultyFrontend::draw_failure(std::size_t frontend, Operation operation) {
  const auto* entry = plan_.find(FaultKind::Fail, frontend);
  if (entry == nullptr) return nullptr;
  const Fault& fault = entry->fault;
  const bool is_touched = fault.operations.empty() || fault.operations.count(operation) > 0;
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

Outcome FaultyFrontend::spoil(const Failure& failure, Instant now, std::size_t frontend, const HttpRequest& request,
                              std::string_view client, Operation operation) {
  Outcome outcome;
  switch (failure.kind) {
    case Failure::Kind::Status:
      outcome.response = status_answer(failure);
      break;
    case Failure::Kind::Hang:
      outcome.kind = Outcome::Kind::Hang;
      outcome.delay = failure.hang;
      break;
    case Failure::Kind::TruncatedBody:
      outcome.response = answer(now, frontend, request, client, operation);
      outcome.response.body.resize(outcome.response.body.size() / 2);
      outcome.is_truncated = true;
      break;
    case Failure::Kind::BadJson:
      outcome.response = answer(now, frontend, request, client, operation);
      outcome.response.body = "{\"instances\":[{\"instanceId\":}";
      break;
    case Failure::Kind::ResetAfterApply:
      answer(now, frontend, request, client, operation);
      outcome.kind = Outcome::Kind::Reset;
      break;
  }
  return outcome;
}

bool FaultyFrontend::is_over_limit(Instant now, std::size_t frontend) {
  const auto* limit = plan_.find(FaultKind::Limit, frontend);
  if (limit == nullptr) return false;
  Window& window = windows_[frontend];
  const std::int64_t second = syncer::nanos(now) / 1'000'000'000;
  if (window.second != second) window = {second, 0};
  return ++window.count > limit->fault.rps;
}

Duration FaultyFrontend::draw_latency(std::size_t frontend) {
  const auto* slow = plan_.find(FaultKind::Slow, frontend);
  if (slow == nullptr) return Duration(0);
  return random_.between(slow->fault.latency_min, std::max(slow->fault.latency_min, slow->fault.latency_max));
}

Instant FaultyFrontend::next_deadline() const { return std::min(model_.next_deadline(), plan_.next_deadline()); }

void FaultyFrontend::advance(Instant now) {
  while (plan_.next_deadline() <= now) {
    const Instant end = plan_.next_deadline();
    model_.advance(end);
    plan_.advance(end);
    update_for_faults(end);
  }
  model_.advance(now);
  if (past_ != nullptr && memory_ > Duration(0)) past_->at(now - memory_);
}

void FaultyFrontend::update_for_faults(Instant now) {
  bool is_frozen = false;
  bool is_stale = false;
  for (const auto& [id, entry] : plan_.all()) {
    is_frozen = is_frozen || entry.fault.kind == FaultKind::LeaseFreeze;
    is_stale = is_stale || entry.fault.kind == FaultKind::StaleRead;
  }
  model_.freeze_leases(is_frozen);
  record(now, [is_frozen](Model& model, Instant) { model.freeze_leases(is_frozen); });
  for (std::size_t frontend = 0; frontend < model_.options().frontends.size(); ++frontend) {
    const bool is_up = !is_out(frontend);
    model_.set_frontend_up(now, frontend, is_up);
    record(now, [frontend, is_up](Model& model, Instant at) { model.set_frontend_up(at, frontend, is_up); });
  }
  if (!is_stale && memory_ == Duration(0)) past_.reset();
}

FaultId FaultyFrontend::start(Instant now, Fault fault) {
  advance(now);
  if (fault.kind == FaultKind::StaleRead && past_ == nullptr) past_ = std::make_unique<LaggingCopy>(model_, now);
  const FaultId id = plan_.add(std::move(fault));
  update_for_faults(now);
  return id;
}

bool FaultyFrontend::stop(Instant now, FaultId id) {
  advance(now);
  const bool was_on = plan_.remove(id);
  update_for_faults(now);
  return was_on;
}

void FaultyFrontend::stop_all(Instant now) {
  advance(now);
  plan_.clear();
  update_for_faults(now);
}

void FaultyFrontend::remember_past(Instant now, Duration how_long) {
  advance(now);
  memory_ = how_long;
  if (past_ == nullptr) past_ = std::make_unique<LaggingCopy>(model_, now);
}

void FaultyFrontend::record(Instant now, LaggingCopy::Step step) {
  if (past_ != nullptr) past_->record(now, std::move(step));
}

std::size_t FaultyFrontend::expire(Instant now, std::string_view instance_id) {
  advance(now);
  record(now, [id = std::string(instance_id)](Model& model, Instant at) { model.expire(at, id); });
  return model_.expire(now, instance_id);
}

void FaultyFrontend::lose_data(Instant now) {
  advance(now);
  record(now, [](Model& model, Instant at) { model.lose_data(at); });
  model_.lose_data(now);
}

void FaultyFrontend::save(Instant now, const std::string& label) {
  advance(now);
  saved_[label] = model_.save();
}

syncer::Result<void> FaultyFrontend::restore(Instant now, const std::string& label) {
  const auto found = saved_.find(label);
  if (found == saved_.end()) {
    return syncer::failure(syncer::ErrorCode::NotFound, "", "nothing was saved as \"" + label + "\"");
  }
  advance(now);
  // The copy gets the same text, which the original proves to be sound.
  record(now, [data = found->second](Model& model, Instant at) { static_cast<void>(model.restore(at, data)); });
  return model_.restore(now, found->second);
}

}  // namespace mocksc
