// SPDX-License-Identifier: Apache-2.0
#include "syncer/policy/rewriting.h"

#include <gtest/gtest.h>

namespace syncer::policy {
namespace {

using registry::Instance;
using registry::RecordKey;
using registry::RecordKind;
using registry::ServiceKey;

const RecordKey kCart{RecordKind::Instance, {"", "production", "shop", "cart", "1.0.0"}, "i-1"};

std::string refusal(const std::string& rewrite) {
  const auto policy = parse_policy("{\"rewrite\": [" + rewrite + "]}");
  return policy ? "" : to_string(policy.error());
}

Policy read(const std::string& rewrites) {
  auto policy = parse_policy("{\"rewrite\": [" + rewrites + "]}");
  EXPECT_TRUE(policy) << to_string(policy.error());
  return policy.value_or(Policy());
}

Instance at(const std::vector<std::string>& endpoints) {
  Instance instance;
  for (const std::string& text : endpoints) instance.endpoints.push_back(registry::parse_service_endpoint(text));
  return instance;
}

std::vector<std::string> changed(const std::string& rewrites, Instance instance) {
  const Policy policy = read(rewrites);
  Rewriting(policy, Direction::Import, "west").change(kCart, instance);
  std::vector<std::string> texts;
  for (const auto& endpoint : instance.endpoints) texts.push_back(to_string(endpoint));
  return texts;
}

using Texts = std::vector<std::string>;

TEST(AddressBlock, KeepsThePlaceInABlockOfTheSameSize) {
  const auto from = *parse_address_block("10.16.0.0/12");
  const auto to = *parse_address_block("172.16.0.0/12");
  EXPECT_EQ(translate(*address_of("10.31.2.3"), from, to).host(), "172.31.2.3");
  EXPECT_TRUE(from.contains(*address_of("10.31.255.255")));
  EXPECT_FALSE(from.contains(*address_of("10.32.0.0")));
  const auto v6 = *parse_address_block("2001:db8::/32");
  EXPECT_EQ(translate(*address_of("2001:db8::7"), v6, *parse_address_block("fd00:1::/32")).host(), "fd00:1::7");
}

TEST(AddressBlock, RefusesWhatIsNone) {
  for (const char* text : {"10.0.0.0/33", "10.0.0.1/24", "10.0.0/8", "host/8", "::/129", "10.0.0.0/", "/8"}) {
    EXPECT_FALSE(parse_address_block(text)) << text;
  }
  EXPECT_TRUE(parse_address_block("0.0.0.0/0"));
  EXPECT_TRUE(parse_address_block("10.0.0.1"));
}

TEST(Rewriting, TakesAddressesAndNamesToOthers) {
  const std::string rule = R"({"from": "west", "hosts": {"10.1.0.0/16": "172.20.0.0/16", "fd00::/64": "fd01::/64",
                               "db.internal": "db.example.com", "10.9.9.9": "10.8.8.8"}})";
  EXPECT_EQ(changed(rule, at({"rest://10.1.2.3:80", "rest://[fd00::1]:80", "grpc://db.internal:1/x",
                              "rest://10.2.0.1:80", "rest://10.9.9.9:1", "rest://other:80"})),
            (Texts{"rest://172.20.2.3:80", "rest://[fd01::1]:80", "grpc://db.example.com:1/x", "rest://10.2.0.1:80",
                   "rest://10.8.8.8:1", "rest://other:80"}));
}

TEST(Rewriting, TakesPortsToOthers) {
  const std::string rule = R"({"from": "*", "ports": {"8080": 18080, "30000-30100": 40000}})";
  EXPECT_EQ(changed(rule, at({"rest://a:8080", "rest://a:30100", "rest://a:30101"})),
            (Texts{"rest://a:18080", "rest://a:40100", "rest://a:30101"}));
}

TEST(Rewriting, AGatewayStandsForAllAndTheOriginalIsMarked) {
  const Policy policy = read(R"({"from": "*", "gateway": "gw.example.com:443"})");
  Instance instance = at({"rest://10.0.0.1:80", "rest://10.0.0.1:81", "grpc://10.0.0.1:82"});
  EXPECT_TRUE(Rewriting(policy, Direction::Import, "west").change(kCart, instance));
  ASSERT_EQ(instance.endpoints.size(), 2U);
  EXPECT_EQ(to_string(instance.endpoints[0]), "rest://gw.example.com:443");
  EXPECT_EQ(to_string(instance.endpoints[1]), "grpc://gw.example.com:443");
  EXPECT_EQ(instance.metadata.at("syncer.endpoints"), "rest://10.0.0.1:80,rest://10.0.0.1:81,grpc://10.0.0.1:82");
  EXPECT_EQ(changed(R"({"from": "*", "gateway": "gw"})", at({"rest://a:80"})), Texts{"rest://gw:80"});
}

TEST(Rewriting, AddsMetadataAndLeavesItOut) {
  const Policy policy =
      read(R"({"from": "*", "metadata": {"add": {"zone": "west"}, "leave-out": ["secret*", "zone"]}})");
  Instance instance;
  instance.metadata = {{"secret-1", "x"}, {"team", "a"}, {"zone", "z"}};
  EXPECT_TRUE(Rewriting(policy, Direction::Import, "west").change(kCart, instance));
  EXPECT_EQ(instance.metadata, (std::map<std::string, std::string>{{"team", "a"}, {"zone", "west"}}));
}

