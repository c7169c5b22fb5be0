// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "mocksc/servicecenter/api/operation.h"
#include "mocksc/servicecenter/store/release.h"
#include "syncer/base/http_message.h"

/// What the real server decides before any handler runs: redirects, bad URIs, body limits, CORS, common headers.
namespace mocksc {

/// 301 for paths with "//", "/./" or "/../", 400 for URIs that are too long or end badly; nothing when the URI is fine.
std::optional<syncer::HttpResponse> check_uri(std::string_view target);
/// 404 or 405 for a request without a route; also the answer to OPTIONS.
syncer::HttpResponse unrouted_answer(std::string_view method, const Route& route);
/// Octets that a request body may have.
std::size_t body_limit(Operation operation, Release release);
/// Adds Server, Vary and what older releases send.
void finish(syncer::HttpResponse& answer, Release release);

}  // namespace mocksc
