// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/call.h"

namespace mocksc {

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
