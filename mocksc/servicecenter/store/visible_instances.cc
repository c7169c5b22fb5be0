// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/visible_instances.h"

#include <algorithm>

namespace mocksc {

VisibleInstances::VisibleInstances(const ServiceRecord& service, ReadFrom from)
    : service_(service),
      is_cached_(from == ReadFrom::CacheOnly || (from == ReadFrom::Cache && !service.cached->empty())) {}

std::uint64_t VisibleInstances::max_revision() const {
  if (is_cached_) return service_.cached->max_revision();
  if (service_.max_is_stale) {
    service_.max_revision = 0;
    for_each(
        [&](const InstanceVersion& one) { service_.max_revision = std::max(service_.max_revision, one.revision); });
    service_.max_is_stale = false;
  }
  return service_.max_revision;
}

const InstanceVersion* find_visible(const ServiceRecord& service, std::string_view instance_id, ReadFrom from) {
  const InstanceVersion* cached = from == ReadFrom::Store ? nullptr : service.cached->find(instance_id);
  if (cached != nullptr || from == ReadFrom::CacheOnly) return cached;
  const auto stored = service.instances.find(instance_id);
  return stored == service.instances.end() ? nullptr : stored->second->version.get();
}

}  // namespace mocksc
