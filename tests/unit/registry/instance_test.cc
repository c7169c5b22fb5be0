// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/registry/record.h"

namespace syncer::registry {
namespace {

InstanceRecord record() {
  InstanceRecord r;
  r.instance.host_name = "host";
  r.instance.endpoints = {{"rest", "10.0.0.1", 8080, true, "/api"}, {"grpc", "::1", 9, false, ""}};
  r.instance.status = Status::OutOfService;
  r.instance.metadata = {{"a", "1"}, {"b", ""}};
  r.native = {"sc", R"({"x":1})"};
  return r;
}

TEST(InstanceRecord, RoundTrips) {
  EXPECT_EQ(decode_record(encode_record(record())), record());
  EXPECT_EQ(decode_record(encode_record({{}, {"sc", ""}})), (InstanceRecord{{}, {"sc", ""}}));
}

TEST(InstanceRecord, OfALaterVersionIsUnsupportedAndNamesIt) {
  Bytes bytes = encode_record(record());
  bytes[0] = 2;
  const auto read = decode_record(bytes);
  EXPECT_EQ(read.error().code, ErrorCode::Unsupported);
  EXPECT_NE(read.error().detail.find("version 2"), std::string::npos);
}

TEST(InstanceRecord, ThatIsCutIsInvalidUnlessOnlyItsNativePartIs) {
  const Bytes bytes = encode_record(record());
  for (std::size_t size = 0; size < bytes.size() - record().native.content.size(); ++size) {
    EXPECT_EQ(decode_record(bytes.substr(0, size)).error().code, ErrorCode::Invalid) << size;
  }
}

TEST(InstanceRecord, HasOneEncodingOnly) {
  Bytes bytes = encode_record({{}, {"sc", ""}});
  bytes[1] = static_cast<char>(0x82);  // the length of the kind, with a needless byte
  bytes.insert(2, 1, '\0');
  EXPECT_EQ(decode_record(bytes).error().code, ErrorCode::Invalid);
}

TEST(InstanceRecord, OverTheLimitIsTooLarge) {
  InstanceRecord large = record();
  large.native.content.assign(kMaxRecord, 'x');
  EXPECT_EQ(decode_record(encode_record(large)).error().code, ErrorCode::TooLarge);
}

TEST(Attachment, RoundTripsWithItsKind) {
  EXPECT_EQ(decode_attachment(encode_attachment("sc", "{}")), (NativePart{"sc", "{}"}));
  EXPECT_EQ(decode_attachment("").error().code, ErrorCode::Invalid);
  EXPECT_EQ(decode_attachment("{}").error().code, ErrorCode::Unsupported);
}

TEST(ServiceEndpoint, IsReadFromItsTextAndBack) {
  const std::string texts[] = {"rest://10.0.0.1:8080",
                               "http://host",
                               "grpc://[::1]:9/x?y=1",
                               "10.0.0.1:80",
                               "https://host:443/a/b#c",
                               "highway://h:7070",
                               ""};
  for (const std::string& text : texts) EXPECT_EQ(to_string(parse_service_endpoint(text)), text);
  EXPECT_EQ(parse_service_endpoint("rest://h:80/p"), (ServiceEndpoint{"rest", "h", 80, false, "/p"}));
  EXPECT_EQ(parse_service_endpoint("rest://h:99999").port, 0);
}

}  // namespace
}  // namespace syncer::registry
