// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/answers.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace mocksc::nacos {
namespace {

using syncer::HttpHeaders;
using syncer::HttpResponse;

constexpr const char* kText = "text/plain;charset=UTF-8";
constexpr const char* kJson = "application/json";

void add_guards(HttpHeaders& headers) {
  headers.add("X-Content-Type-Options", "nosniff");
  headers.add("X-XSS-Protection", "0");
  headers.add("X-Frame-Options", "DENY");
}

/// Answers that the filters in front make lack what the controllers add.
HttpHeaders headers_of(const Call& call, const char* type, bool is_of_filter = false) {
  HttpHeaders headers;
  if (call.release() == Release::V3_0_3) {
    add_guards(headers);
    headers.add("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate");
    headers.add("Pragma", "no-cache");
    headers.add("Expires", "0");
  } else if (!is_of_filter) {
    headers.add("Vary", "Access-Control-Request-Headers");
    headers.add("Content-Security-Policy", "script-src 'self'");
  }
  headers.add("Content-Type", type);
  return headers;
}

std::string iso_time(std::int64_t wall_ms) {
  using std::chrono::days;
  using std::chrono::milliseconds;
  const std::chrono::sys_time<milliseconds> time{milliseconds(wall_ms)};
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03d+00:00", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return out.data();
}

Json envelope(int code, std::string_view message, const Json& data) {
  return {{"code", code}, {"message", message}, {"data", data}};
}

}  // namespace

HttpResponse text_answer(const Call& call, std::string_view text) {
  return {200, headers_of(call, kText), std::string(text)};
}

HttpResponse json_answer(const Call& call, const Json& body, int status) {
  return {status, headers_of(call, kJson), body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

HttpResponse success(const Call& call, const Json& data) {
  return json_answer(call, call.api == Api::V1 ? data : envelope(0, "success", data));
}

HttpResponse ok(const Call& call) { return call.api == Api::V1 ? text_answer(call, "ok") : success(call, "ok"); }

HttpResponse text_error(const Call& call, int status, std::string_view text) {
  const std::string body = call.is_first() ? "caused: " + std::string(text) + ";" : std::string(text);
  return {status, headers_of(call, kText), body};
}

HttpResponse code_error(const Call& call, int status, int code, std::string_view message, const Json& data) {
  return json_answer(call, envelope(code, message, data), status);
}

HttpResponse spring_error(const Call& call, int status, std::string_view error, std::string_view message) {
  const Json body = {{"timestamp", iso_time(call.wall_ms())},
                     {"status", status},
                     {"error", error},
                     {"message", message},
                     {"path", call.full_path}};
  return {status, headers_of(call, kJson, true), body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

HttpResponse illegal_parameter(const Call& call, std::string_view text) {
  HttpHeaders headers;
  if (call.release() == Release::V3_0_3) add_guards(headers);
  headers.add("Pragma", "no-cache");
  headers.add("Expires", "Thu, 01 Jan 1970 00:00:00 GMT");
  headers.add("Cache-Control", "no-cache,no-store");
  return {400, std::move(headers), std::string(text) + "\r\n"};
}

HttpResponse missing(const Call& call, std::string_view name, std::string_view type) {
  if (call.api == Api::V1) return text_error(call, 400, "Param '" + std::string(name) + "' is required.");
  const std::string text = "Required parameter '" + std::string(name) + "' type " + std::string(type);
  return code_error(call, 400, 10000, "parameter missing", text + " is not present");
}

HttpResponse not_up(std::string_view state) {
  return {503, {}, "server is " + std::string(state) + "now, please try again later!"};
}

HttpResponse forbidden(const Call& call, std::string_view message) {
  return spring_error(call, 403, "Forbidden", message);
}

}  // namespace mocksc::nacos
