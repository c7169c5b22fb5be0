// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "syncer/base/result.h"
#include "syncer/registry/documents.h"

namespace syncer::registry {

/// An instance as it was read; shared by all who keep it.
using SharedInstance = std::shared_ptr<const InstanceDocument>;

/// Knows the instances that somebody still holds by their text. A registry tells all instances of a service when one of
/// them changes; those that come again octet for octet are not parsed again. It keeps nothing alive, and what it knows
/// of what is gone stays less than what is held.
class InstanceMemo {
 public:
  /// Reads one element of an instance list. An error when it is not JSON, nullptr when it is no instance.
  Result<SharedInstance> read(ByteView text);
  /// Texts that are known now, those of instances that nobody holds any more among them.
  std::size_t size() const { return known_.size(); }

 private:
  static constexpr std::size_t kLeast = 64;
  /// 128 bits of a hash stand for the text.
  using Print = std::pair<std::uint64_t, std::uint64_t>;
  static Print print_of(ByteView text);
  void forget_gone();

  std::map<Print, std::weak_ptr<const InstanceDocument>> known_;
  std::size_t most_ = kLeast;
};

}  // namespace syncer::registry