TEST(Rewriting, TheFirstThatSpeaksOfAnInstanceChangesIt) {
  const std::string rules = R"({"from": "*", "match": {"app": "other"}, "ports": {"80": 1}},
                               {"from": "*", "match": {"app": "shop"}, "ports": {"80": 2}},
                               {"from": "*", "ports": {"80": 3}})";
  EXPECT_EQ(changed(rules, at({"rest://a:80"})), Texts{"rest://a:2"});
}

TEST(Rewriting, IsAboutOneDirectionAndTheRegionsThatItNames) {
  const Policy policy = read(R"({"to": "eu-*", "ports": {"80": 1}})");
  EXPECT_TRUE(Rewriting(policy, Direction::Import, "eu-1").is_empty());
  EXPECT_TRUE(Rewriting(policy, Direction::Export, "west").is_empty());
  EXPECT_FALSE(Rewriting(policy, Direction::Export, "eu-1").is_empty());
}

TEST(Rewriting, NamesHaveOneWayBack) {
  const Policy policy = read(
      R"({"from": "*", "rename": {"environment": {"production": "prod"}, "app": {"shop": "store", "*": "west-*"}}})");
  const Rewriting rewriting(policy, Direction::Import, "west");
  std::map<std::pair<std::string, std::string>, ServiceKey> shown;
  for (const char* environment : {"production", "prod", "", "testing"}) {
    for (const char* app : {"shop", "store", "west-shop", "x"}) {
      ServiceKey service{"", environment, app, "cart", "1.0.0"};
      const bool passes = rewriting.rename(service);
      EXPECT_EQ(passes, std::string(environment) != "prod") << environment << " " << app;
      if (passes) {
        EXPECT_TRUE(shown.emplace(std::pair(service.environment, service.app), service).second);
      }
    }
  }
  ServiceKey service = kCart.service;
  rewriting.rename(service);
  EXPECT_EQ(to_string(service), "prod/store/cart/1.0.0");
}

TEST(Rewriting, RefusesWhatHasNoWayBackOrNoMeaning) {
  EXPECT_EQ(refusal(R"({"from": "*", "rename": {"app": {"a": "x", "b": "x"}}})"),
            "policy.rewrite[0].rename.app: two are shown as \"x\": there is no way back");
  EXPECT_EQ(refusal(R"({"from": "*", "rename": {"app": {"a": "west-b", "*": "west-*"}}})"),
            "policy.rewrite[0].rename.app: \"west-b\" may be another one as well, by \"west-*\": there is no way back");
  EXPECT_EQ(refusal(R"({"from": "*", "rename": {"app": {"a*": "x"}}})"),
            "policy.rewrite[0].rename.app.a*: \"a*\": wants a name, or \"*\" for all others");
  EXPECT_EQ(refusal(R"({"from": "*", "rename": {"app": {"*": "x"}}})"),
            "policy.rewrite[0].rename.app.*: wants one \"*\", in the place of the name");
  EXPECT_EQ(refusal(R"({"from": "*", "hosts": {"10.0.0.0/8": "172.16.0.0/12"}})"),
            "policy.rewrite[0].hosts.10.0.0.0/8: 10.0.0.0/8 and 172.16.0.0/12 are of different sizes");
  EXPECT_EQ(refusal(R"({"from": "*", "ports": {"8080-8000": 1}})"),
            "policy.rewrite[0].ports.8080-8000: \"8080-8000\" is neither a port nor a range such as \"30000-30100\"");
  EXPECT_EQ(
      refusal(R"({"from": "*", "ports": {"1-65535": 2}})"),
      "policy.rewrite[0].ports.1-65535: wants the first port that they are shown as, so that all of them are ports");
  EXPECT_EQ(refusal(R"({"from": "*", "gateway": "http://x"})"), "policy.rewrite[0].gateway: wants HOST or HOST:PORT");
  EXPECT_EQ(refusal(R"({"from": "*"})"), "policy.rewrite[0]: changes nothing");
  EXPECT_EQ(refusal(R"({"ports": {"80": 1}})"),
            "policy.rewrite[0]: wants either \"to\" (what is given is shown otherwise) or \"from\" (what is taken)");
  EXPECT_EQ(refusal(R"({"from": "*", "match": {"app": "a"}, "rename": {"app": {"a": "b"}}})"),
            "policy.rewrite[0].match: names change for all services of a link: leave it out, or \"rename\"");
  EXPECT_EQ(refusal(R"({"from": "*", "metadata": {"add": {"syncer.region": "x"}}})"),
            "policy.rewrite[0].metadata.add.syncer.region: names that begin with \"syncer.\" are those of syncers");
  EXPECT_EQ(refusal(R"({"from": "a*", "rename": {"app": {"a": "b"}}}, {"from": "ab", "rename": {"app": {"a": "c"}}})"),
            "policy.rewrite[1]: \"rewriting 1\" changes names of the same regions: one rewriting has to say it all");
  EXPECT_EQ(refusal(R"({"from": "a", "rename": {"app": {"a": "b"}}}, {"from": "b", "rename": {"app": {"a": "c"}}})"),
            "");
}

}  // namespace
}  // namespace syncer::policy
