// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/answer_cache.h"

#include "syncer/base/hash.h"

namespace mocksc {
namespace {

std::uint64_t stamp_of(const Registry& registry, Operation operation) {
  return operation == Operation::ListServices ? registry.service_changes() : registry.visible_changes();
}

}  // namespace

bool AnswerCache::is_cached(Operation operation) {
  return operation == Operation::ListServices || operation == Operation::ListInstances ||
         operation == Operation::Find || operation == Operation::BatchFind;
}

AnswerCache::Slot& AnswerCache::slot_of(const syncer::HttpRequest& request) {
  return slots_[syncer::hash64(request.body, syncer::hash64(request.target)) % kSlots];
}

const syncer::HttpResponse* AnswerCache::find(const Registry& registry, Operation operation,
                                              const syncer::HttpRequest& request) {
  const Slot& slot = slot_of(request);
  const bool fits = slot.is_used && slot.stamp == stamp_of(registry, operation) && slot.request == request;
  return fits ? &slot.answer : nullptr;
}

void AnswerCache::remember(const Registry& registry, Operation operation, const syncer::HttpRequest& request,
                           const syncer::HttpResponse& answer) {
  if (answer.body.size() + request.body.size() > kMaxBody) return;
  slot_of(request) = Slot{stamp_of(registry, operation), true, request, answer};
}

}  // namespace mocksc
