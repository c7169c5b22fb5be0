// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/registry/snapshot.h"
#include "syncer/replication/loss_guard.h"

namespace syncer::catalog {

/// An instance as a guard sees it, from the key and the payload of its record; what cannot be read of the payload is
/// unknown. When it was proven and renewed is the caller's to say.
replication::Sighting sighting_of(const Bytes& key, ByteView payload);
/// The same of a copy that only its registration here tells of.
replication::Sighting sighting_of(const Bytes& key, const registry::Entry& copy);

/// The addresses of an instance, sorted: what has to be equal for one to take the place of another.
std::vector<Bytes> addresses_of(ByteView payload);
std::vector<Bytes> addresses_of(const std::vector<std::string>& endpoints);

}  // namespace syncer::catalog
