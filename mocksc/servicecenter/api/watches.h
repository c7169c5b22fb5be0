// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "mocksc/servicecenter/store/registry.h"

namespace mocksc {

using WatchId = std::uint64_t;

/// Who watches, and what they have not been told yet: a change of an instance, once it is visible, goes to each
/// watching service that found its service before. Nothing is told of what was before a watch began.
class Watches {
 public:
  /// `tenant` is "domain/project".
  WatchId open(std::string tenant, std::string service_id);
  void close(WatchId id) { watches_.erase(id); }
  /// The events since the last call, as JSON.
  std::vector<std::string> take(WatchId id);
  void on_event(Registry& registry, const CacheEvent& event);

 private:
  struct Watch {
    std::string tenant;
    std::string service_id;
    std::vector<std::string> events;
  };
  std::map<WatchId, Watch> watches_;
  WatchId next_ = 1;
};

}  // namespace mocksc
