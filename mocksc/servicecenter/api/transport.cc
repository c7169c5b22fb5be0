// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/api/transport.h"

#include <algorithm>
#include <string>
#include <vector>

#include "mocksc/servicecenter/api/call.h"

namespace mocksc {
namespace {

constexpr std::size_t kMaxUri = 2048;

/// As path.Clean of Go, keeping a final slash.
std::string clean(std::string_view path) {
  std::vector<std::string_view> parts;
  const bool ends_with_slash = !path.empty() && path.back() == '/';
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
  }
  std::string out;
  for (const std::string_view part : parts) out += "/" + std::string(part);
  return out.empty() || ends_with_slash ? out + "/" : out;
}

bool has_bad_end(std::string_view target) {
  return target.empty() || std::string_view(";&?+@").find(target.back()) != std::string_view::npos;
}

/// Go's answer to a moved path; only a GET gets a page with it.
syncer::HttpResponse moved(const syncer::HttpRequest& request, const std::string& to) {
  syncer::HttpResponse answer{301, {{"Location", to}, {"Vary", "Accept-Encoding"}}, {}};
  if (request.method != "GET" && request.method != "HEAD") return answer;
  answer.headers.add("Content-Type", "text/html; charset=utf-8");
  answer.body = "<a href=\"" + to + "\">Moved Permanently</a>.\n\n";
  return answer;
}

void add_server(syncer::HttpResponse& answer, Release release) {
  answer.headers.add("Server", "SERVICECENTER/" + std::string(name(release)));
}

/// What Go's router says by itself: no handler of the service center ran.
bool is_of_router(const syncer::HttpResponse& answer) {
  return answer.status == 304 || answer.headers.find("X-Content-Type-Options") != nullptr;
}

}  // namespace

std::optional<syncer::HttpResponse> check_path(const syncer::HttpRequest& request) {
  const std::string_view target = request.target;
  const std::string_view path = target.substr(0, target.find('?'));
  const bool is_unclean = path.find("//") != std::string_view::npos || path.find("/.") != std::string_view::npos;
  if (!is_unclean || clean(path) == path) return std::nullopt;
  return moved(request, clean(path) + std::string(target.substr(path.size())));
}

bool is_bad_uri(std::string_view target) {
  return target.size() >= kMaxUri || has_bad_end(target) || target.front() == '.' ||
         target.find("//") != std::string_view::npos;
}

syncer::HttpResponse bad_uri_answer(std::string_view target, std::string_view rest, Release release) {
  std::string body = "Invalid Request URI " + std::string(target);
  if (release >= Release::V2_0_0) body += rest;
  syncer::HttpResponse answer{
      400, {{"Content-Type", "text/plain; charset=utf-8"}, {"Vary", "Accept-Encoding"}}, std::move(body)};
  add_server(answer, release);
  return answer;
}

syncer::HttpResponse preflight_answer(const syncer::HttpRequest& request, Release release) {
  const std::string* method = request.headers.find("Access-Control-Request-Method");
  const std::string* headers = request.headers.find("Access-Control-Request-Headers");
  syncer::HttpResponse answer{200, {{"Vary", "Accept-Encoding"}, {"Vary", "Origin"}}, {}};
  if (method != nullptr || release < Release::V1_4_8) {
    answer.headers.add("Vary", "Access-Control-Request-Method");
    answer.headers.add("Vary", "Access-Control-Request-Headers");
  }
  if (method != nullptr && request.headers.find("Origin") != nullptr) {
    answer.headers.add("Access-Control-Allow-Origin", "*");
    answer.headers.add("Access-Control-Allow-Methods", *method);
    if (headers != nullptr) answer.headers.add("Access-Control-Allow-Headers", *headers);
  }
  add_server(answer, release);
  return answer;
}

syncer::HttpResponse unrouted_answer(const Route& route) {
  if (route.allowed.empty()) return text_answer(404, "404 page not found\n");
  syncer::HttpResponse answer = text_answer(405, "Method Not Allowed\n");
  std::vector<std::string_view> allowed = route.allowed;
  std::sort(allowed.begin(), allowed.end());
  std::string list;
  for (const std::string_view one : allowed) list += (list.empty() ? "" : ", ") + std::string(one);
  answer.headers.add("Allow", list);
  return answer;
}

std::size_t body_limit(Operation operation, Release release) {
  constexpr std::size_t kKiB = 1024;
  const bool is_old = release < Release::V1_4_8;
  switch (operation) {
    case Operation::RegisterInstance:
      return 5 * kKiB;
    case Operation::ServiceProperties:
    case Operation::InstanceProperties:
      return 3 * kKiB;
    case Operation::RegisterService:
    case Operation::DeleteServices:
      return is_old ? 5 * kKiB : 2 * kKiB * kKiB;
    default:
      return 2 * kKiB * kKiB;
  }
}

syncer::HttpResponse too_large_answer(std::size_t size, Release release) {
  syncer::HttpResponse answer = error_answer({kInvalidParams, "http: request body too large"});
  const bool is_over_every_limit = size > body_limit(Operation::Unknown, release);
  if (release < Release::V1_4_8 || is_over_every_limit) answer.headers.add("Connection", "close");
  return answer;
}

void finish(const syncer::HttpRequest& request, Operation operation, syncer::HttpResponse& answer, Release release) {
  add_server(answer, release);
  answer.headers.add("Vary", "Accept-Encoding");
  answer.headers.add("Vary", "Origin");
  if (request.headers.find("Origin") != nullptr) answer.headers.add("Access-Control-Allow-Origin", "*");
  if (release < Release::V2_0_0 && !is_of_router(answer)) {
    answer.headers.add("X-Response-Status", std::to_string(answer.status));
  }
  const bool is_version = operation == Operation::Version || operation == Operation::RootVersion;
  const bool is_encoded = !is_version && !answer.body.empty() && answer.body.front() == '{';
  if (is_encoded && release == Release::V1_3_0) answer.body.push_back('\n');
}

}  // namespace mocksc
