// SPDX-License-Identifier: Apache-2.0
#include "sim/real/registries/wire_answer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace sim::real {
namespace {

bool equal(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

bool is_ours(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOurs = {"content-length", "transfer-encoding", "content-encoding",
                                                     "connection"};
  return std::any_of(kOurs.begin(), kOurs.end(), [&](std::string_view one) { return equal(one, name); });
}

}  // namespace

std::string wire_answer(const syncer::HttpResponse& answer, const AnswerForm& form) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Answer\r\n";
  for (const auto& [name, value] : answer.headers) {
    if (!is_ours(name)) text += name + ": " + value + "\r\n";
  }
  if (!form.keeps) text += "Connection: close\r\n";
  const bool has_body = answer.status >= 200 && answer.status != 204 && answer.status != 304;
  if (has_body) {
    const std::size_t size = form.is_cut ? answer.body.size() * 2 + 1 : answer.body.size();
    text += "Content-Length: " + std::to_string(size) + "\r\n";
  }
  text += "\r\n";
  if (has_body && !form.is_head) text += answer.body;
  return text;
}

}  // namespace sim::real
