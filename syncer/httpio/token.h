// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/result.h"

namespace syncer::httpio {

/// The bearer token in a file. Blanks and line breaks around it, a byte order mark and a leading "Bearer" are taken
/// off; Invalid when what is left is not one word of printable ASCII.
Result<std::string> read_token(const std::string& path);

/// The password in a file: its one line as it stands, without the line's end. Invalid when that is empty or not one
/// line.
Result<std::string> read_password(const std::string& path);

}  // namespace syncer::httpio
