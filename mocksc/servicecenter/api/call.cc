// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/call.h"

#include <algorithm>

#include "syncer/base/http_message.h"

namespace mocksc {
namespace {

std::string decode(std::string_view text) {
  const bool is_plain = text.find_first_of("%+") == std::string_view::npos;
  return is_plain ? std::string(text) : syncer::percent_decode(text, true);
}

/// Calls `use` with each part of `text` between separators.
template <class Use>
void for_each_part(std::string_view text, char separator, Use use) {
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    use(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

Query::Query(std::string_view text) {
  for_each_part(text, '&', [&](std::string_view part) {
    const auto equals = part.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    if (!part.empty()) fields_.emplace_back(decode(part.substr(0, equals)), decode(value));
  });
}

std::string_view Query::get(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (field == name) return value;
  }
  return {};
}

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [field, value] : fields_) {
    if (field == name) out.push_back(value);
  }
  return out;
}

bool Query::flag(std::string_view name) const {
  std::string text(get(name));
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  text.erase(std::remove_if(text.begin(), text.end(), is_blank), text.end());
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text == "1" || text == "true";
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> out;
  for_each_part(text, ',', [&](std::string_view part) {
    if (!part.empty()) out.emplace_back(part);
  });
  return out;
}

syncer::HttpResponse json_answer(std::string body) {
  return {200, {{"Content-Type", "application/json; charset=UTF-8"}}, std::move(body)};
}

syncer::HttpResponse empty_answer() { return {200, {{"Content-Type", "text/plain; charset=UTF-8"}}, {}}; }

syncer::HttpResponse error_answer(const ApiError& error) {
  return {error.code / 1000, {{"Content-Type", "application/json; charset=UTF-8"}}, render(error)};
}

syncer::HttpResponse text_answer(int status, std::string body) {
  return {
      status, {{"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}}, std::move(body)};
}

syncer::HttpResponse panic_answer(const Call& call) {
  static const std::string kNil = "runtime error: invalid memory address or nil pointer dereference";
  return call.before(Release::V1_4_8) ? text_answer(500, kNil + "\n") : error_answer({kInternal, kNil});
}

std::string_view known_revision(const Call& call) {
  const bool is_ignored = call.query.flag("noCache") || call.query.flag("cacheOnly");
  return is_ignored ? std::string_view() : call.query.get("rev");
}

syncer::HttpResponse revision_answer(const Call& call, const std::string& revision, std::string body) {
  if (revision == known_revision(call)) return {304, {{"X-Resource-Revision", revision}}, {}};
  syncer::HttpResponse answer = json_answer(std::move(body));
  answer.headers.add("X-Resource-Revision", revision);
  return answer;
}

ApiResult<ServiceRecord*> require_service(const Call& call, std::string_view service_id, std::string_view detail) {
  ServiceRecord* service = Registry::find_service(call.tenant, service_id);
  if (service == nullptr) return refuse(kServiceNotExists, std::string(detail));
  return service;
}

}  // namespace mocksc
