// SPDX-License-Identifier: Apache-2.0
#include "mocksc/nacos/api/instance_calls.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "mocksc/nacos/api/answers.h"
#include "mocksc/nacos/api/checks.h"

namespace mocksc::nacos {
namespace {

using syncer::HttpResponse;

constexpr int kRenewed = 10200;
constexpr int kUnknown = 20404;
constexpr double kMaxWeight = 10000.0;

/// An instance as the parameters describe it, or the answer that refuses it.
struct Described {
  Instance instance;
  std::optional<HttpResponse> problem;
};

template <class Number>
bool parse(const std::string& text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

HttpResponse bad_number(const Call& call, const std::string& text) {
  return text_error(call, 400, "For input string: \"" + text + "\"");
}

HttpResponse bad_metadata(const Call& call, const std::string& text) {
  if (call.is_first()) return text_error(call, 500, text);
  const std::string inner = "ErrCode:400, ErrMsg:" + text;
  const std::string outer = "Server failed, caused: " + inner + ";caused: " + text + ";";
  return spring_error(call, 500, "Internal Server Error", call.api == Api::V1 ? outer : inner);
}

HttpResponse bad_weight(const Call& call) {
  const std::string text = "instance format invalid: The weights range from 0.0 to 10000.0";
  if (call.api == Api::V1) return text_error(call, call.is_first() ? 500 : 400, text);
  return code_error(call, 400, 21001, "weight error", text);
}

std::optional<HttpResponse> check_times(const Call& call, const Metadata& metadata) {
  const BeatTimes times = beat_times(metadata);
  if (call.is_first() || (times.interval_ms < times.timeout_ms && times.interval_ms < times.delete_ms))
    return std::nullopt;
  const std::string text =
      "Instance 'heart beat interval' must less than 'heart beat timeout' and 'ip delete timeout'.";
  if (call.api == Api::V1) return text_error(call, 400, text);
  return code_error(call, 400, 21004, "instance error", text);
}

std::optional<HttpResponse> read_address(const Call& call, Instance& out) {
  const Parameters& all = call.parameters;
  if (!all.has("serviceName")) return missing(call, "serviceName");
  if (auto bad = check_service_name(call)) return bad;
  if (!all.has("ip")) return missing(call, "ip");
  if (!all.has("port")) return missing(call, "port", "Integer");
  out.ip = all.text("ip");
  if (!parse(all.text("port"), out.port)) return bad_number(call, all.text("port"));
  out.cluster = all.text_or("clusterName", kDefaultCluster);
  out.holder = all.flag("ephemeral", true) ? Holder::Beats : Holder::Store;
  return std::nullopt;
}

std::optional<HttpResponse> read_weight(const Call& call, Instance& out) {
  const std::string text = call.parameters.text_or("weight", "1.0");
  if (!parse(text, out.weight)) return bad_number(call, text);
  if (!(out.weight >= 0.0 && out.weight <= kMaxWeight)) return bad_weight(call);
  return std::nullopt;
}

std::optional<HttpResponse> check_cluster(const Call& call, const std::string& cluster) {
  if (!call.is_first()) return std::nullopt;
  for (const char c : cluster) {
    const bool is_good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    if (!is_good)
      return text_error(call, 400, "cluster name can only have these characters: 0-9a-zA-Z-, current: " + cluster);
  }
  return std::nullopt;
}

Described describe(const Call& call) {
  Described out;
  Instance& instance = out.instance;
  if ((out.problem = check_parameters(call))) return out;
  if ((out.problem = read_address(call, instance))) return out;
  if ((out.problem = read_weight(call, instance))) return out;
  auto metadata = parse_metadata(call.parameters.text("metadata"), !call.is_first());
  if (!metadata) {
    out.problem = bad_metadata(call, metadata.error().detail);
    return out;
  }
  instance.metadata = std::move(*metadata);
  instance.enabled = call.parameters.flag("enabled", call.parameters.flag("enable", true));
  instance.healthy = call.parameters.flag("healthy", true);
  if (call.api == Api::V1) instance.id = instance_id(instance, call.service());
  if ((out.problem = check_cluster(call, instance.cluster))) return out;
  out.problem = check_times(call, instance.metadata);
  return out;
}

HttpResponse wrong_kind(const Call& call, const Instance& instance) {
  const std::string mine = instance.is_ephemeral() ? "ephemeral" : "persistent";
  const std::string other = instance.is_ephemeral() ? "persistent" : "ephemeral";
  const std::string text = "errCode: 400, errMsg: Current service " + call.service().full() + " is " + other +
                           " service, can't register " + mine + " instance. ";
  if (call.api == Api::V1) return text_error(call, 400, text);
  return code_error(call, 400, 30000, "server error", text);
}

HttpResponse put(const Call& call, const Instance& instance) {
  const auto done = call.registry.put(call.now, call.service(), instance, call.client);
  return done ? ok(call) : wrong_kind(call, instance);
}

/// A beat as the SDKs of 1.x send it, with everything that registers the instance if it is gone.
struct FullBeat {
  Instance instance;
  std::string service;
};

HttpResponse broken_beat(const Call& call, const std::string& beat) {
  const std::string source = "[Source: (String)\"" + beat + "\"; line: 1, column: ";
  const std::string end = std::to_string(beat.size() + 1) + "]";
  const std::string reason = "Unexpected end-of-input: expected close marker for Object (start marker at " + source +
                             "1])\n at " + source + end;
  const std::string failed =
      "errCode: 101, errMsg: Nacos deserialize for class [com.alibaba.nacos.naming.healthcheck.RsInfo] failed";
  if (call.is_first()) return text_error(call, 500, failed + ".  ;caused: " + reason);
  return spring_error(call, 500, "Internal Server Error",
                      "Server failed, caused: " + failed + ", cause error[" + reason + "].  ;caused: " + reason + ";");
}

std::optional<FullBeat> read_full_beat(const std::string& text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  FullBeat out;
  out.instance.ip = document.value("ip", "");
  out.instance.port = document.value("port", std::int64_t{0});
  out.instance.cluster = document.value("cluster", kDefaultCluster);
  out.instance.weight = document.value("weight", 1.0);
  out.service = document.value("serviceName", "");
  const auto metadata = document.find("metadata");
  if (metadata != document.end() && metadata->is_object()) {
    for (const auto& [key, value] : metadata->items()) {
      if (value.is_string()) out.instance.metadata[key] = value.get<std::string>();
    }
  }
  return out;
}

HttpResponse beat_answer(const Call& call, std::int64_t interval_ms, int code) {
  Json out = {{"clientBeatInterval", interval_ms}, {"code", code}};
  if (code == kRenewed || !call.is_first()) out["lightBeatEnabled"] = true;
  return json_answer(call, out);
}

HttpResponse beat(const Call& call, Instance instance, bool registers) {
  const ServiceName service = call.service();
  auto interval = call.registry.beat(call.now, service, instance, call.client);
  if (!interval && registers) {
    instance.id = instance_id(instance, service);
    interval = beat_times(instance.metadata).interval_ms;
    if (!call.registry.put(call.now, service, instance, call.client)) interval.reset();
  }
  return beat_answer(call, interval.value_or(5000), interval ? kRenewed : kUnknown);
}

HttpResponse beat_v3(const Call& call) {
  Instance instance;
  if (auto bad = check_parameters(call)) return *bad;
  if (auto bad = read_address(call, instance)) return *bad;
  if (call.registry.beat(call.now, call.service(), instance, call.client)) return ok(call);
  return code_error(call, 200, 21003, "instance not found", nullptr);
}

}  // namespace

HttpResponse register_instance(const Call& call) {
  if (call.api == Api::V3 && call.parameters.flag("heartBeat", false)) return beat_v3(call);
  Described described = describe(call);
  if (described.problem) return *described.problem;
  return put(call, described.instance);
}

HttpResponse update_instance(const Call& call) {
  Described described = describe(call);
  if (described.problem) return *described.problem;
  if (call.is_first()) return put(call, described.instance);
  const ServiceName service = call.service();
  if (call.registry.find(service) == nullptr) {
    const std::string text = "service not found, namespace: " + (service.space.empty() ? "public" : service.space) +
                             ", service: " + service.full();
    return call.api == Api::V1 ? text_error(call, 400, text) : code_error(call, 400, 21008, "service not exist", text);
  }
  const Instance& said = described.instance;
  call.registry.put_operator_data(call.now, service, said, {said.metadata, said.enabled, said.weight}, call.client);
  return ok(call);
}

HttpResponse remove_instance(const Call& call) {
  Instance instance;
  if (auto bad = check_parameters(call)) return *bad;
  if (auto bad = read_address(call, instance)) return *bad;
  call.registry.remove(call.now, call.service(), instance, call.client);
  return ok(call);
}

HttpResponse beat_instance(const Call& call) {
  if (auto bad = check_parameters(call)) return *bad;
  if (!call.parameters.has("serviceName")) return missing(call, "serviceName");
  if (call.api == Api::V2 && call.parameters.text("serviceName").find("@@") == std::string::npos) {
    return code_error(call, 400, 20002, "parameter validate error",
                      "Param 'serviceName' is illegal, it should be format as 'groupName@@serviceName'");
  }
  if (call.parameters.has("beat")) {
    auto full = read_full_beat(call.parameters.text("beat"));
    if (!full) return broken_beat(call, call.parameters.text("beat"));
    return beat(call, std::move(full->instance), true);
  }
  Instance instance;
  if (auto bad = read_address(call, instance)) return *bad;
  return beat(call, std::move(instance), false);
}

HttpResponse set_health(const Call& call) {
  const std::string cluster = call.parameters.text_or("clusterName", kDefaultCluster);
  const std::string text = "health check is still working, service: " + call.service().full();
  return text_error(call, 400, call.is_first() ? text : text + ", cluster: " + cluster);
}

}  // namespace mocksc::nacos
