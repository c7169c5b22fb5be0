// SPDX-License-Identifier: Apache-2.0
#include "mocksc/eureka/xml.h"

#include <array>
#include <cstdio>
#include <utility>

namespace mocksc::eureka {
namespace {

constexpr std::size_t kDeepest = 16;
constexpr std::array<std::pair<std::string_view, char>, 5> kEntities = {
    {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}};

std::string plain(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t used = 1;
    char c = text.front();
    for (const auto& [entity, meant] : kEntities) {
      if (!text.starts_with(entity)) continue;
      used = entity.size();
      c = meant;
    }
    out += c;
    text.remove_prefix(used);
  }
  return out;
}

/// What is left to read.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  void skip_blanks() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos)
      rest_.remove_prefix(1);
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  /// All before the first of these characters; nothing when none comes.
  std::optional<std::string_view> until(std::string_view ends) {
    const std::size_t end = rest_.find_first_of(ends);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return taken;
  }
  bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool read_attributes(Cursor& at, XmlElement& out) {
  for (;;) {
    at.skip_blanks();
    if (at.take("/>")) return false;
    if (at.take(">")) return true;
    const auto name = at.until("=/>");
    if (!name || name->empty() || !at.take("=\"")) return false;
    const auto value = at.until("\"");
    if (!value || !at.take("\"")) return false;
    out.attributes[std::string(*name)] = plain(*value);
  }
}

std::optional<XmlElement> read_element(Cursor& at, std::size_t depth) {
  if (depth == kDeepest || !at.take("<")) return std::nullopt;
  XmlElement out;
  const auto name = at.until(" \t\r\n/>");
  if (!name || name->empty()) return std::nullopt;
  out.name = *name;
  if (!read_attributes(at, out)) return out;
  for (;;) {
    const auto text = at.until("<");
    if (!text) return std::nullopt;
    out.text += plain(*text);
    if (at.take("</")) {
      const auto end = at.until(">");
      if (!end || *end != out.name || !at.take(">")) return std::nullopt;
      return out;
    }
    auto inner = read_element(at, depth + 1);
    if (!inner) return std::nullopt;
    out.elements.push_back(std::move(*inner));
  }
}

bool fits_a_name(char c, bool first) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
  return letter || (!first && ((c >= '0' && c <= '9') || c == '.' || c == '-'));
}

}  // namespace

std::optional<XmlElement> read_xml(std::string_view text) {
  Cursor at(text);
  at.skip_blanks();
  if (at.take("<?") && (!at.until(">") || !at.take(">"))) return std::nullopt;
  at.skip_blanks();
  auto root = read_element(at, 0);
  at.skip_blanks();
  return root && at.done() ? std::move(root) : std::nullopt;
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    std::string said(1, c);
    for (const auto& [entity, meant] : kEntities) {
      if (meant == c && c != '\'') said = entity;
    }
    out += said;
  }
  return out;
}

std::string xml_name(std::string_view key) {
  std::string out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (fits_a_name(key[i], i == 0)) {
      out += key[i];
      continue;
    }
    std::array<char, 8> code{};
    std::snprintf(code.data(), code.size(), "_.%04x", static_cast<unsigned>(static_cast<unsigned char>(key[i])));
    out += code.data();
  }
  return out;
}

}  // namespace mocksc::eureka
