// SPDX-License-Identifier: Apache-2.0
#include "syncer/config/schema.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "syncer/config/key_help.h"

namespace syncer::config {
namespace {

using nlohmann::ordered_json;

/// The words of "auto|text|json".
ordered_json words_of(const std::string& list) {
  ordered_json words = ordered_json::array();
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find('|', begin), list.size());
    words.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// A text is what a value is in the end; a number, a flag and a list of texts are other ways to write one.
ordered_json value_of(const Key& key) {
  ordered_json value = {{"description", key.about + ". Value: " + key.form + "."}};
  const std::string word = placeholder(key.form);
  if (word.find('|') != std::string::npos) {
    value["enum"] = words_of(word);
    if (word == "on|off") value["enum"].insert(value["enum"].end(), {true, false});
  } else if (word == "JSON") {
    value["type"] = {"object", "string"};
  } else if (word.find("[,") != std::string::npos) {
    value["type"] = {"string", "array"};
    value["items"] = {{"type", "string"}};
  } else {
    value["type"] = {"string", "number", "boolean"};
  }
  if (!key.default_value.empty()) value["default"] = key.default_value;
  return value;
}

/// Makes what is there an object as well: "registry" is the address of one, and the beginning of other keys.
void open_group(ordered_json& value) {
  ordered_json& type = value["type"];
  if (!type.is_array()) {
    type = "object";
  } else if (std::find(type.begin(), type.end(), "object") == type.end()) {
    type.push_back("object");
  }
  if (!value.contains("properties")) value["properties"] = ordered_json::object();
  value["additionalProperties"] = false;
}

/// Under "sync.hold", and under "hold" of the object "sync".
void add(ordered_json& properties, const std::string& name, const ordered_json& value) {
  ordered_json& own = properties[name];
  const ordered_json inner = own.is_object() && own.contains("properties") ? own["properties"] : ordered_json();
  own = value;
  if (!inner.is_null()) {
    open_group(own);
    own["properties"] = inner;
  }
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos) return;
  ordered_json& group = properties[name.substr(0, dot)];
  open_group(group);
  add(group["properties"], name.substr(dot + 1), value);
}

}  // namespace

std::string json_schema() {
  ordered_json properties = {{"$schema", {{"type", "string"}}}};
  for (const KeyGroup& group : key_groups()) {
    for (const Key* key : group.keys) {
      const ordered_json value = value_of(*key);
      add(properties, key->name, value);
      for (const std::string_view alias : aliases(key->name)) add(properties, std::string(alias), value);
    }
  }
  const ordered_json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                               {"title", "Configuration of a syncer"},
                               {"type", "object"},
                               {"properties", properties},
                               {"additionalProperties", false}};
  return schema.dump(2) + "\n";
}

}  // namespace syncer::config
