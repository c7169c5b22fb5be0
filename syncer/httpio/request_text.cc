// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/request_text.h"

#include <algorithm>
#include <string_view>

namespace syncer::httpio {
namespace {

bool is_one_line(std::string_view text) {
  const auto belongs = [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f); };
  return std::all_of(text.begin(), text.end(), belongs);
}

}  // namespace

Result<Bytes> request_text(const HttpRequest& request, const std::string& authority, const HttpHeaders& also) {
  if (request.target.find_first_of(" \t") != std::string::npos || !is_one_line(request.target)) {
    return failure(ErrorCode::Invalid, request.target, "is no target of a request");
  }
  Bytes out = request.method + " " + request.target + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  out += "User-Agent: syncer\r\nAccept-Encoding: gzip\r\n";
  for (const HttpHeaders* headers : {&request.headers, &also}) {
    for (const auto& [name, value] : *headers) {
      if (!is_one_line(name) || !is_one_line(value)) return failure(ErrorCode::Invalid, name, "breaks the line");
      out += name + ": " + value + "\r\n";
    }
  }
  const bool may_have_body = request.method == "POST" || request.method == "PUT";
  if (may_have_body || !request.body.empty()) {
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  out += "\r\n";
  out += request.body;
  return out;
}

}  // namespace syncer::httpio
