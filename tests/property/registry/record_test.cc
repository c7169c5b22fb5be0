// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "syncer/registry/servicecenter/answers.h"
#include "syncer/registry/servicecenter/copy.h"
#include "tests/support/instance_payload.h"

namespace syncer::registry::servicecenter {
namespace {

RecordKey any_key() {
  RecordKey key;
  key.kind = *rc::gen::element(RecordKind::Service, RecordKind::Attachment, RecordKind::Instance);
  ServiceKey& s = key.service;
  for (std::string* field : {&s.space, &s.environment, &s.app, &s.name, &s.version}) {
    *field = *rc::gen::arbitrary<std::string>();
  }
  if (key.kind != RecordKind::Service) key.id = *rc::gen::nonEmpty<std::string>();
  return key;
}

/// A text of JSON's own characters: closer to a broken answer than random bytes are.
std::string any_json_like() {
  return *rc::gen::container<std::string>(rc::gen::element('{', '}', '[', ']', '"', ':', ',', '0', 'a', '\\', ' '));
}

RC_GTEST_PROP(RecordKey, RoundTrips, ()) {
  const RecordKey key = any_key();
  RC_ASSERT(decode_key(encode_key(key)) == key);
}

RC_GTEST_PROP(RecordKey, IsUnambiguousAndPrefixFree, ()) {
  const RecordKey a = any_key();
  const RecordKey b = any_key();
  RC_ASSERT((encode_key(a) == encode_key(b)) == (a == b));
  if (a != b) RC_ASSERT(!encode_key(b).starts_with(encode_key(a)));
}

RC_GTEST_PROP(RecordKey, OfAnyBytesIsReadOrRefusedButNeverTwice, (const std::string& bytes)) {
  const auto key = decode_key(bytes);
  if (key) RC_ASSERT(encode_key(*key) == bytes);
}

std::optional<Entry> reading_of(const nlohmann::json& instance) {
  const std::string text = instance.dump();
  return read_instance(**json::Document::parse(text));
}

/// An instance document with members that the neutral part has and such that it has not, some of odd values.
nlohmann::json any_instance() {
  nlohmann::json document = {{"instanceId", "i"}, {"serviceId", "s"}};
  if (*rc::gen::arbitrary<bool>()) document["hostName"] = "h";
  if (*rc::gen::arbitrary<bool>()) document["status"] = *rc::gen::element<std::string>("UP", "DOWN", "", "ODD");
  const auto endpoint =
      rc::gen::container<std::string>(rc::gen::element('r', ':', '/', '?', '1', '[', ']', '&', '=', 's'));
  if (*rc::gen::arbitrary<bool>()) {
    document["endpoints"] = *rc::gen::container<std::vector<std::string>>(endpoint);
    document["endpoints"].push_back("rest://10.0.0.1:80?sslEnabled=true");
  }
  const auto properties = *rc::gen::container<std::map<std::string, std::string>>(
      rc::gen::string<std::string>(), rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~')));
  for (const auto& [name, value] : properties) document["properties"]["k" + to_hex(name)] = value;
  if (*rc::gen::arbitrary<bool>()) {
    document["healthCheck"] = {{"mode", "push"}, {"interval", *rc::gen::inRange(0, 100)}, {"times", 3}};
  }
  if (*rc::gen::arbitrary<bool>()) document["futureMember"] = {1, nullptr};
  return document;
}

RC_GTEST_PROP(Payload, GivesEveryMemberBackByteForByte, ()) {
  nlohmann::json document = any_instance();
  const auto read = reading_of(document);
  RC_ASSERT(read.has_value());
  const auto record = decode_record(read->payload);
  RC_ASSERT(record.has_value());
  const auto again = document_of(*record);
  RC_ASSERT(again.has_value());
  document.erase("instanceId");
  document.erase("serviceId");
  const std::string text = document.dump();
  RC_ASSERT(again->members == members_of(**json::Document::parse(text)));
}

RC_GTEST_PROP(Payload, DoesNotDependOnWhatOneRegistryMade, ()) {
  nlohmann::json document = any_instance();
  const auto first = reading_of(document);
  document["instanceId"] = "other";
  document["timestamp"] = "9";
  RC_ASSERT(reading_of(document)->payload == first->payload);
}

RC_GTEST_PROP(Payload, OfAnyBytesIsReadInOneWayOrRefused, (const std::string& bytes)) {
  const auto record = decode_record(bytes);
  if (record) RC_ASSERT(encode_record(*record) == bytes);
}

RC_GTEST_PROP(CopyId, DependsOnTheWholeOrigin, (const std::string& region, const std::string& instance)) {
  const Bytes payload = instance_payload(R"({"hostName":"h"})");
  const auto id = [&](const std::string& r, const std::string& i) { return plan_copy(r, i, payload)->id; };
  RC_ASSERT(id(region, instance) != id(region + "0", instance));
  RC_ASSERT(id(region, instance) != id(region, instance + "0"));
}

RC_GTEST_PROP(Answers, OfAnyBodyAreValues, ()) {
  const RawAnswer raw = HttpResponse{*rc::gen::element(200, 400, 404, 500), {}, any_json_like()};
  read_services(raw, "d", "p");
  read_schemas(raw);
  read_one_instance(raw);
  InstanceMemo memo;
  const auto found = read_find(raw, 3, memo);
  if (found) RC_ASSERT(found->value.size() == 3U);
  const std::vector<EntryId> asked(2);
  const auto beats = read_heartbeats(raw, asked);
  if (beats) RC_ASSERT(beats->size() == 2U);
}

RC_GTEST_PROP(BatchFind, CutAnywhereIsNeverAShorterTruth, ()) {
  const std::string whole =
      R"({"services":{"updated":[{"index":0,"instances":[{"instanceId":"i","serviceId":"s"}],"rev":"r"}]}})";
  const auto size = *rc::gen::inRange<std::size_t>(0, whole.size());
  InstanceMemo memo;
  RC_ASSERT(!read_find(HttpResponse{200, {}, whole.substr(0, size)}, 1, memo).has_value());
}

/// A batch find whose instances differ from each other in few bytes.
std::string any_find() {
  std::string list;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) {
    const char* status = *rc::gen::element("UP", "DOWN", R"(\"])", "{");
    list += std::string(list.empty() ? "" : ",") + R"({"instanceId":"i)" + std::to_string(i) +
            R"(","serviceId":"s","properties":{"instances":"[7]"},"status":")" + status + "\"}";
  }
  return R"({"services":{"updated":[{"index":0,"instances":[)" + list + R"(],"rev":"r"}]}})";
}

RC_GTEST_PROP(BatchFind, IsReadAsIfNothingHadBeenReadBefore, ()) {
  InstanceMemo memo;
  std::vector<Found> held;
  for (int round = 0; round < 5; ++round) {
    const RawAnswer raw = HttpResponse{200, {}, any_find()};
    InstanceMemo fresh;
    const auto remembered = read_find(raw, 1, memo);
    const auto anew = read_find(raw, 1, fresh);
    RC_ASSERT(remembered && anew);
    RC_ASSERT(remembered->value[0].instances.size() == anew->value[0].instances.size());
    for (std::size_t i = 0; i < anew->value[0].instances.size(); ++i) {
      RC_ASSERT(remembered->value[0].instances[i]->payload == anew->value[0].instances[i]->payload);
      RC_ASSERT(remembered->value[0].instances[i]->id == anew->value[0].instances[i]->id);
    }
    held.push_back(remembered->value[0]);
  }
}

}  // namespace
}  // namespace syncer::registry::servicecenter
