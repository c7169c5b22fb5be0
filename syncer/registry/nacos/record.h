// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/registry/nacos/answers.h"
#include "syncer/registry/record.h"
#include "syncer/registry/snapshot.h"

namespace syncer::registry::nacos {

/// Tags its native parts on the wire.
inline constexpr std::string_view kNativeKind = "nacos";

/// The lease of an instance that says nothing about it.
inline constexpr std::uint32_t kDefaultLease = 30;

/// Metadata by which an instance sets the times of its own lease. Nobody else may inherit them.
bool is_lease_key(std::string_view key);
/// Another tool for keeping registries the same registered it: it is nobody's own instance.
bool is_of_other_syncer(const Metadata& metadata);

/// What of an instance a syncer of this kind can register again, besides what the neutral record says.
struct NativeMembers {
  std::string cluster = kDefaultCluster;
  std::string weight = "1";
  bool operator==(const NativeMembers&) const = default;
};
/// Canonical text of them; empty when all are as usual.
Bytes encode_native(const NativeMembers& members);
/// Invalid for what encode_native did not write.
Result<NativeMembers> decode_native(ByteView content);

/// The record of an application's instance.
InstanceRecord record_of(const Shown& shown);
/// The instance as a reading shows it, and the neutral name of its service. Copies and canaries are told by their
/// marks.
struct ShownEntry {
  ServiceKey service;
  SharedEntry entry;
};
ShownEntry entry_of(Shown shown, const MarkSeal& marks);

/// Seconds that a lease lives, as metadata sets them.
std::uint32_t lease_of(const Metadata& metadata);

}  // namespace syncer::registry::nacos
