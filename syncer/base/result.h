// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace syncer {

/// What kind of thing went wrong; the caller decides by this, people read the text.
enum class ErrorCode {
  Invalid,      ///< input breaks a rule (a file, a flag, a message)
  NotFound,     ///< the thing named is not there
  Conflict,     ///< it is there, but another one
  Refused,      ///< the other side said no
  Unreachable,  ///< no connection
  Timeout,      ///< no answer within the deadline
  Corrupt,      ///< stored or received bytes do not add up
  TooLarge,     ///< over a declared limit
  Unsupported,  ///< known, but not by this version
  Io,           ///< the operating system said no
  Cancelled,    ///< given up by the caller
};

/// Stable lower-case name of a code, e.g. "too_large".
inline std::string_view name(ErrorCode code) {
  switch (code) {
    case ErrorCode::Invalid:
      return "invalid";
    case ErrorCode::NotFound:
      return "not_found";
    case ErrorCode::Conflict:
      return "conflict";
    case ErrorCode::Refused:
      return "refused";
    case ErrorCode::Unreachable:
      return "unreachable";
    case ErrorCode::Timeout:
      return "timeout";
    case ErrorCode::Corrupt:
      return "corrupt";
    case ErrorCode::TooLarge:
      return "too_large";
    case ErrorCode::Unsupported:
      return "unsupported";
    case ErrorCode::Io:
      return "io";
    case ErrorCode::Cancelled:
      return "cancelled";
  }
  return "unknown";
}

/// An expected failure as a value. `where` is the place (file:line:column, peer, request), `detail` the sentence.
struct Error {
  ErrorCode code = ErrorCode::Invalid;
  std::string where;
  std::string detail;
  bool operator==(const Error&) const = default;
};

/// "where: detail", or just the detail when there is no place.
inline std::string to_string(const Error& error) {
  return error.where.empty() ? error.detail : error.where + ": " + error.detail;
}

/// A value or the Error that stands in its place.
template <class T>
using Result = tl::expected<T, Error>;

/// Makes the failing side of a Result.
inline tl::unexpected<Error> failure(ErrorCode code, std::string where, std::string detail) {
  return tl::unexpected<Error>(Error{code, std::move(where), std::move(detail)});
}

}  // namespace syncer
