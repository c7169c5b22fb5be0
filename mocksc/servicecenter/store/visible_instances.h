// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mocksc/servicecenter/store/tenant.h"

namespace mocksc {

/// Where a read takes instances from.
enum class ReadFrom : std::uint8_t {
  Cache,      ///< of a service of which nothing is cached, from the store
  CacheOnly,  ///< never from the store
  Store,      ///< past the cache
};

/// The instances of one service as one read gets them: those of the cache by time of arrival, those of the store by id.
class VisibleInstances {
 public:
  VisibleInstances(const ServiceRecord& service, ReadFrom from);

  bool empty() const { return size() == 0; }
  std::size_t size() const { return is_cached_ ? service_.cached->size() : service_.instances.size(); }
  /// Greatest revision among them, 0 when there is none.
  std::uint64_t max_revision() const;
  /// Calls `use` with each InstanceVersion.
  template <class Use>
  void for_each(Use use) const {
    if (is_cached_) {
      for (const auto& [arrival, version] : service_.cached->in_order()) use(*version);
    } else {
      for (const auto& [id, record] : service_.instances) use(*record->version);
    }
  }

 private:
  const ServiceRecord& service_;
  bool is_cached_;
};

/// One instance by id, or nullptr: what the cache lacks is read from the store unless that is forbidden.
const InstanceVersion* find_visible(const ServiceRecord& service, std::string_view instance_id, ReadFrom from);

}  // namespace mocksc
