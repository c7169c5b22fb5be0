// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/api_error.h"

#include <array>
#include <utility>

#include "mocksc/servicecenter/json/go_json.h"

namespace mocksc {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 23> kMessages = {
    {{kInvalidParams, "Invalid parameter(s)"},
     {kServiceAlreadyExists, "Micro-service already exists"},
     {kServiceNotExists, "Micro-service does not exist"},
     {kDeployedInstance, "Micro-service has deployed instance(s)"},
     {kUndefinedSchema, "Undefined schema id"},
     {kModifySchemaNotAllow, "Not allowed to modify schema"},
     {kSchemaNotExists, "Schema does not exist"},
     {kInstanceNotExists, "Instance does not exist"},
     {kTagNotExists, "Tag does not exist"},
     {kRuleTypeConflict, "Can not have both 'BLACK' and 'WHITE'"},
     {kRuleNotExists, "Rule does not exist"},
     {kDependedOnConsumer, "Consumer(s) depends on this micro-service"},
     {kServiceVersionNotExists, "Micro-service version does not exist"},
     {kNotEnoughQuota, "Not enough quota"},
     {kUnauthorized, "Request unauthorized"},
     {kWrongPassword, "User name or password is wrong"},
     {kNoAuthorization, "No authorization header"},
     {kTokenExpired, "Token is expired"},
     {kAccountDeleted, "Token-owned account is deleted"},
     {kForbidden, "Forbidden"},
     {kAccountBlocked, "Account blocked"},
     {kInternal, "Internal server error"},
     {kUnavailableBackend, "Registry service is unavailable"}}};

}  // namespace

std::string_view message(int code) {
  for (const auto& [known, text] : kMessages) {
    if (known == code) return text;
  }
  return "Internal server error";
}

std::string to_text(const ApiError& error) {
  std::string text(message(error.code));
  return error.detail.empty() ? text : text + "(" + error.detail + ")";
}

std::string render(const ApiError& error) {
  std::string out;
  JsonWriter writer(out);
  writer.open_object();
  writer.text_always("errorCode", std::to_string(error.code));
  writer.text_always("errorMessage", message(error.code));
  writer.text("detail", error.detail);
  writer.close_object();
  return out;
}

}  // namespace mocksc
