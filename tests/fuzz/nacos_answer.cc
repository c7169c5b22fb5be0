// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "syncer/registry/nacos/answers.h"
#include "syncer/registry/nacos/copy.h"
#include "syncer/registry/nacos/names.h"
#include "syncer/registry/nacos/record.h"

using namespace syncer;
using namespace syncer::registry;

namespace {

/// What one region exports another can plan and write, or refuses for a reason.
void check_payload(const ServiceKey& service, ByteView payload) {
  for (const std::uint32_t release : {1U, 2U, 3U}) {
    const auto plan = nacos::plan_copy("west", "i1", payload, release);
    if (!plan) continue;
    static_cast<void>(nacos::copy_registration({service, *plan, payload, "1.1"}, release, kOpenMarks));
  }
}

void check_shown(nacos::Shown shown) {
  static_cast<void>(nacos::copy_entry(shown, kOpenMarks));
  static_cast<void>(nacos::lease_of(shown.metadata));
  const auto record = encode_record(nacos::record_of(shown));
  if (record.size() <= kMaxRecord && !decode_record(record)) std::abort();
  const auto entry = nacos::entry_of(std::move(shown), kOpenMarks);
  if (nacos::address_of(entry.entry->id) && is_native(*entry.entry)) check_payload(entry.service, entry.entry->payload);
}

void check_page(Result<nacos::CatalogPage> page) {
  if (!page) return;
  for (nacos::Shown& shown : page->instances) check_shown(std::move(shown));
}

}  // namespace

/// What a Nacos server may answer: the first byte chooses the status, the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  HttpResponse response;
  constexpr int kStatuses[] = {200, 200, 200, 304, 400, 404, 429, 503};
  response.status = kStatuses[data[0] % 8];
  response.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  const RawAnswer raw = response;
  static_cast<void>(nacos::read_ok(raw));
  static_cast<void>(nacos::read_release(raw));
  static_cast<void>(nacos::read_count(raw));
  static_cast<void>(nacos::read_beat(raw));
  static_cast<void>(nacos::read_token(raw));
  static_cast<void>(nacos::is_name_list(response));
  static_cast<void>(nacos::decode_native(response.body));
  check_page(nacos::read_catalog(raw, "public"));
  check_page(nacos::read_admin_page(raw, "public"));
  if (auto shown = nacos::read_instance(raw, {"", "g", "cart"})) check_shown(std::move(*shown));
  check_payload({"", "", "app", "cart", "1.0.0"}, response.body);
  return 0;
}
