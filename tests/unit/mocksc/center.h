// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "mocksc/servicecenter/api/model.h"

namespace mocksc::testing {

using syncer::HttpHeaders;
using syncer::HttpRequest;
using syncer::HttpResponse;

/// Options without delays and without self registration, so that a test sees only what it did.
inline ModelOptions plain_options(Release release = Release::V2_2_0) {
  ModelOptions options;
  options.release = release;
  options.delete_visibility = syncer::Duration(0);
  options.lags = Lags::none();
  options.wall_at_zero = 1'700'000'000'000'000'000;
  return options;
}

/// A model with a clock that stands still until told, and short words for the calls.
struct Center {
  explicit Center(ModelOptions options = plain_options()) : model(std::move(options), syncer::Random(1)) {}

  HttpResponse call(std::string method, std::string target, std::string body = {}, HttpHeaders headers = {}) {
    for (const auto& [name, value] : every_header) headers.add(name, value);
    return model.handle(
        now, 0, HttpRequest{std::move(method), "http://sc", std::move(target), std::move(headers), std::move(body)},
        "tester");
  }
  HttpResponse get(std::string path, HttpHeaders headers = {}) {
    return call("GET", base + path, {}, std::move(headers));
  }
  HttpResponse post(std::string path, std::string body, HttpHeaders headers = {}) {
    return call("POST", base + path, std::move(body), std::move(headers));
  }
  HttpResponse put(std::string path, std::string body = {}) { return call("PUT", base + path, std::move(body)); }
  HttpResponse del(std::string path, std::string body = {}) { return call("DELETE", base + path, std::move(body)); }

  /// Registers app "shop", version 1.0.0, and gives back the service id.
  std::string service(const std::string& name, const std::string& more = {}) {
    const auto answer = post("/microservices", R"({"service":{"appId":"shop","serviceName":")" + name +
                                                   R"(","version":"1.0.0")" + more + "}}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return value(answer.body, "serviceId");
  }
  /// Registers an instance and gives back its id.
  std::string instance(const std::string& service_id, const std::string& more = {}) {
    const auto answer = post("/microservices/" + service_id + "/instances",
                             R"({"instance":{"hostName":"h","endpoints":["rest://1.2.3.4:80"])" + more + "}}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    return value(answer.body, "instanceId");
  }
  void pass(syncer::Duration time) {
    now += time;
    model.advance(now);
  }

  /// Text of the first member of that name; enough for flat answers.
  static std::string value(const std::string& json, const std::string& member) {
    const std::string key = "\"" + member + "\":\"";
    const auto begin = json.find(key);
    if (begin == std::string::npos) return {};
    const auto from = begin + key.size();
    return json.substr(from, json.find('"', from) - from);
  }

  Model model;
  syncer::Instant now = syncer::instant(0);
  std::string base = "/v4/default/registry";
  HttpHeaders every_header;  ///< sent with every request
};

/// An exact error body.
inline std::string error_body(const std::string& code, const std::string& message, const std::string& detail) {
  return R"({"errorCode":")" + code + R"(","errorMessage":")" + message +
         (detail.empty() ? std::string("\"}") : R"(","detail":")" + detail + "\"}");
}

#define EXPECT_ERROR(answer, code, message, detail)                                   \
  do {                                                                                \
    const auto& the_answer = (answer);                                                \
    EXPECT_EQ(the_answer.body, ::mocksc::testing::error_body(code, message, detail)); \
    EXPECT_EQ(std::to_string(the_answer.status), std::string(code).substr(0, 3));     \
  } while (false)

inline std::string header(const HttpResponse& answer, std::string_view name) {
  const std::string* found = answer.headers.find(name);
  return found == nullptr ? "(none)" : *found;
}

}  // namespace mocksc::testing
