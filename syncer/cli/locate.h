// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/endpoint.h"
#include "syncer/cli/arguments.h"

namespace syncer::cli {

/// The operator endpoint of the daemon that is meant: --admin, else what the daemon noted in its data directory; that
/// of
/// --data-dir, of --node, or the only one on this machine. Unreachable when there is none, Invalid when it is not
/// clear.
Result<Endpoint> locate_daemon(const Arguments& arguments);

}  // namespace syncer::cli
