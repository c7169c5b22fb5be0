// SPDX-License-Identifier: Apache-2.0
// An instance over three kinds of registry and back into its own: what its kind alone knows comes back as it was.
#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/e2e/region.h"
#include "tests/e2e/shop.h"

namespace e2e {
namespace {

using nlohmann::json;

/// What the server makes, or a copy has of its own: everything else is the instance's.
const std::set<std::string> kOfTheServer = {"instanceId",
                                            "leaseInfo",
                                            "lastUpdatedTimestamp",
                                            "lastDirtyTimestamp",
                                            "actionType",
                                            "serviceId",
                                            "timestamp",
                                            "modTimestamp",
                                            "healthCheck",
                                            "overriddenstatus",
                                            "overriddenStatus",
                                            "registrationTimestamp",
                                            "lastRenewalTimestamp",
                                            "evictionTimestamp",
                                            "serviceUpTimestamp",
                                            "durationInSecs",
                                            "renewalIntervalInSecs",
                                            "instanceHeartBeatInterval",
                                            "instanceHeartBeatTimeOut",
                                            "ipDeleteTimeout",
                                            "lastBeat"};

bool is_own(const std::string& key) {
  return kOfTheServer.count(key) == 0 && !key.starts_with("syncer.") && !key.starts_with("preserved.");
}

void strip(json& value) {
  if (value.is_array()) {
    for (json& item : value) strip(item);
  }
  if (!value.is_object()) return;
  json kept = json::object();
  for (auto& [key, item] : value.items()) {
    if (!is_own(key)) continue;
    strip(item);
    kept[key] = std::move(item);
  }
  value = std::move(kept);
}

std::string body_of(const std::string& origin, const std::string& target) {
  const auto answer = test::request("GET", origin, target);
  return answer && answer->status == 200 ? answer->body : "";
}

/// All instances of "cart" as a registry tells them, each without what is not its own; one text an instance.
std::multiset<std::string> carts_in_eureka(const std::string& origin) {
  std::multiset<std::string> all;
  const std::string list = body_of(origin, "/eureka/apps/CART");
  const std::regex one("<instance>([\\s\\S]*?)</instance>");
  const std::regex leaf("<([\\w.-]+)([^>]*)>([^<]*)</\\1>");
  for (std::sregex_iterator it(list.begin(), list.end(), one), end; it != end; ++it) {
    const std::string inside = (*it)[1];
    std::multiset<std::string> leaves;
    for (std::sregex_iterator at(inside.begin(), inside.end(), leaf); at != end; ++at) {
      if (is_own((*at)[1])) leaves.insert((*at)[0]);
    }
    std::string text;
    for (const std::string& line : leaves) text += line + "\n";
    all.insert(text);
  }
  return all;
}

std::multiset<std::string> instances_of(const std::string& body, const char* list) {
  std::multiset<std::string> all;
  json document = json::parse(body, nullptr, false);
  if (!document.is_object() || !document.contains(list)) return all;
  for (json& instance : document[list]) {
    strip(instance);
    all.insert(instance.dump(1));
  }
  return all;
}

std::multiset<std::string> carts_in(const std::string& kind, const std::string& origin) {
  if (kind == "eureka") return carts_in_eureka(origin);
  if (kind == "nacos") return instances_of(body_of(origin, "/nacos/v1/ns/instance/list?serviceName=cart"), "hosts");
  return instances_of(body_of(origin, "/v4/default/registry/instances?appId=default&serviceName=cart&version=0%2B"),
                      "instances");
}

void register_cart(const std::string& kind, const std::string& origin) {
  std::optional<syncer::HttpResponse> answer;
  if (kind == "eureka") {
    answer = test::request("POST", origin, "/eureka/apps/CART", R"({"instance":{
      "instanceId":"host-1:cart:8080","hostName":"host-1.example.com","app":"CART","ipAddr":"10.9.0.1","status":"UP",
      "port":{"$":8080,"@enabled":"true"},"securePort":{"$":8443,"@enabled":"true"},"countryId":1,
      "dataCenterInfo":{"@class":"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo","name":"MyOwn"},
      "appGroupName":"SHOP","homePageUrl":"http://host-1/","statusPageUrl":"http://host-1/info",
      "healthCheckUrl":"http://host-1/health","secureHealthCheckUrl":"https://host-1/health",
      "vipAddress":"cart","secureVipAddress":"cart-secure","asgName":"cart-asg",
      "metadata":{"zone":"z\u00fcrich & <1>","management.port":"8081","version":"2.1.0"}}})");
    ASSERT_TRUE(answer && answer->status == 204);
  } else if (kind == "nacos") {
    answer = test::request("POST", origin,
                           "/nacos/v1/ns/instance?serviceName=cart&ip=10.9.0.2&port=8080&weight=3.5&clusterName=NORTH&"
                           "metadata=%7B%22version%22%3A%222.1.0%22%2C%22zone%22%3A%22z%C3%BCrich%22%7D");
    ASSERT_TRUE(answer && answer->body == "ok");
  } else {
    answer = test::request("POST", origin, "/v4/default/registry/microservices", R"({"service":{
      "appId":"default","serviceName":"cart",
      "version":"2.1.0","description":"a cart","properties":{"team":"north"}}})");
    ASSERT_TRUE(answer && answer->status == 200);
    const std::string id = json::parse(answer->body).at("serviceId");
    answer = test::request("POST", origin, "/v4/default/registry/microservices/" + id + "/instances", R"({"instance":{
      "hostName":"host-3","status":"UP","endpoints":["rest://10.9.0.3:8080?sslEnabled=true","highway://10.9.0.3:7070"],
      "properties":{"zone":"z\u00fcrich","a.b":"c"},
      "dataCenterInfo":{"name":"dc","region":"north","availableZone":"n1"}}})");
    ASSERT_TRUE(answer && answer->status == 200);
  }
}

