// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/logins.h"

#include <nlohmann/json.hpp>

#include "mocksc/nacos/api/answers.h"
#include "syncer/base/hash.h"

namespace mocksc::nacos {
namespace {

std::string token_in(const Call& call, const syncer::HttpRequest& request) {
  if (call.parameters.has("accessToken")) return call.parameters.text("accessToken");
  if (const std::string* token = request.headers.find("accessToken")) return *token;
  const std::string* bearer = request.headers.find("Authorization");
  return bearer != nullptr && bearer->starts_with("Bearer ") ? bearer->substr(7) : std::string();
}

}  // namespace

syncer::HttpResponse Logins::login(const Call& call, const syncer::HttpRequest& request) {
  const Options& options = call.registry.options();
  // The call for a login reads forms in every release.
  const Parameters form(request, Release::V2_5_1);
  if (form.text("username") != options.user || form.text("password") != options.password || options.user.empty())
    return forbidden(call, "unknown user!");
  const std::string token = syncer::sha256_hex(options.user + "#" + std::to_string(++given_));
  tokens_[token] = call.now + options.token_life;
  return json_answer(call, {{"accessToken", token},
                            {"tokenTtl", options.token_life / std::chrono::seconds(1)},
                            {"globalAdmin", true},
                            {"username", options.user}});
}

std::optional<syncer::HttpResponse> Logins::check(const Call& call, const syncer::HttpRequest& request) const {
  const Options& options = call.registry.options();
  if (options.user.empty()) return std::nullopt;
  const Parameters& all = call.parameters;
  if (all.has("username") && all.text("username") == options.user && all.text("password") == options.password)
    return std::nullopt;
  const std::string token = token_in(call, request);
  if (token.empty()) return forbidden(call, "user not found!");
  const auto found = tokens_.find(token);
  if (found == tokens_.end()) return forbidden(call, "token invalid!");
  if (found->second <= call.now) return forbidden(call, "token expired!");
  return std::nullopt;
}

}  // namespace mocksc::nacos
