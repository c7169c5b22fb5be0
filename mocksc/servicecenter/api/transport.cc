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

syncer::HttpResponse moved(const std::string& to) {
  return {301,
          {{"Content-Type", "text/html; charset=utf-8"}, {"Location", to}},
          "<a href=\"" + to + "\">Moved Permanently</a>.\n\n"};
}

}  // namespace

std::optional<syncer::HttpResponse> check_uri(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const bool is_unclean = path.find("//") != std::string_view::npos || path.find("/.") != std::string_view::npos;
  if (is_unclean && clean(path) != path) return moved(clean(path) + std::string(target.substr(path.size())));
  const bool is_bad = target.size() >= kMaxUri || has_bad_end(target) || target.front() == '.' ||
                      target.find("//") != std::string_view::npos;
  if (is_bad) return text_answer(400, "Invalid Request URI " + std::string(target));
  return std::nullopt;
}

syncer::HttpResponse unrouted_answer(std::string_view method, const Route& route) {
  if (method == "OPTIONS") {
    syncer::HttpResponse answer = empty_answer();
    answer.headers.add("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, UPDATE");
    answer.headers.add("Access-Control-Allow-Headers", "Origin, Accept, Content-Type, X-Domain-Name, X-ConsumerId");
    answer.headers.add("Access-Control-Allow-Origin", "*");
    return answer;
  }
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

void finish(syncer::HttpResponse& answer, Release release) {
  answer.headers.add("Server", "SERVICECENTER/" + std::string(name(release)));
  answer.headers.add("Vary", "Origin");
  answer.headers.add("Vary", "Accept-Encoding");
  if (release < Release::V2_0_0) answer.headers.add("X-Response-Status", std::to_string(answer.status));
  const bool is_json = !answer.body.empty() && answer.body.front() == '{';
  if (is_json && release == Release::V1_3_0) answer.body.push_back('\n');
}

}  // namespace mocksc
