// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "syncer/registry/servicecenter/copy.h"
#include "syncer/registry/servicecenter/documents.h"

using namespace syncer;
using namespace syncer::registry;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// What another region's syncer may send as the payload of a record: read in one way or refused, and planned or refused
/// by the kind of registry it is to be written to.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(reinterpret_cast<const char*>(data), size);
  if (const auto attachment = decode_attachment(bytes)) static_cast<void>(to_hex(attachment->content));
  const auto record = decode_record(bytes);
  const auto plan = servicecenter::plan_copy("west", "i1", bytes);
  if (!record) {
    require(!plan);
    return 0;
  }
  require(encode_record(*record) == bytes);
  require(plan.has_value() == servicecenter::document_of(*record).has_value());
  if (!plan) return 0;
  require(plan->id.size() == 32);
  static_cast<void>(servicecenter::registration_body(*plan, bytes, "1.1", ""));
  static_cast<void>(servicecenter::properties_body(*plan, "1.1", ""));
  return 0;
}
