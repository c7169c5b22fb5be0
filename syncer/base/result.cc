// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/result.h"

namespace syncer {

std::string_view name(ErrorCode code) {
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

std::string to_string(const Error& error) {
  return error.where.empty() ? error.detail : error.where + ": " + error.detail;
}

}  // namespace syncer
