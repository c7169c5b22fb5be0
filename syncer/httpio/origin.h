// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "syncer/base/result.h"

namespace syncer::httpio {

/// Where requests go: "http://10.0.0.10:30100", "https://sc.example", "http://[fd00::10]:30100".
struct Origin {
  bool secure = false;
  std::string host;       ///< a name or an address, without brackets
  std::string port;       ///< decimal
  std::string authority;  ///< as a Host header names it
};

/// Invalid unless it is scheme, host and perhaps port, and nothing behind them but a slash.
Result<Origin> parse_origin(std::string_view text);

}  // namespace syncer::httpio
