// SPDX-License-Identifier: Apache-2.0
#include "sim/report/event_text.h"

#include "syncer/registry/record.h"

namespace sim::report {

std::string field_text(const syncer::Field& field) {
  std::string text = std::string(field.key) + "=";
  if (field.is_number) return text + std::to_string(field.number);
  const bool is_record = field.key == "key" && syncer::registry::decode_key(field.text);
  return text + (is_record ? syncer::registry::readable_key(field.text) : std::string(field.text));
}

}  // namespace sim::report
