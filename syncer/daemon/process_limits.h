// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "syncer/net/tcp_streams.h"

namespace syncer::daemon {

/// A core file would hold keys and tokens.
void forbid_core_dumps();

/// Raises the soft limit on open descriptors as far as the hard one allows; gives what it is then.
std::size_t raise_descriptor_limit();

/// How many streams may be open so that, of this many descriptors, those for the registry's connections (so many at
/// once), operators, files and other things are never taken by whoever connects.
net::StreamLimits stream_limits(std::size_t descriptors, std::size_t registry_connections);

}  // namespace syncer::daemon
