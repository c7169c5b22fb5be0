// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace syncer::cli {

/// Exit codes of `syncer`; 128 + n when ended by signal n.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,       ///< the operation failed
  kUsage = 2,        ///< usage or configuration error
  kUnreachable = 3,  ///< no daemon answers
  kUnhealthy = 4,    ///< `status --check` found a problem
  kInternalError = 70,
};

}  // namespace syncer::cli
