// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/registry/login.h"

namespace syncer::registry::nacos {

/// How a user logs in: a call without a good token is answered with 403, whatever it asks for.
LoginScheme login_scheme(const std::string& user, const std::string& password);

}  // namespace syncer::registry::nacos