/// Two regions of each kind, each of which joins the one before it: whatever one registers is in five others.
class Ring {
 public:
  Ring() {
    for (const std::string kind : {"eureka", "nacos", "servicecenter", "eureka", "nacos", "servicecenter"}) {
      const std::string name = kind + std::to_string(regions_.size() / 3 + 1);
      const std::string join = regions_.empty() ? "" : regions_.back()->syncer.gossip;
      regions_.push_back(std::make_unique<Place>(workplace_, kind, name, join));
    }
  }
  struct Place {
    Place(const Workplace& workplace, const std::string& kind_of, const std::string& name, const std::string& join)
        : kind(kind_of),
          registry({"127.0.0.1:0"}, prompt_mock(kind)),
          syncer(workplace, words(name, make_shop(kind, registry.origins.front())->address(), join)) {}
    std::multiset<std::string> carts() const { return carts_in(kind, registry.origins.front()); }
    std::string kind;
    Registry registry;
    Syncer syncer;
  };
  const Place& at(std::size_t i) const { return *regions_[i]; }
  static constexpr std::size_t kPlaces = 6;

 private:
  Workplace workplace_;
  std::vector<std::unique_ptr<Place>> regions_;
};

TEST(KindsRound, AnInstanceComesBackIntoItsKindAsItWasAndOnceAlone) {
  const Ring ring;
  std::map<std::string, std::string> origins;
  for (std::size_t i = 0; i < 3; ++i) {
    const Ring::Place& place = ring.at(i);
    register_cart(place.kind, place.registry.origins.front());
    ASSERT_TRUE(eventually(seconds(20), [&] { return !place.carts().empty(); })) << place.kind;
    origins[place.kind] = *place.carts().begin();
    for (std::size_t other = 0; other < Ring::kPlaces; ++other) {
      EXPECT_TRUE(eventually(seconds(40), [&] { return ring.at(other).carts().size() == i + 1; }))
          << place.kind << " in " << ring.at(other).syncer.node << ": " << ring.at(other).carts().size() << "\n"
          << ring.at(other).syncer.process.output();
    }
  }
  for (std::size_t i = 0; i < Ring::kPlaces; ++i) {
    const auto shown = ring.at(i).carts();
    const std::string& own = origins[ring.at(i).kind];
    EXPECT_EQ(shown.size(), 3U) << "no copy of a copy";
    EXPECT_EQ(shown.count(own), 1U) << ring.at(i).syncer.node << " lacks\n"
                                    << own << "\nand shows\n"
                                    << [&] {
                                         std::string all;
                                         for (const std::string& one : shown) all += one + "\n--\n";
                                         return all;
                                       }();
  }
}

}  // namespace
}  // namespace e2e
