// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace syncer::net {

/// Version of the Asio that this build was made with.
std::string library_version();

}  // namespace syncer::net
