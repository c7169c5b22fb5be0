// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/json/document.h"
#include "syncer/registry/eureka/copy.h"
#include "syncer/registry/eureka/documents.h"
#include "syncer/registry/record.h"

using namespace syncer;
using namespace syncer::registry;

namespace {

/// What one region exports another can plan and write, or refuses for a reason.
void check_payload(const ServiceKey& service, ByteView payload) {
  const auto plan = eureka::plan_copy("west", "i1", payload);
  if (!plan) return;
  if (!eureka::is_copy_id(plan->id)) std::abort();
  const auto body = eureka::registration_body(service, *plan, payload, "1.1", 7, kOpenMarks);
  if (body && body->size() > eureka::kMaxRegistration) std::abort();
}

void check_instance(const json::Value& element) {
  const auto seen = eureka::read_instance(element);
  if (!seen) return;
  if (seen->entry.id.empty()) std::abort();
  if (eureka::key_of(eureka::ref_of(seen->service)) != seen->service) std::abort();
  if (is_native(seen->entry) && !seen->entry.payload.empty() && !decode_record(seen->entry.payload)) std::abort();
  check_payload(seen->service, seen->entry.payload);
}

}  // namespace

/// An answer of a Eureka server: every object of it is read as an instance, whichever list it stands in.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView body(reinterpret_cast<const char*>(data), size);
  check_payload({"", "", "app", "cart", "1.0.0"}, body);
  const auto document = json::Document::parse(body);
  if (!document) return 0;
  check_instance(document->root());
  for (const json::Value& child : document->root()) {
    check_instance(child);
    for (const json::Value& inner : child) check_instance(inner);
  }
  return 0;
}
