// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/driver.h"

namespace syncer::registry {

std::string_view name(Aspect aspect) {
  switch (aspect) {
    case Aspect::Status:
      return "status";
    case Aspect::Properties:
      return "properties";
    case Aspect::Endpoints:
      return "endpoints";
  }
  return "";
}

bool same_metadata(const Metadata& planned, const Metadata& registered, bool extras_allowed) {
  for (const auto& [key, value] : planned) {
    const auto found = registered.find(key);
    if (found == registered.end() || found->second != value) return false;
  }
  return extras_allowed || registered.size() == planned.size();
}

bool is_outcome_unknown(const Error& error) {
  return error.code == ErrorCode::Timeout || error.code == ErrorCode::Unreachable || error.code == ErrorCode::Corrupt;
}

bool is_unauthorized(const Error& error) { return error.where.starts_with("401") || error.where == "HTTP 401"; }

}  // namespace syncer::registry
