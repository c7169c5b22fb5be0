// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace syncer::tls {

/// Version of the OpenSSL that this process runs with.
std::string library_version();

}  // namespace syncer::tls
