// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "syncer/base/result.h"

namespace syncer::config {

/// What a data folder says of the syncer that it belongs to. A name that nobody gave follows from the name of the
/// machine; the folder keeps the first one, so that a machine that is called otherwise goes on with its region.
struct FormerName {
  std::string node;
  std::string bind;        ///< as --bind-addr was given
  std::string registries;  ///< as --sc-addr, normalised
  bool operator==(const FormerName&) const = default;
};

/// Name of the file. Upper case: no key of the storage.
inline constexpr const char* kNameFile = "NAME";

std::string to_text(const FormerName& name);
/// Nothing when the folder or the file is not there; Corrupt when it is damaged.
Result<std::optional<FormerName>> read_former_name(const std::string& directory);
/// Those of all folders below `root`, sorted; what cannot be read is left out.
std::vector<FormerName> former_names_below(const std::string& root);

}  // namespace syncer::config
