// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"

namespace syncer::registry {

/// Text members by name.
using Properties = std::map<std::string, std::string>;

/// Parses a document from outside; nothing when it is not JSON, not UTF-8, or nested deeper than 64 levels.
std::optional<nlohmann::json> parse_json(ByteView text);
/// The one canonical text of a value: members sorted, no spaces.
Bytes canonical_text(const nlohmann::json& value);
/// Appends the canonical text of a text.
void append_quoted(Bytes& out, const std::string& text);

/// Member `name` of an object, or nullptr when it is absent or null.
const nlohmann::json* member(const nlohmann::json& object, const char* name);
/// Text member; nothing when it is there with another type. Absent is empty.
std::optional<std::string> text_member(const nlohmann::json& object, const char* name);
/// Object of texts; nothing when a value is no text. Absent is empty.
std::optional<Properties> properties_member(const nlohmann::json& object, const char* name);
/// List of texts; nothing when an element is no text. Absent is empty.
std::optional<std::vector<std::string>> texts_member(const nlohmann::json& object, const char* name);

}  // namespace syncer::registry
