// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/nacos/account.h"

#include <utility>

#include "syncer/registry/nacos/answers.h"
#include "syncer/registry/nacos/requests.h"

namespace syncer::registry::nacos {

LoginScheme login_scheme(const std::string& user, const std::string& password) {
  LoginScheme scheme;
  scheme.request = post_login(user, password);
  scheme.read = [user](const RawAnswer& raw) -> Result<LoginToken> {
    auto token = read_token(raw);
    if (token) return token;
    Error error = std::move(token.error());
    error.detail = "the login as \"" + user + "\" failed: " + error.detail;
    return tl::make_unexpected(std::move(error));
  };
  scheme.sign = [](HttpRequest& request, const std::string& token) { request.headers.set("accessToken", token); };
  scheme.is_rejected = [](const HttpResponse& answer) { return answer.status == 403 || answer.status == 401; };
  return scheme;
}

}  // namespace syncer::registry::nacos
