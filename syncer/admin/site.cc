// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/site.h"

#include <array>
#include <limits>
#include <utility>

#include "syncer/admin/status_json.h"
#include "syncer/admin/ui_page.h"
#include "syncer/base/mutation.h"
#include "syncer/base/printable.h"
#include "syncer/base/quantity.h"
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

/// Each part of the status is a check: "[+] registry ok", "[-] region east: NOT connected".
std::string checks(const node::Status& status, const std::string& side) {
  std::string lines;
  for (const node::Facts& facts : node::facts_of(status)) {
    const std::string about = printable(side + facts.label + (facts.name.empty() ? "" : " " + facts.name));
    std::string wrong;
    for (const node::StatusProblem& problem : facts.problems) wrong += (wrong.empty() ? ": " : ", ") + problem.text;
    lines += wrong.empty() ? "[+] " + about + " ok\n" : "[-] " + about + printable(wrong) + "\n";
  }
  return lines;
}

/// Of both sides, where there is a bridge.
Answer readiness(const node::Status& status, const std::optional<node::Status>& bridge, bool verbose) {
  const bool is_bridge_ready = !bridge || bridge->ready || SYNCER_MUTATED("admin.overlook_the_bridge");
  const bool ready = status.ready && is_bridge_ready;
  if (verbose) {
    const std::string far = bridge ? checks(*bridge, "bridge ") : "";
    return text(ready ? 200 : 503, checks(status, "") + far + (ready ? "ready\n" : "not ready\n"));
  }
  std::string reasons;
  for (const std::string& line : node::problem_lines_of(status)) reasons += line + "\n";
  if (bridge) {
    for (const std::string& line : node::problem_lines_of(*bridge)) reasons += kBridgeLabel + line + "\n";
  }
  return text(ready ? 200 : 503, ready ? "ok\n" : "not ready\n" + reasons);
}

Answer group(const node::Status& status) {
  if (!status.group) return text(409, "this syncer runs in single mode: it has no group\n");
  return json(to_json(node::ClusterReport{status.region, status.group, status.group->problems}));
}

/// The page for people. It may ask the listener that it came from and nobody else, and no other page may frame it.
Answer page() {
  const std::string policy = std::string(kUiPagePolicy) +
                             "; default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; "
                             "form-action 'none'; frame-ancestors 'none'";
  return {200,
          "text/html; charset=utf-8",
          Bytes(kUiPage),
          {{"Content-Security-Policy", policy}, {"Referrer-Policy", "no-referrer"}}};
}

constexpr std::array<std::string_view, 18> kDocuments = {
    "/livez",     "/readyz",     "/metrics",     "/v1/status",   "/v1/members",      "/v1/cluster",
    "/v1/events", "/v1/copies",  "/v1/services", "/v1/mappings", "/v1/explain",      "/v1/diff",
    "/v1/rtt",    "/v1/history", "/v1/config",   "/v1/keys",     "/v1/reachability", "/ui"};

/// Rows of one page.
constexpr std::uint64_t kMostRows = 500;

Answer refused(const Error& error) { return text(http_status(error.code), to_string(error) + "\n"); }

}  // namespace

Answer Site::answer(Entrance entrance, const httpio::ServedRequest& request, const httpio::Caller& caller) const {
  if (const auto refused = gate(entrance, request, caller, token_)) {
    Answer answer = text(refused->status, refused->reason + "\n");
    if (refused->status == 401) answer.headers.add("WWW-Authenticate", "Bearer");
    return answer;
  }
  if (request.method == "GET" || request.method == "HEAD") return document(entrance, request);
  const bool may_command = entrance != Entrance::ReadOnly || SYNCER_MUTATED("admin.commands_for_everybody");
  if (request.method == "POST" && may_command) return run_command(request, caller);
  Answer answer = text(405, may_command ? "GET, HEAD or POST\n" : "this address only shows: GET or HEAD\n");
  answer.headers.add("Allow", may_command ? "GET, HEAD, POST" : "GET, HEAD");
  return answer;
}

