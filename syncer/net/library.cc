// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/library.h"

#include <asio/version.hpp>

namespace syncer::net {

std::string library_version() {
  return std::to_string(ASIO_VERSION / 100'000) + "." + std::to_string(ASIO_VERSION / 100 % 1000) + "." +
         std::to_string(ASIO_VERSION % 100);
}

}  // namespace syncer::net
