// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "mocksc/nacos/api/call.h"

namespace mocksc::nacos {

using Json = nlohmann::ordered_json;

// Shapes in which a server answers. All carry the headers of their release.

/// 200 with a text.
syncer::HttpResponse text_answer(const Call& call, std::string_view text);
/// JSON as it is.
syncer::HttpResponse json_answer(const Call& call, const Json& body, int status = 200);
/// `data` in the envelope of v2 and v3; as it is in v1.
syncer::HttpResponse success(const Call& call, const Json& data);
/// "ok", in the shape of the call's API.
syncer::HttpResponse ok(const Call& call);
/// An error of the v1 API: "caused: …;" in a 1.x server, the text alone later.
syncer::HttpResponse text_error(const Call& call, int status, std::string_view text);
/// An error of the v2 and v3 API.
syncer::HttpResponse code_error(const Call& call, int status, int code, std::string_view message, const Json& data);
/// The body of Spring's own errors.
syncer::HttpResponse spring_error(const Call& call, int status, std::string_view error, std::string_view message);
/// What the parameter check of 2.x and later says.
syncer::HttpResponse illegal_parameter(const Call& call, std::string_view text);
/// A required parameter is not there.
syncer::HttpResponse missing(const Call& call, std::string_view name, std::string_view type = "String");
/// A naming call while the server's state is not UP.
syncer::HttpResponse not_up(std::string_view state);
/// 403 of a call without a good token.
syncer::HttpResponse forbidden(const Call& call, std::string_view message);

}  // namespace mocksc::nacos
