// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/eureka/requests.h"

#include <cstdint>
#include <utility>

#include "syncer/json/document.h"

namespace syncer::registry::eureka {
namespace {

std::string base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    const std::string_view part = text.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = (bits << 8U) | (k < part.size() ? static_cast<unsigned char>(part[k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += k <= part.size() ? kDigits[(bits >> (18U - 6U * k)) & 63U] : '=';
  }
  return out;
}

}  // namespace

Requests::Requests(const std::string& user, const std::string& password)
    : authorization_(user.empty() ? "" : "Basic " + base64(user + ":" + password)) {}

HttpRequest Requests::request(const char* method, std::string target) const {
  HttpRequest out;
  out.method = method;
  out.target = std::move(target);
  out.headers.add("Accept", "application/json");
  if (!authorization_.empty()) out.headers.add("Authorization", authorization_);
  return out;
}

HttpRequest Requests::add(const std::string& app, Bytes body) const {
  HttpRequest out = request("POST", "/apps/" + percent_encode(app));
  out.headers.add("Content-Type", "application/json");
  out.body = std::move(body);
  return out;
}

Result<void> success_of(const RawAnswer& raw) {
  if (!raw) return tl::make_unexpected(raw.error());
  const int status = raw->status;
  if (status / 100 == 2) return {};
  const std::string where = "HTTP " + std::to_string(status);
  const std::string said = raw->body.substr(0, 200);
  if (status == 404) return failure(ErrorCode::NotFound, where, "no such instance");
  if (status == 401 || status == 403) return failure(ErrorCode::Refused, where, "not allowed");
  if (status == 429 || status >= 500) return failure(ErrorCode::Unreachable, where, said);
  return failure(ErrorCode::Refused, where, said);
}

bool says_absent(const HttpResponse& answer) {
  if (answer.status != 404) return false;
  if (answer.body.empty()) return true;
  const auto document = json::Document::parse(answer.body);
  const json::Value* status = document ? document->root().find("status") : nullptr;
  return status != nullptr && status->natural() == 404U;
}

}  // namespace syncer::registry::eureka
