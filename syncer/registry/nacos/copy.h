// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "syncer/base/result.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/nacos/answers.h"

namespace syncer::registry::nacos {

/// What metadata may take in all, keys and values, from 2.x on. A 1.x server has no limit, but its requests do.
inline constexpr std::size_t kMaxMetadata = 1024;
inline constexpr std::size_t kMaxFirstMetadata = 4096;

/// Life of a copy without a beat. It is told as unhealthy before that, but not before two beats failed.
inline constexpr Duration kCopyLease = std::chrono::seconds(120);
inline constexpr Duration kCanaryLease = std::chrono::seconds(30);

/// How the record appears in a server of that release (its first number). What has no place is cut, and the copy says
/// what; Invalid when nothing of it can be reached over a network.
Result<CopyPlan> plan_copy(const std::string& region, const std::string& instance, ByteView payload,
                           std::uint32_t release);

/// What a registration says: parameters of a POST.
struct Registration {
  Service service;
  Address address;
  std::string weight = "1";
  bool enabled = true;
  Metadata metadata;
};
/// Of a copy, signed. Refused or TooLarge when no server of that release takes it.
Result<Registration> copy_registration(const CopyWrite& copy, std::uint32_t release, const MarkSeal& marks);

/// A copy as a server shows it: what plan_copy and the service's name said, read back from its marks. Nothing for what
/// take_mark takes for no copy.
struct ShownCopy {
  ServiceKey service;
  Entry entry;
};
std::optional<ShownCopy> copy_entry(const Shown& shown, const MarkSeal& marks);
/// Its mark; nothing for what an application wrote. Takes epoch and signature out of `metadata`. An id does not say
/// here that it is a copy's: a mark that nobody of the pool signed is an application's own word, unless the
/// registration has the lease of copies besides, which nothing else has. Then a syncer wrote it under another key or
/// none, and it is neither believed nor an application's.
std::optional<CopyMark> take_mark(const std::string& id, Metadata& metadata, const MarkSeal& marks);

/// The canary of a syncer. `since` is another text each time that it is registered anew.
Registration canary_registration(const CanaryMark& mark, const std::string& since, const MarkSeal& marks);
Entry canary_entry(Metadata metadata);

}  // namespace syncer::registry::nacos
