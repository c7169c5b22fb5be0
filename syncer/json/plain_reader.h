// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/json/builder.h"

namespace syncer::json {

/// Reads plain JSON in one pass: ASCII, integers, shallow, no name twice in one object. That is nearly everything that
/// registries say. False when the text is not plain, which may be JSON all the same; then `out` holds part of it.
bool read_plain(ByteView text, Builder& out);

}  // namespace syncer::json
