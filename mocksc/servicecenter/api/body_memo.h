// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/api/body.h"
#include "syncer/base/hash.h"

namespace mocksc {

/// Remembers the last few bodies of one kind with what they say: pollers and heartbeats repeat theirs.
template <class T>
class BodyMemo {
 public:
  /// What the body says, by `decode` unless it is remembered. Errors are never remembered.
  template <class Decode>
  ApiResult<std::shared_ptr<const T>> read(std::string_view body, Decode decode) {
    Slot& slot = slots_[syncer::hash64(body) % kSlots];
    if (slot.says && slot.body == body) return slot.says;
    ApiResult<T> decoded = decode(body);
    if (!decoded) return tl::unexpected(decoded.error());
    auto says = std::make_shared<const T>(std::move(*decoded));
    if (body.size() <= kMaxBody) slot = {std::string(body), says};
    return says;
  }

 private:
  struct Slot {
    std::string body;
    std::shared_ptr<const T> says;
  };
  static constexpr std::size_t kSlots = 8;
  static constexpr std::size_t kMaxBody = 256 * 1024;
  std::array<Slot, kSlots> slots_;
};

/// Those of a registry.
struct BodyMemos {
  BodyMemo<BatchFindBody> finds;
  BodyMemo<std::vector<InstanceKey>> heartbeats;  ///< sorted, each key once
};

}  // namespace mocksc
