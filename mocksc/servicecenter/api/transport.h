// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "mocksc/servicecenter/api/operation.h"
#include "mocksc/servicecenter/store/options.h"
#include "syncer/base/http_message.h"

/// What the real server decides before any handler runs: redirects, bad URIs, body limits, CORS, common headers.
namespace mocksc {

/// 301 for paths with "//", "/./" or "/../", given before anything else of the server runs.
std::optional<syncer::HttpResponse> check_path(const syncer::HttpRequest& request);
/// URIs that are too long or end badly.
bool is_bad_uri(std::string_view target);
/// The answer to a bad URI. From 2.0 on the request is executed all the same, and what it answers follows the text.
syncer::HttpResponse bad_uri_answer(std::string_view target, std::string_view rest, Release release);
/// The answer to OPTIONS: to the preflight request of a browser, or to a bare one.
syncer::HttpResponse preflight_answer(const syncer::HttpRequest& request, Release release);
/// 404 or 405 for a request without a route.
syncer::HttpResponse unrouted_answer(const Route& route);
/// Bytes that a request body may have.
std::size_t body_limit(Operation operation, Release release);
/// The refusal of a longer one; not every release closes the connection then.
syncer::HttpResponse too_large_answer(std::size_t size, Release release);
/// Adds Server, Vary, what browsers need and what older releases send.
void finish(const syncer::HttpRequest& request, Operation operation, syncer::HttpResponse& answer, Release release);

}  // namespace mocksc
