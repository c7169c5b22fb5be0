// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/registry/login.h"

namespace syncer::registry::servicecenter {

/// How a service center with access control is logged in to (POST /v4/token). One without it has no such call: then no
/// token is needed.
LoginScheme login_scheme(const std::string& user, const std::string& password);

}  // namespace syncer::registry::servicecenter
