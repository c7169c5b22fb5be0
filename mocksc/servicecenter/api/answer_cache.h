// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "mocksc/servicecenter/api/operation.h"
#include "mocksc/servicecenter/store/registry.h"
#include "syncer/base/http_message.h"

namespace mocksc {

/// Remembers the last answers to frequent reads. An answer is a function of the request and of what readers can see, so
/// it stays right until that changes; pollers then cost one comparison instead of a rendered list.
class AnswerCache {
 public:
  /// The remembered answer, or nullptr.
  const syncer::HttpResponse* find(const Registry& registry, Operation operation, const syncer::HttpRequest& request);
  /// `registry` and `request` as in the find() before.
  void remember(const Registry& registry, Operation operation, const syncer::HttpRequest& request,
                const syncer::HttpResponse& answer);
  static bool is_cached(Operation operation);

 private:
  struct Slot {
    std::uint64_t stamp = 0;
    bool is_used = false;
    syncer::HttpRequest request;
    syncer::HttpResponse answer;
  };
  static constexpr std::size_t kSlots = 64;
  static constexpr std::size_t kMaxBody = 1 << 20;
  Slot& slot_of(const syncer::HttpRequest& request);
  std::array<Slot, kSlots> slots_;
};

}  // namespace mocksc
