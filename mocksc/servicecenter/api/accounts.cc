// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/accounts.h"

#include <algorithm>

#include "mocksc/servicecenter/api/api_error.h"
#include "mocksc/servicecenter/api/call.h"
#include "mocksc/servicecenter/json/go_json.h"
#include "mocksc/servicecenter/store/options.h"
#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"

namespace mocksc {
namespace {

using syncer::Duration;
using syncer::Instant;

constexpr std::uint64_t kKey = 0x6d6f636b7363;  // a mock has nothing to protect
constexpr Duration kShortest = std::chrono::minutes(15);
constexpr Duration kLongest = std::chrono::hours(24);
constexpr Duration kUsual = std::chrono::hours(12);
constexpr Duration kBan = std::chrono::minutes(15);
constexpr int kBorne = 2;
constexpr std::size_t kMostRemembered = 1024;

bool is_free(Operation operation) {
  switch (operation) {
    case Operation::Token:
    case Operation::Version:
    case Operation::RootVersion:
    case Operation::Health:
    case Operation::RootHealth:
    case Operation::SyncerHealth:
    case Operation::Unknown:
      return true;
    default:
      return false;
  }
}

struct LoginBody {
  std::string name;
  std::string password;
  std::string lifetime;
};

ApiResult<LoginBody> read_login(std::string_view text) {
  const auto document = syncer::json::Document::parse(text);
  if (!document) return refuse(kInvalidParams, "Unmarshal error");
  LoginBody body;
  std::string error;
  GoReader reader(document->root(), "rbac.Account", error);
  reader.text("name", body.name);
  reader.text("password", body.password);
  reader.text("tokenExpirationTime", body.lifetime);
  if (!error.empty()) return refuse(kInvalidParams, error);
  return body;
}

/// Go's "1h0m0s" is not read: one unit is enough for a mock.
ApiResult<Duration> read_lifetime(const std::string& text) {
  if (text.empty()) return kUsual;
  const auto life = syncer::parse_duration(text);
  if (!life || *life < kShortest || *life > kLongest) return refuse(kInvalidParams, "tokenExpirationTime");
  return *life;
}

}  // namespace

bool Accounts::is_on() const { return !options_.accounts.empty() && options_.release >= Release::V2_0_0; }

std::string Accounts::token(std::string_view account, Instant end) const {
  const std::string what = std::string(account) + "." + std::to_string(end.time_since_epoch().count());
  return what + "." + std::to_string(syncer::hash64(what, kKey));
}

std::optional<syncer::HttpResponse> Accounts::refusal(Instant now, Operation operation,
                                                      const syncer::HttpRequest& request) const {
  if (!is_on() || is_free(operation)) return std::nullopt;
  constexpr std::string_view kScheme = "Bearer ";
  const std::string* header = request.headers.find("Authorization");
  if (header == nullptr) return error_answer({kNoAuthorization, ""});
  if (!header->starts_with(kScheme)) return error_answer({kUnauthorized, "invalid auth header"});
  const std::string_view text = std::string_view(*header).substr(kScheme.size());
  const std::size_t second = std::min(text.rfind('.'), text.size());
  const std::size_t first = std::min(text.substr(0, second).rfind('.'), second);
  const std::string_view account = text.substr(0, first);
  const auto end =
      syncer::parse_number(text.substr(std::min(first + 1, second), second - std::min(first + 1, second)), INT64_MAX);
  if (!end || token(account, Instant(Duration(static_cast<std::int64_t>(*end)))) != text) {
    return error_answer({kUnauthorized, "signature is invalid"});
  }
  if (Instant(Duration(static_cast<std::int64_t>(*end))) <= now) return error_answer({kTokenExpired, ""});
  if (options_.accounts.count(std::string(account)) == 0) return error_answer({kAccountDeleted, ""});
  return std::nullopt;
}

syncer::HttpResponse Accounts::log_in(Instant now, const syncer::HttpRequest& request, std::string_view client) {
  const auto body = read_login(request.body);
  if (!body) return error_answer(body.error());
  const auto life = read_lifetime(body->lifetime);
  if (!life) return error_answer(life.error());
  if (refused_.size() >= kMostRemembered) refused_.clear();
  Refused& former = refused_[{body->name, std::string(client)}];
  if (former.count > kBorne && now < former.until) return error_answer({kAccountBlocked, ""});
  const auto account = options_.accounts.find(body->name);
  if (account == options_.accounts.end() || account->second != body->password) {
    former.count = now < former.until ? former.count + 1 : 1;
    former.until = now + kBan;
    return error_answer({former.count > kBorne ? kAccountBlocked : kWrongPassword, ""});
  }
  former = {};
  const Duration lives = options_.token_life > Duration::zero() ? std::min(*life, options_.token_life) : *life;
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.text("token", token(body->name, now + lives));
  writer.close_object();
  return json_answer(std::move(out));
}

}  // namespace mocksc
