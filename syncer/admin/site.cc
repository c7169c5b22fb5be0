// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/site.h"

#include <array>

#include "syncer/admin/status_json.h"
#include "syncer/base/mutation.h"
#include "syncer/node/facts.h"

namespace syncer::admin {
namespace {

using httpio::Answer;

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr const char* kMetrics = "text/plain; version=0.0.4; charset=utf-8";

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::Invalid:
      return 400;
    case ErrorCode::NotFound:
      return 404;
    case ErrorCode::Refused:
      return 409;
    default:
      return 500;
  }
}

Answer text(int status, std::string body) { return {status, kText, std::move(body)}; }
Answer json(std::string body) { return {200, kJson, std::move(body)}; }

Answer readiness(const node::Status& status) {
  std::string reasons;
  for (const std::string& line : node::problem_lines_of(status)) reasons += line + "\n";
  return text(status.ready ? 200 : 503, status.ready ? "ok\n" : "not ready\n" + reasons);
}

Answer group(const node::Status& status) {
  if (!status.group) return text(409, "this syncer runs in single mode: it has no group\n");
  return json(to_json(node::ClusterReport{status.region, status.group, status.group->problems}));
}

constexpr std::array<std::string_view, 7> kDocuments = {"/livez",      "/readyz",     "/metrics", "/v1/status",
                                                        "/v1/members", "/v1/cluster", "/v1/keys"};

}  // namespace

Answer Site::answer(Entrance entrance, const httpio::ServedRequest& request, const httpio::Caller& caller) const {
  if (const auto refused = gate(entrance, request, caller, token_)) {
    Answer answer = text(refused->status, refused->reason + "\n");
    if (refused->status == 401) answer.headers.add("WWW-Authenticate", "Bearer");
    return answer;
  }
  if (request.method == "GET" || request.method == "HEAD") return document(entrance, request.path());
  const bool may_command = entrance != Entrance::ReadOnly || SYNCER_MUTATED("admin.commands_for_everybody");
  if (request.method == "POST" && may_command) return run_command(request, caller);
  Answer answer = text(405, may_command ? "GET, HEAD or POST\n" : "this address only shows: GET or HEAD\n");
  answer.headers.add("Allow", may_command ? "GET, HEAD, POST" : "GET, HEAD");
  return answer;
}

Answer Site::document(Entrance entrance, std::string_view path) const {
  // This runs on the loop: that there is an answer at all is the news.
  if (path == "/livez") return text(200, "ok\n");
  if (path == "/readyz") return readiness(api_.status());
  if (path == "/metrics") return {200, kMetrics, api_.metrics()};
  if (path == "/v1/status") return json(to_json(api_.status()));
  if (path == "/v1/members") return json(to_json(node::MembersReport{api_.status().members}));
  if (path == "/v1/cluster") return group(api_.status());
  if (path == "/v1/keys" && entrance != Entrance::ReadOnly) return json(to_json(api_.keys()));
  std::string known;
  for (const std::string_view one : kDocuments) known += (known.empty() ? "" : ", ") + std::string(one);
  return text(404, "there is no such document; there are " + known + "\n");
}

Answer Site::run_command(const httpio::ServedRequest& request, const httpio::Caller& caller) const {
  const std::string_view parameter = parameter_of(request.path());
  std::string argument = parameter.empty() ? request.body : request.parameter(parameter).value_or("");
  const auto command = to_command(request.path(), std::move(argument));
  const auto done = command ? api_.run(*command, caller.who) : tl::unexpected(command.error());
  if (!done) return text(http_status(done.error().code), to_string(done.error()) + "\n");
  return text(200, *done);
}

}  // namespace syncer::admin
