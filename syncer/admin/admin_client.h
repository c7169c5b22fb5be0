// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/endpoint.h"
#include "syncer/base/http_message.h"

namespace syncer::admin {

/// One blocking request to a daemon's operator endpoint, for the operator commands. Unreachable when nobody answers.
Result<HttpResponse> ask_daemon(const Endpoint& admin, const std::string& method, const std::string& target,
                                const std::string& body = "");

}  // namespace syncer::admin
