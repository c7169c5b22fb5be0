// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/schemas.h"

#include "syncer/registry/retry.h"
#include "syncer/registry/servicecenter/answers.h"
#include "syncer/registry/servicecenter/mapping.h"

namespace syncer::registry::servicecenter {
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
  const SeenService* service = context_.snapshot.service(ref);
  if (service == nullptr || !context_.owner.exports(service->state.name)) {
    when_.erase(ref);
    known_.erase(ref);
    first_.erase(ref);
    return;
  }
  if (!service->state.has_attachments) {
    // A contract that is added shows up in the record, so there is nothing to repeat.
    context_.owner.attachments_read(now, service->state.name, {});
    when_.erase(ref);
    first_.erase(ref);
    return;
  }
  when_[ref] = kNever;
  context_.calls.submit(now, Urgency::Read, requests_.list_schemas(ref.space, ref.id),
                        [this, ref](Instant at, const RawAnswer& raw) { on_answer(at, ref, raw); });
}

void Schemas::on_answer(Instant now, const ServiceRef& ref, const RawAnswer& raw) {
  first_.erase(ref);
  when_.erase(ref);
  const auto answer = read_schemas(raw);
  const bool good = answer && answer->complete();
  const SeenService* service = context_.snapshot.service(ref);
  if (good && service != nullptr) {
    Attachments schemas;
    for (const SchemaDocument& schema : answer->value) {
      if (schema.has_content) schemas.insert_or_assign(schema.id, encode_attachment(kNativeKind, schema.payload));
    }
    context_.owner.attachments_read(now, service->state.name, schemas);
  }
  const bool repeat_now = again_.erase(ref) > 0;
  schedule(repeat_now ? now : now + (good ? kAttachmentRepeat : kAttachmentRetry), ref);
}

}  // namespace syncer::registry::servicecenter
