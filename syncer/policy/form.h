// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "syncer/base/result.h"
#include "syncer/json/document.h"
#include "syncer/policy/policy.h"

/// What a policy's members are read with.
namespace syncer::policy {

/// A member of the policy and where it stands, for errors.
struct Cursor {
  const json::Value& value;
  std::string path;

  Cursor member(const json::Value& v) const { return {v, path + "." + std::string(v.name())}; }
  Cursor element(const json::Value& v, std::size_t index) const {
    return {v, path + "[" + std::to_string(index) + "]"};
  }
};

/// Invalid, with the place.
tl::unexpected<Error> refuse(const Cursor& at, std::string detail);
/// An object with none but these members; any where none are named.
Result<void> check_members(const Cursor& at, std::span<const std::string_view> known);
/// A text of at least one character and at most 256.
Result<std::string> read_text(const Cursor& at);
/// One pattern, or a list of them.
Result<Globs> read_globs(const Cursor& at);
Result<Match> read_match(const Cursor& at);
/// The member "name"; the fallback where there is none.
Result<std::string> read_name(const Cursor& at, std::string fallback);
/// The regions that a member names; all where there is none.
Result<Globs> read_regions(const Cursor& at, std::string_view word);

}  // namespace syncer::policy
