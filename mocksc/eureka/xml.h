// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mocksc::eureka {

/// An element with what stands in it; text between elements is not kept.
struct XmlElement {
  std::string name;
  std::map<std::string, std::string> attributes;
  std::string text;
  std::vector<XmlElement> elements;
};

/// Reads a document of elements, attributes and the five entities; nothing when it is none, or nested too deeply.
std::optional<XmlElement> read_xml(std::string_view text);
/// Text and names as they stand in a document.
std::string xml_text(std::string_view text);
/// A key of metadata as the name of an element: what XML forbids becomes "_.0020".
std::string xml_name(std::string_view key);

}  // namespace mocksc::eureka