Answer Site::document(Entrance entrance, const httpio::ServedRequest& request) const {
  const std::string_view path = request.path();
  // This runs on the loop: that there is an answer at all is the news.
  if (path == "/livez") return text(200, "ok\n");
  if (path == "/readyz") return readiness(api_.status(), api_.bridge(), request.parameter("verbose").has_value());
  if (path == "/metrics") return {200, kMetrics, api_.metrics()};
  if (path == "/v1/status") return json(status_json(api_.status(), api_.bridge()));
  if (path == "/v1/members") return json(to_json(node::MembersReport{api_.status().members}));
  if (path == "/v1/cluster") return group(api_.status());
  if (path == "/v1/events" && api_.events != nullptr) return events(entrance, request);
  if (auto answer = inquiry(entrance, request)) return std::move(*answer);
  if (auto answer = inventory(request)) return std::move(*answer);
  if (path == "/v1/config" && entrance != Entrance::ReadOnly) return json(to_json(api_.config()));
  if (path == "/ui" && entrance == Entrance::ReadOnly) return page();
  if (path == "/v1/keys" && entrance != Entrance::ReadOnly) return json(to_json(api_.keys()));
  // It sends packets to everybody: not for whoever asks.
  const bool may_ask = entrance != Entrance::ReadOnly || SYNCER_MUTATED("admin.call_the_roll_for_everybody");
  if (path == "/v1/reachability" && may_ask) return {200, kJson, "", {}, api_.reachability()};
  std::string known;
  for (const std::string_view one : kDocuments) known += (known.empty() ? "" : ", ") + std::string(one);
  return text(404, "there is no such document; there are " + known + "\n");
}

/// What other regions are asked for. Each answers only so many questions: operators' come first.
std::optional<Answer> Site::inquiry(Entrance entrance, const httpio::ServedRequest& request) const {
  const std::string_view path = request.path();
  const bool is_public = entrance == Entrance::ReadOnly;
  const auto word = [&](const char* name) { return request.parameter(name).value_or(""); };
  if (path == "/v1/explain") {
    if (word("what").empty()) return text(400, "name a service or an instance: ?what=NAME\n");
    auto stream = api_.explain(word("what"), is_public);
    if (stream) return Answer{200, kJson, "", {}, std::move(stream)};
    return Answer{503, kText, "somebody asks already: try again, or use `syncer explain`\n", {{"Retry-After", "1"}}};
  }
  if (path != "/v1/diff") return std::nullopt;
  if (is_public && !SYNCER_MUTATED("admin.compare_regions_for_everybody")) {
    return text(404, "regions are compared for operators alone: use `syncer diff`\n");
  }
  if (word("a").empty() || word("b").empty()) return text(400, "name two regions: ?a=NAME&b=NAME\n");
  return Answer{200, kJson, "", {}, api_.differences(word("a"), word("b"))};
}

/// What is asked of single instances.
std::optional<Answer> Site::inventory(const httpio::ServedRequest& request) const {
  const std::string_view path = request.path();
  const auto word = [&](const char* name) { return request.parameter(name).value_or(""); };
  const auto limit = parse_number(request.parameter("limit").value_or("100"), kMostRows);
  if (path == "/v1/history") return json(to_json(api_.history()));
  if (path == "/v1/rtt") {
    const auto report = api_.round_trips(word("about"));
    return report ? json(to_json(*report)) : refused(report.error());
  }
  if (path != "/v1/copies" && path != "/v1/services" && path != "/v1/mappings") return std::nullopt;
  if (!limit || *limit == 0) return text(400, "limit: say a number from 1 to " + std::to_string(kMostRows) + "\n");
  if (path == "/v1/mappings")
    return json(to_json(api_.mappings({word("region"), word("search"), word("after"), *limit})));
  if (path == "/v1/services") return json(to_json(api_.services(word("search"), word("after"), *limit)));
  return json(to_json(api_.copies({word("region"), word("search"), word("after"), *limit})));
}

/// A browser that lost its connection says in Last-Event-ID where it was.
Answer Site::events(Entrance entrance, const httpio::ServedRequest& request) const {
  const auto word = [&](const char* name) { return request.parameter(name).value_or(""); };
  auto filter = parse_filter(word("kind"), word("region"), word("level"));
  if (!filter) return refused(filter.error());
  filter->is_public = entrance == Entrance::ReadOnly;
  const std::string* last = request.headers.find("Last-Event-ID");
  const std::string from = last != nullptr ? *last : word("after");
  const auto after = parse_number(from.empty() ? "0" : from, std::numeric_limits<std::int64_t>::max());
  if (!after) return text(400, "after: say the id of an event\n");
  auto stream = api_.events->read(std::move(*filter), static_cast<std::uint64_t>(*after), word("follow") != "0");
  if (!stream) return text(503, to_string(stream.error()) + "\n");
  return {200, "text/event-stream", "retry: 2000\n\n", {}, std::move(*stream)};
}

Answer Site::run_command(const httpio::ServedRequest& request, const httpio::Caller& caller) const {
  const std::string_view parameter = parameter_of(request.path());
  std::string argument = parameter.empty() ? request.body : request.parameter(parameter).value_or("");
  const auto command = to_command(request.path(), std::move(argument));
  const auto done = command ? api_.run(*command, caller.who) : tl::unexpected(command.error());
  if (!done) return refused(done.error());
  return text(200, *done);
}

}  // namespace syncer::admin
