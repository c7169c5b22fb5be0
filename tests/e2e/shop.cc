// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/shop.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/support/service_center.h"

namespace e2e {
namespace {

using nlohmann::json;

/// What stands between each `begin` and the `end` after it.
std::multiset<std::string> all_between(const std::string& text, const std::string& begin, const std::string& end) {
  std::multiset<std::string> found;
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    at += begin.size();
    const std::size_t stop = text.find(end, at);
    if (stop == std::string::npos) break;
    found.insert(text.substr(at, stop - at));
  }
  return found;
}

class ServiceCenterShop : public Shop {
 public:
  ServiceCenterShop(std::string origin, std::string service) : origin_(std::move(origin)), name_(std::move(service)) {}

  bool add(const std::string& ip) override {
    if (service_.empty() && !add_service()) return false;
    const json body = {{"instance", {{"hostName", "h"}, {"endpoints", {"rest://" + ip + ":8080"}}, {"status", "UP"}}}};
    const auto answer = test::request("POST", origin_, service_path() + "/instances", body.dump());
    if (!answer || answer->status != 200) return false;
    ids_[ip] = json::parse(answer->body).at("instanceId");
    return true;
  }
  bool renew(const std::string& ip) override { return ask("PUT", ip, "/heartbeat"); }
  bool remove(const std::string& ip) override { return ask("DELETE", ip, ""); }
  std::multiset<std::string> shown() const override {
    const auto answer =
        test::request("GET", origin_, kRoot + "/instances?appId=default&serviceName=" + name_ + "&version=0%2B");
    return answer ? all_between(answer->body, "\"rest://", ":8080") : std::multiset<std::string>{};
  }
  std::string address() const override { return origin_; }

 private:
  bool add_service() {
    const json body = {{"service", {{"appId", "default"}, {"serviceName", name_}, {"version", "1.0.0"}}}};
    const auto answer = test::request("POST", origin_, kRoot + "/microservices", body.dump());
    if (answer && answer->status == 200) service_ = json::parse(answer->body).at("serviceId");
    return !service_.empty();
  }
  std::string service_path() const { return kRoot + "/microservices/" + service_; }
  bool ask(const char* method, const std::string& ip, const char* what) const {
    const auto id = ids_.find(ip);
    if (id == ids_.end()) return false;
    const auto answer = test::request(method, origin_, service_path() + "/instances/" + id->second + what);
    return answer && answer->status == 200;
  }

  const std::string kRoot = "/v4/default/registry";
  std::string origin_;
  std::string name_;
  std::string service_;
  std::map<std::string, std::string> ids_;
};

class EurekaShop : public Shop {
 public:
  EurekaShop(std::string origin, std::string service) : origin_(std::move(origin)), name_(std::move(service)) {
    app_ = name_;
    std::transform(app_.begin(), app_.end(), app_.begin(), [](unsigned char c) { return std::toupper(c); });
  }

  bool add(const std::string& ip) override {
    const json body = {{"instance",
                        {{"instanceId", ip},
                         {"hostName", ip},
                         {"app", app_},
                         {"ipAddr", ip},
                         {"status", "UP"},
                         {"port", {{"$", 8080}, {"@enabled", "true"}}},
                         {"vipAddress", name_},
                         {"dataCenterInfo",
                          {{"@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo"}, {"name", "MyOwn"}}}}}};
    return is(204, test::request("POST", origin_, "/eureka/apps/" + app_, body.dump()));
  }
  bool renew(const std::string& ip) override { return is(200, test::request("PUT", origin_, path(ip))); }
  bool remove(const std::string& ip) override { return is(200, test::request("DELETE", origin_, path(ip))); }
  std::multiset<std::string> shown() const override {
    // As clients do: the list of everything.
    const auto answer = test::request("GET", origin_, "/eureka/apps");
    std::multiset<std::string> found;
    if (!answer) return found;
    for (const std::string& own : all_between(answer->body, "<name>" + app_ + "</name>", "</application>"))
      found.merge(all_between(own, "<ipAddr>", "</ipAddr>"));
    return found;
  }
  std::string address() const override { return "eureka+" + origin_ + "/eureka"; }

 private:
  static bool is(int status, const std::optional<syncer::HttpResponse>& answer) {
    return answer && answer->status == status;
  }
  std::string path(const std::string& ip) const { return "/eureka/apps/" + app_ + "/" + ip; }

  std::string origin_;
  std::string name_;
  std::string app_;
};

class NacosShop : public Shop {
 public:
  NacosShop(std::string origin, std::string service) : origin_(std::move(origin)), name_(std::move(service)) {}

  bool add(const std::string& ip) override { return ask("POST", "", ip) == "ok"; }
  bool renew(const std::string& ip) override { return ask("PUT", "/beat", ip).find("10200") != std::string::npos; }
  bool remove(const std::string& ip) override { return ask("DELETE", "", ip) == "ok"; }
  std::multiset<std::string> shown() const override {
    const auto answer = test::request("GET", origin_, "/nacos/v1/ns/instance/list?serviceName=" + name_);
    return answer ? all_between(answer->body, "\"ip\":\"", "\"") : std::multiset<std::string>{};
  }
  std::string address() const override { return "nacos+" + origin_ + "/nacos"; }

 private:
  std::string ask(const char* method, const std::string& what, const std::string& ip) const {
    const std::string target = "/nacos/v1/ns/instance" + what + "?serviceName=" + name_ + "&ip=" + ip + "&port=8080";
    const auto answer = test::request(method, origin_, target);
    return answer ? answer->body : "";
  }

  std::string origin_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Shop> make_shop(const std::string& kind, const std::string& origin, const std::string& service) {
  if (kind == "servicecenter") return std::make_unique<ServiceCenterShop>(origin, service);
  if (kind == "eureka") return std::make_unique<EurekaShop>(origin, service);
  if (kind == "nacos") return std::make_unique<NacosShop>(origin, service);
  throw std::invalid_argument("there is no kind of registry \"" + kind + "\"");
}

std::vector<std::string> prompt_mock(const std::string& kind) {
  if (kind == "servicecenter") return {"--gentle", "--delete-visibility", "0s"};
  if (kind == "eureka") return {"--kind", "eureka", "--set", "eureka.server.use-read-only-response-cache=false"};
  return {"--kind", kind};
}

}  // namespace e2e
