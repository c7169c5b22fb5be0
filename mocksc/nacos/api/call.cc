// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/call.h"

#include <algorithm>

namespace mocksc::nacos {
namespace {

const std::string kNothing;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  return text;
}

}  // namespace

Parameters::Parameters(const syncer::HttpRequest& request, Release release) {
  const std::size_t mark = request.target.find('?');
  if (mark != std::string::npos) read(std::string_view(request.target).substr(mark + 1));
  const std::string* type = request.headers.find("Content-Type");
  if (release < Release::V2_5_1 || type == nullptr) return;
  if (type->starts_with("application/x-www-form-urlencoded")) read(request.body);
}

void Parameters::read(std::string_view pairs) {
  while (!pairs.empty()) {
    const std::string_view pair = pairs.substr(0, pairs.find('&'));
    pairs.remove_prefix(std::min(pair.size() + 1, pairs.size()));
    const std::size_t sign = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(sign + 1, pair.size()));
    values_.emplace(syncer::percent_decode(pair.substr(0, sign), true), syncer::percent_decode(value, true));
  }
}

const std::string& Parameters::text(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? kNothing : found->second;
}

std::string Parameters::text_or(std::string_view name, std::string_view otherwise) const {
  return has(name) ? text(name) : std::string(otherwise);
}

bool Parameters::flag(std::string_view name, bool otherwise) const {
  return has(name) ? lower(text(name)) == "true" : otherwise;
}

std::string Call::space() const {
  const std::string& id = parameters.text("namespaceId");
  return id == "public" ? std::string() : id;
}

ServiceName Call::service() const {
  ServiceName out{space(), parameters.text_or("groupName", kDefaultGroup), parameters.text("serviceName")};
  const std::size_t sign = out.name.find("@@");
  if (sign == std::string::npos) return out;
  if (api == Api::V1 || path.ends_with("/beat")) {
    out.group = out.name.substr(0, sign);
    out.name = out.name.substr(sign + 2);
  } else {
    out.name.resize(sign);  // the later APIs take the part in front for the name
  }
  return out;
}

bool Call::hides(const Instance& instance) const {
  return !fault.is_none() && fault.hides(instance.ip + ":" + std::to_string(instance.port));
}

}  // namespace mocksc::nacos
