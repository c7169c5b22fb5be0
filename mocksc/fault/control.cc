// SPDX-License-Identifier: Apache-2.0
#include "mocksc/fault/control.h"

#include <cstdint>
#include <optional>

#include "mocksc/fault/fault.h"

namespace mocksc {
namespace {

constexpr std::string_view kHelp = R"(
  curl URL/mock/faults                       the faults that are on
  curl URL/mock/faults -d JSON               start a fault, answers {"id":N}
  curl URL/mock/faults/N -X DELETE           end one; without /N all of them
  curl URL/mock/expire/INSTANCE -X POST      let the lease of that instance run out now
  curl URL/mock/data-loss -X POST            lose all that is registered
  curl URL/mock/save/LABEL -X POST           keep the present data under a label
  curl URL/mock/restore/LABEL -X POST        go back to it; leases start anew
  curl URL/mock/instances                    all instances, one line each

Faults; every one takes "for":"10s" (else it lasts until removed) and "frontend":N (else all, counted from 0):
  {"fault":"outage","mode":"refuse"}         refuse and reset close the accepted connection; hang holds it
  {"fault":"slow","latency":"500ms","latency_max":"2s"}
  {"fault":"fail","rate":"30%","with":[{"status":503,"weight":3,"retry_after":"2s"},{"hang":"20s"},
                {"truncated_body":true},{"bad_json":true},{"reset_after_apply":true}],"ops":["register_instance"]}
                what a proxy does: {"status":502,"page":"html"}, {"status":302,"location":"http://elsewhere/"},
                {"other_answer":true}, {"doubled_body":true}, {"cut_body":true}; of a batch: {"part":"50%"}
  {"fault":"list_empty"}                     lists and finds answer 200 without content
  {"fault":"list_partial","keep":"50%"}      the same records are missing as long as it lasts
  {"fault":"stale_read","by":"10s"}          lists and finds show an older state
  {"fault":"limit","rps":5}                  429 above that
  {"fault":"lease_freeze"}                   leases do not run out
  {"fault":"store_outage"}                   the store is away: what is cached is answered, all else hangs, and
                until 1.4 s after it; leases begin anew then
)";

using syncer::HttpResponse;
using syncer::Instant;

HttpResponse text(int status, std::string body) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body)};
}

HttpResponse json(std::string body) {
  return {200, {{"Content-Type", "application/json; charset=UTF-8"}}, std::move(body)};
}

HttpResponse list_faults(const FaultLayer& registry, Instant now) {
  std::string out;
  for (const auto& [id, entry] : registry.faults()) {
    out += (out.empty() ? "{\"id\":" : ",{\"id\":") + std::to_string(id) + "," + render(entry.fault, now).substr(1);
  }
  return json("{\"faults\":[" + out + "]}\n");
}

HttpResponse start_fault(FaultLayer& registry, Instant now, const std::string& body) {
  auto fault = parse_fault(body, now, [&](std::string_view name) { return registry.store().check_operation(name); });
  if (!fault) return text(400, to_string(fault.error()) + "\n");
  if (fault->kind == FaultKind::StoreOutage && !registry.store().has_backend())
    return text(400, "\"fault\": this registry has no store behind its front-ends\n");
  return json("{\"id\":" + std::to_string(registry.start(now, std::move(*fault))) + "}\n");
}

HttpResponse stop_fault(FaultLayer& registry, Instant now, std::string_view id) {
  const auto number = syncer::parse_number(id, UINT64_MAX);
  if (number && registry.stop(now, *number)) return text(200, "ended\n");
  return text(404, "no fault has the id " + std::string(id) + "\n");
}

HttpResponse expire(FaultLayer& registry, Instant now, std::string_view instance_id) {
  const std::size_t expired = registry.expire(now, instance_id);
  if (expired == 0) return text(404, "no live instance has the id " + std::string(instance_id) + "\n");
  return text(200, "expired " + std::to_string(expired) + "\n");
}

/// What follows `prefix` in the path, decoded; nothing when the path begins otherwise.
std::optional<std::string> rest_after(std::string_view path, std::string_view prefix) {
  if (path.substr(0, prefix.size()) != prefix || path.size() == prefix.size()) return std::nullopt;
  return syncer::percent_decode(path.substr(prefix.size()), false);
}

HttpResponse post(FaultLayer& registry, Instant now, std::string_view path, const std::string& body) {
  if (path == "/mock/faults") return start_fault(registry, now, body);
  if (const auto id = rest_after(path, "/mock/expire/")) return expire(registry, now, *id);
  if (const auto label = rest_after(path, "/mock/save/")) {
    registry.save(now, *label);
    return text(200, "saved\n");
  }
  if (const auto label = rest_after(path, "/mock/restore/")) {
    const auto done = registry.restore(now, *label);
    return done ? text(200, "restored\n") : text(404, to_string(done.error()) + "\n");
  }
  if (path == "/mock/data-loss") {
    registry.lose_data(now);
    return text(200, "lost\n");
  }
  return text(404, "no such call; GET /mock explains them all\n");
}

}  // namespace

bool is_control(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  return path == "/mock" || path.substr(0, 6) == "/mock/";
}

HttpResponse control(FaultLayer& registry, Instant now, const syncer::HttpRequest& request) {
  registry.advance(now);
  if (const auto own = registry.store().control(now, request)) return *own;
  const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  if (request.method == "GET" && (path == "/mock" || path == "/mock/")) {
    const std::string title = "mocksc: make this " + std::string(registry.store().title()) + " misbehave\n";
    return text(200, title + std::string(kHelp) + std::string(registry.store().help()));
  }
  if (request.method == "GET" && path == "/mock/faults") return list_faults(registry, now);
  if (request.method == "GET" && path == "/mock/instances") return text(200, registry.store().instances());
  if (request.method == "DELETE" && path == "/mock/faults") {
    registry.stop_all(now);
    return text(200, "ended\n");
  }
  if (request.method == "DELETE") {
    if (const auto id = rest_after(path, "/mock/faults/")) return stop_fault(registry, now, *id);
  }
  if (request.method == "POST") return post(registry, now, path, request.body);
  return text(404, "no such call; GET /mock explains them all\n");
}

}  // namespace mocksc
