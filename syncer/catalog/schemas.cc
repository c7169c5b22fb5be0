// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/schemas.h"

namespace syncer::catalog {
namespace {

constexpr Duration kRepeat = std::chrono::minutes(5);
constexpr Duration kRetry = std::chrono::seconds(5);

}  // namespace

void Schemas::schedule(Instant due, const ServiceRef& ref) {
  if (known_.insert(ref).second) first_.insert(ref);
  const auto [it, is_new] = when_.try_emplace(ref, due);
  if (!is_new && it->second == kNever) {
    again_.insert(ref);
    return;
  }
  due_.erase({it->second, ref});
  it->second = due;
  due_.insert({due, ref});
}

void Schemas::advance(Instant now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const ServiceRef ref = due_.begin()->second;
    due_.erase(due_.begin());
    read(now, ref);
  }
}

void Schemas::read(Instant now, const ServiceRef& ref) {
  const SeenService* service = view_.service(ref);
  if (service == nullptr || !exporter_.has_instances(service->document.key)) {
    when_.erase(ref);
    known_.erase(ref);
    first_.erase(ref);
    return;
  }
  if (service->document.schemas.empty()) {
    // A contract that is added shows up in the record, so there is nothing to repeat.
    exporter_.put_schemas(now, service->document.key, {});
    when_.erase(ref);
    first_.erase(ref);
    return;
  }
  when_[ref] = kNever;
  calls_.submit(now, Urgency::Read, requests_.list_schemas(ref.first, ref.second),
                [this, ref](Instant at, const registry::RawAnswer& raw) { on_answer(at, ref, raw); });
}

void Schemas::on_answer(Instant now, const ServiceRef& ref, const registry::RawAnswer& raw) {
  first_.erase(ref);
  when_.erase(ref);
  const auto answer = registry::read_schemas(raw);
  const bool good = answer && answer->complete();
  const SeenService* service = view_.service(ref);
  if (good && service != nullptr) exporter_.put_schemas(now, service->document.key, answer->value);
  const bool repeat_now = again_.erase(ref) > 0;
  schedule(repeat_now ? now : now + (good ? kRepeat : kRetry), ref);
}

}  // namespace syncer::catalog
