// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/base/endpoint.h"

namespace syncer::net {

/// The address (port 0) that other machines most likely reach this one by: the first interface that is up, not
/// loopback and not link-local. Nothing when there is none.
std::optional<Endpoint> primary_address(bool v4);

/// This machine's host name without the domain; "localhost" when it has none.
std::string host_name();

}  // namespace syncer::net
