// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/instance_memo.h"

#include <algorithm>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"

namespace syncer::registry {
namespace {

/// The beginning of a text names the instance and not its state.
constexpr std::size_t kName = 90;

}  // namespace

InstanceMemo::Print InstanceMemo::print_of(ByteView text) {
  const Hash128 hash = hash128(SYNCER_MUTATED("registry.remember_by_name") ? text.substr(0, kName) : text);
  return {hash.high, hash.low};
}

Result<SharedInstance> InstanceMemo::read(ByteView text) {
  const Print print = print_of(text);
  const auto known = known_.find(print);
  if (known != known_.end()) {
    if (SharedInstance instance = known->second.lock()) return instance;
  }
  const auto document = json::Document::parse(text);
  if (!document) return failure(ErrorCode::Corrupt, "instance", "not JSON");
  auto instance = read_instance(**document);
  if (!instance) return SharedInstance();
  auto shared = std::make_shared<const InstanceDocument>(std::move(*instance));
  if (known_.size() >= most_) forget_gone();
  known_.insert_or_assign(print, shared);
  return SharedInstance(std::move(shared));
}

void InstanceMemo::forget_gone() {
  for (auto it = known_.begin(); it != known_.end();) it = it->second.expired() ? known_.erase(it) : std::next(it);
  most_ = std::max(kLeast, 2 * known_.size());
}

}  // namespace syncer::registry
