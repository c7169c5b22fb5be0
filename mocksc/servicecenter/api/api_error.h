// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "syncer/base/result.h"

namespace mocksc {

/// A refusal of the v4 API; the HTTP status is code / 1000.
struct ApiError {
  int code = 0;
  std::string detail;
};

/// A value or the refusal that is answered in its place.
template <class T>
using ApiResult = tl::expected<T, ApiError>;

/// Makes the refusing side of an ApiResult.
inline tl::unexpected<ApiError> refuse(int code, std::string detail) {
  return tl::unexpected<ApiError>(ApiError{code, std::move(detail)});
}

inline constexpr int kInvalidParams = 400001;
inline constexpr int kServiceAlreadyExists = 400010;
inline constexpr int kServiceNotExists = 400012;
inline constexpr int kDeployedInstance = 400013;
inline constexpr int kUndefinedSchema = 400014;
inline constexpr int kModifySchemaNotAllow = 400015;
inline constexpr int kSchemaNotExists = 400016;
inline constexpr int kInstanceNotExists = 400017;
inline constexpr int kTagNotExists = 400018;
inline constexpr int kRuleTypeConflict = 400020;
inline constexpr int kRuleNotExists = 400022;
inline constexpr int kDependedOnConsumer = 400023;
inline constexpr int kServiceVersionNotExists = 400026;
inline constexpr int kNotEnoughQuota = 400100;
inline constexpr int kUnauthorized = 401201;
inline constexpr int kWrongPassword = 401202;
inline constexpr int kNoAuthorization = 401204;
inline constexpr int kTokenExpired = 401205;
inline constexpr int kAccountDeleted = 401206;
inline constexpr int kForbidden = 403001;
inline constexpr int kAccountBlocked = 403201;
inline constexpr int kInternal = 500003;
inline constexpr int kUnavailableBackend = 500011;

/// Fixed text of a code, e.g. "Micro-service does not exist".
std::string_view message(int code);
/// "errorMessage(detail)", or only the message when there is no detail.
std::string to_text(const ApiError& error);
/// Body of an error answer: errorCode is a string of digits, detail is left out when empty.
std::string render(const ApiError& error);

}  // namespace mocksc
