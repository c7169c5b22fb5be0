// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/store/instance.h"

#include <limits>

#include "syncer/base/quantity.h"

namespace mocksc::nacos {
namespace {

void read(const Metadata& metadata, const char* key, std::int64_t& out) {
  const auto found = metadata.find(key);
  if (found == metadata.end() || !found->second) return;
  const auto number = syncer::parse_number(*found->second, std::numeric_limits<std::int32_t>::max());
  if (number) out = static_cast<std::int64_t>(*number);
}

}  // namespace

BeatTimes beat_times(const Metadata& metadata) {
  BeatTimes times;
  read(metadata, "preserved.heart.beat.interval", times.interval_ms);
  read(metadata, "preserved.heart.beat.timeout", times.timeout_ms);
  read(metadata, "preserved.ip.delete.timeout", times.delete_ms);
  return times;
}

std::string instance_id(const Instance& instance, const ServiceName& service) {
  return instance.ip + "#" + std::to_string(instance.port) + "#" + instance.cluster + "#" + service.full();
}

}  // namespace mocksc::nacos
