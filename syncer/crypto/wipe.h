// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/bytes.h"

namespace syncer::crypto {

/// Overwrites a secret that is not needed any more; the compiler does not leave it out.
void wipe(Bytes& secret);

}  // namespace syncer::crypto
