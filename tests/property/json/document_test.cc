// SPDX-License-Identifier: Apache-2.0
#include "syncer/json/document.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

namespace syncer::json {
namespace {

std::string any_text() {
  std::string text = "\"";
  const int pieces = *rc::gen::inRange(0, 3);
  for (int i = 0; i < pieces; ++i) {
    text += *rc::gen::element<std::string>("a", "A", "b", " ", "[{", "\\n", "\\\"", "\\u0041", "\\u00e9", "é", "\\\\",
                                           "\\/", "\x7f");
  }
  return text + "\"";
}

std::string any_value(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 8 : 4);
  if (kind <= 1) return any_text();
  if (kind <= 3) return *rc::gen::element<std::string>("0", "-1", "12", "1.50", "-0", "true", "false", "null", "1E2");
  const bool object = kind <= 5;
  std::string text = object ? "{" : "[";
  const int elements = *rc::gen::inRange(0, 4);
  for (int i = 0; i < elements; ++i) {
    text += i > 0 ? "," : *rc::gen::element("", " ", "\n\t\r");
    if (object) text += any_text() + ":";
    text += any_value(depth - 1);
  }
  return text + (object ? "}" : "]");
}

/// JSON, or close to it: one byte of it may be another one.
std::string any_document() {
  std::string text = any_value(4);
  if (*rc::gen::inRange(0, 3) > 0) return text;
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  text[at] = *rc::gen::element('{', '}', '[', ']', '"', ':', ',', '0', '-', '.', 'u', '\\', ' ', '\x01', '\xc3', '\0');
  return text;
}

bool same(const Value& value, const nlohmann::json& reference) {
  if (reference.is_string()) return value.is_text() && value.text() == reference.get<std::string>();
  if (!reference.is_structured()) return value.text() == reference.dump() && !value.is_text();
  if (reference.is_object() ? !value.is_object() : !value.is_list()) return false;
  std::size_t elements = 0;
  for (const Value& element : value) {
    if (elements == reference.size()) return false;
    const std::string name(element.name());
    if (reference.is_object() && !reference.contains(name)) return false;
    if (!same(element, reference.is_object() ? reference[name] : reference[elements])) return false;
    ++elements;
  }
  return elements == reference.size();
}

RC_GTEST_PROP(Documents, AreWhatTheReferenceParserReads, ()) {
  const std::string text = any_document();
  const auto document = Document::parse(text);
  const auto reference = nlohmann::json::parse(text, nullptr, false);
  RC_ASSERT(document.has_value() == !reference.is_discarded());
  if (document) RC_ASSERT(same(document->root(), reference));
}

}  // namespace
}  // namespace syncer::json
