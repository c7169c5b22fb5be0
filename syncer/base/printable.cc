// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/printable.h"

#include <algorithm>

namespace syncer {

std::string printable(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace syncer
