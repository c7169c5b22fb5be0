// SPDX-License-Identifier: Apache-2.0
// The format's own schema tells every word there is; the files under scenarios/ must use each of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/schema.h"

namespace sim::scenario {
namespace {

using nlohmann::json;

const json& schema() {
  static const json parsed = json::parse(json_schema());
  return parsed;
}

const json& behind(const json& part) {
  if (!part.contains("$ref")) return part;
  const auto path = part.at("$ref").get<std::string>();
  return schema().at("$defs").at(path.substr(path.rfind('/') + 1));
}

const json& member(const json& part, const char* key) {
  static const json nothing = json::object();
  return part.contains(key) && part.at(key).is_structured() ? part.at(key) : nothing;
}

/// A key counts once, wherever it means the same.
std::string word_of(const std::string& key, const json& value) {
  const std::string kind = value.contains("const") && value["const"].is_string() ? value["const"] : json("");
  return key + (kind.empty() ? "" : " " + kind) + ": " + value.value("description", "");
}

std::string word_of(const json& list, const json& value) { return value.get<std::string>() + " of " + list.dump(); }

std::vector<const json*> choices(const json& part) {
  std::vector<const json*> all;
  for (const char* key : {"oneOf", "anyOf"}) {
    for (const json& one : member(part, key)) all.push_back(&one);
  }
  return all;
}

void collect(const json& part, std::set<std::string>& words) {
  if (part.empty()) return;
  for (const json& value : member(part, "enum")) words.insert(word_of(part["enum"], value));
  for (const json* one : choices(part)) collect(*one, words);
  for (const auto& [key, value] : member(part, "properties").items()) {
    words.insert(word_of(key, value));
    collect(value, words);
  }
  for (const char* inside : {"items", "additionalProperties"}) collect(member(part, inside), words);
}

/// Whether this alternative is the one that was written.
bool is_meant(const json& alternative, const json& document) {
  const json& part = behind(alternative);
  if (!part.contains("properties")) return (part.value("type", "") == "array") == document.is_array();
  if (!document.is_object()) return false;
  const auto known = [&](const auto& entry) {
    const json& property = part["properties"].value(entry.key(), json());
    return !property.is_null() && (!property.contains("const") || property["const"] == entry.value());
  };
  const auto items = document.items();
  const json& needed = member(part, "required");
  return std::all_of(items.begin(), items.end(), known) &&
         std::all_of(needed.begin(), needed.end(), [&](const json& key) { return document.contains(key); });
}

void mark(const json& given, const json& document, std::set<std::string>& words) {
  const json& part = behind(given);
  if (part.contains("enum")) words.insert(word_of(part["enum"], document));
  for (const json* one : choices(part)) {
    if (is_meant(*one, document)) mark(*one, document, words);
  }
  if (document.is_array()) {
    for (const json& element : document) mark(member(part, "items"), element, words);
  }
  if (!document.is_object()) return;
  for (const auto& [key, value] : document.items()) {
    const json& properties = member(part, "properties");
    if (properties.contains(key)) words.insert(word_of(key, properties[key]));
    mark(properties.contains(key) ? properties[key] : member(part, "additionalProperties"), value, words);
  }
}

TEST(Vocabulary, EveryWordOfTheFormatIsUsedByAScenario) {
  std::set<std::string> words;
  collect(schema(), words);
  for (const json& definition : schema().at("$defs")) collect(definition, words);
  ASSERT_GT(words.size(), 300U);
  std::set<std::string> used;
  const std::string folder = std::string(SYNCER_SOURCE_DIR) + "/scenarios";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    mark(schema(), json::parse(file, nullptr, true, true), used);
  }
  for (const std::string& word : words) EXPECT_TRUE(used.contains(word)) << "no scenario says " << word;
}

}  // namespace
}  // namespace sim::scenario
