// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/fault/spoilt_answer.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace mocksc {
namespace {

using nlohmann::json;
using syncer::HttpResponse;

constexpr const char* kUnavailable = R"({"errorCode":"500003","errorMessage":"Registry is unavailable","detail":""})";

/// `indexes` of a find are told by no other list any more, but as failed.
void refuse_finds(json& services, const std::set<std::int64_t>& indexes) {
  if (indexes.empty()) return;
  json updated = json::array();
  json same = json::array();
  for (const json& element : services.value("updated", json::array())) {
    if (!indexes.contains(element.at("index").get<std::int64_t>())) updated.push_back(element);
  }
  for (const json& index : services.value("notModified", json::array())) {
    if (!indexes.contains(index.get<std::int64_t>())) same.push_back(index);
  }
  services.erase("updated");
  services.erase("notModified");
  if (!updated.empty()) services["updated"] = std::move(updated);
  if (!same.empty()) services["notModified"] = std::move(same);
  services["failed"].push_back({{"indexes", indexes}, {"error", json::parse(kUnavailable)}});
}

void refuse_part_of_finds(const syncer::Ratio& part, syncer::Random& random, json& body) {
  if (!body.contains("services")) return;
  json& services = body["services"];
  std::set<std::int64_t> refused;
  for (const json& element : services.value("updated", json::array())) {
    if (random.hits(part)) refused.insert(element.at("index").get<std::int64_t>());
  }
  for (const json& index : services.value("notModified", json::array())) {
    if (random.hits(part)) refused.insert(index.get<std::int64_t>());
  }
  refuse_finds(services, refused);
}

void refuse_part_of_beats(const syncer::Ratio& part, syncer::Random& random, json& body) {
  if (!body.contains("instances")) return;
  for (json& element : body["instances"]) {
    if (random.hits(part)) element["errMessage"] = kUnavailable;
  }
}

}  // namespace

void refuse_part(Operation operation, const syncer::Ratio& part, syncer::Random& random, HttpResponse& answer) {
  if (operation != Operation::BatchFind && operation != Operation::HeartbeatSet) return;
  json body = json::parse(answer.body, nullptr, false);
  if (!body.is_object()) return;
  if (operation == Operation::BatchFind)
    refuse_part_of_finds(part, random, body);
  else
    refuse_part_of_beats(part, random, body);
  answer.body = body.dump();
}

}  // namespace mocksc
