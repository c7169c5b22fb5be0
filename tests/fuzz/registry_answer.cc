// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/registry/servicecenter/answers.h"
#include "syncer/registry/servicecenter/copy.h"

using namespace syncer;
using namespace syncer::registry;
using namespace syncer::registry::servicecenter;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// What one region exports another can plan and write, or refuses for a reason.
void check_payload(ByteView payload) {
  const auto plan = plan_copy("west", "i1", payload);
  if (!plan) return;
  require(plan->id.size() == 32);
  static_cast<void>(registration_body(*plan, payload, "1.1", ""));
  static_cast<void>(properties_body(*plan, "1.1", ""));
}

void check_find(const RawAnswer& raw) {
  InstanceMemo memo;
  const auto first = read_find(raw, 2, memo);
  const auto again = read_find(raw, 2, memo);
  require(first.has_value() == again.has_value());
  if (!first) return;
  require(first->value.size() == 2 && again->value.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    require(first->value[i].instances.size() == again->value[i].instances.size());
    for (const SharedEntry& instance : first->value[i].instances) {
      require(!instance->id.empty());
      check_payload(instance->payload);
    }
  }
}

}  // namespace

/// What a service center may answer: the first byte chooses the status, the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  HttpResponse response;
  constexpr int kStatuses[] = {200, 200, 200, 304, 400, 404, 429, 503};
  response.status = kStatuses[data[0] % 8];
  response.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  const RawAnswer raw = response;
  const EntryId asked[] = {{"default", "s1", "i1"}, {"default", "s1", "i2"}};
  check_find(raw);
  check_payload(response.body);
  static_cast<void>(read_success(raw));
  static_cast<void>(read_services(raw, "default", "default"));
  static_cast<void>(read_schemas(raw));
  static_cast<void>(read_service_id(raw));
  static_cast<void>(read_instance_id(raw));
  static_cast<void>(read_one_instance(raw));
  static_cast<void>(read_heartbeats(raw, asked));
  static_cast<void>(service_body({"", "", "app", "cart", "1.0.0"}, response.body));
  static_cast<void>(service_properties_body(response.body));
  return 0;
}
