// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/http_message.h"
#include "syncer/base/result.h"

namespace syncer::httpio {

/// A request as it goes over the wire, with the Host header `authority` and a Content-Length where there can be a body.
/// `also` are headers besides its own. Invalid when a part of it would end a line.
Result<Bytes> request_text(const HttpRequest& request, const std::string& authority, const HttpHeaders& also = {});

}  // namespace syncer::httpio
