// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/account.h"

#include <algorithm>

#include "syncer/registry/servicecenter/answers.h"
#include "syncer/registry/servicecenter/json_text.h"

namespace syncer::registry::servicecenter {
namespace {

/// Short enough that a token that somebody copied is of little use, long enough to cost nothing.
constexpr Duration kLifetime = std::chrono::hours(1);
constexpr const char* kLifetimeText = "1h";
/// A service center without access control may get it.
constexpr Duration kAskAgain = std::chrono::minutes(10);

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Result<LoginToken> read_token(const std::string& user, const RawAnswer& raw) {
  if (raw && raw->status == 404) return LoginToken{"", kAskAgain};
  auto token = read_login_token(raw);
  if (token && is_token(*token)) return LoginToken{std::move(*token), kLifetime};
  // The body is not quoted: it may hold a token all the same.
  if (token || (raw && raw->status == 200)) return failure(ErrorCode::Corrupt, "HTTP 200", "the login gave no token");
  Error error = std::move(token.error());
  error.detail = "the login as \"" + user + "\" failed: " + error.detail;
  return tl::unexpected(std::move(error));
}

}  // namespace

LoginScheme login_scheme(const std::string& user, const std::string& password) {
  LoginScheme scheme;
  Bytes body = "{\"name\":" + quoted(user) + ",\"password\":" + quoted(password) + ",\"tokenExpirationTime\":\"" +
               kLifetimeText + "\"}";
  scheme.request = {"POST", "", "/v4/token", {{"Content-Type", "application/json"}}, std::move(body)};
  scheme.read = [user](const RawAnswer& raw) { return read_token(user, raw); };
  scheme.sign = [](HttpRequest& request, const std::string& token) {
    request.headers.set("Authorization", "Bearer " + token);
  };
  scheme.is_rejected = [](const HttpResponse& answer) { return answer.status == 401; };
  return scheme;
}

}  // namespace syncer::registry::servicecenter
