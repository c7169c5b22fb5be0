// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "syncer/json/document.h"
#include "syncer/registry/snapshot.h"

namespace syncer::registry::servicecenter {

/// Text members by name.
using Properties = Metadata;

/// The one canonical text of a value: members sorted, no spaces.
Bytes canonical_text(const json::Value& value);
/// Appends the canonical text of a text.
void append_quoted(Bytes& out, ByteView text);
Bytes quoted(ByteView text);

/// Canonical texts of the members of an object, by name: what an object is taken apart into to make another one.
using Members = std::map<Bytes, Bytes, std::less<>>;
/// All but those `without`.
Members members_of(const json::Value& object, std::initializer_list<ByteView> without = {});
/// Canonical texts of an object, of an object of texts, and of a list of texts.
Bytes object_text(const Members& members);
Bytes properties_text(const Properties& properties);
Bytes list_text(const std::vector<std::string>& texts);

/// Member `name` of an object, or nullptr when it is absent or null.
const json::Value* member(const json::Value& object, ByteView name);
/// Text member; nothing when it is there with another type. Absent is empty.
std::optional<std::string> text_member(const json::Value& object, ByteView name);
/// Object of texts; nothing when a value is no text. Absent is empty.
std::optional<Properties> properties_member(const json::Value& object, ByteView name);
/// List of texts; nothing when an element is no text. Absent is empty.
std::optional<std::vector<std::string>> texts_member(const json::Value& object, ByteView name);

}  // namespace syncer::registry::servicecenter
