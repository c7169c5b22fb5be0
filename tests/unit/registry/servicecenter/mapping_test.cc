// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/registry/servicecenter/documents.h"

namespace syncer::registry::servicecenter {
namespace {

Members members(const std::string& text) { return members_of(**json::Document::parse(text)); }

InstanceRecord record(const std::string& text) {
  const auto document = json::Document::parse(text);
  return record_of(document->root(), members_of(document->root()));
}

TEST(Mapping, AnOrdinaryInstanceIsNeutralAltogether) {
  const InstanceRecord r = record(
      R"({"hostName":"h","endpoints":["rest://10.0.0.1:8080?sslEnabled=true","highway://[::1]:7070"],"status":"DOWN",)"
      R"("properties":{"zone":"a"},"healthCheck":{"mode":"push","interval":30,"times":3}})");
  EXPECT_EQ(r.native, (NativePart{"sc", ""}));
  EXPECT_EQ(r.instance.endpoints[0], (ServiceEndpoint{"rest", "10.0.0.1", 8080, true, ""}));
  EXPECT_EQ(r.instance.endpoints[1], (ServiceEndpoint{"highway", "::1", 7070, false, ""}));
  EXPECT_EQ(r.instance.status, Status::Down);
  EXPECT_EQ(r.instance.lease, 120U);
}

TEST(Mapping, WhatIsPeculiarIsInTheNativePartAndNothingElse) {
  const InstanceRecord r = record(R"({"hostName":"h","endpoints":[],"status":"ODD","properties":{},"zone":{"a":1},)"
                                  R"("healthCheck":{"mode":"push","interval":7,"times":1}})");
  EXPECT_EQ(r.native.content,
            R"({"healthCheck":{"interval":7,"mode":"push","times":1},"status":"ODD","zone":{"a":1}})");
  EXPECT_EQ(r.instance.status, Status::Down);
}

TEST(Mapping, GivesTheSameMembersAgain) {
  const char* texts[] = {
      R"({})",
      R"({"hostName":"h"})",
      R"({"status":""})",
      R"({"endpoints":["a","rest://h:080","x://h:1?a&sslEnabled=true"]})",
      R"({"healthCheck":{"mode":"pull","url":"http://x"},"dataCenterInfo":{"name":"d"},"futureMember":[1,{"b":null}]})",
      R"({"endpoints":["rest://h:1?sslEnabled=true","sslEnabled=true","://","rest://[::1]"],"properties":{"é\n":"\u0001"}})"};
  for (const char* text : texts) {
    const auto document = document_of(record(text));
    ASSERT_TRUE(document) << text;
    EXPECT_EQ(document->members, members(text)) << text;
  }
}

TEST(Mapping, ABrokenNativePartIsInvalid) {
  for (const char* native : {"[]", "{", R"({"status":7})", R"({"endpoints":"x"})", R"({"properties":{"a":1}})"}) {
    EXPECT_EQ(document_of({{}, {"sc", native}}).error().code, ErrorCode::Invalid) << native;
  }
}

TEST(Mapping, AForeignInstanceGetsWhatAServiceCenterWants) {
  InstanceRecord foreign;
  foreign.native = {"elsewhere", "whatever"};
  foreign.instance.endpoints = {{"http", "10.0.0.1", 80, true, ""}};
  foreign.instance.lease = 90;
  const auto document = document_of(foreign);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->members.at("hostName"), R"("10.0.0.1")");
  EXPECT_EQ(document->members.at("endpoints"), R"(["rest://10.0.0.1:80?sslEnabled=true"])");
  EXPECT_EQ(document->members.at("healthCheck"), R"({"interval":22,"mode":"push","times":3})");
}

}  // namespace
}  // namespace syncer::registry::servicecenter
