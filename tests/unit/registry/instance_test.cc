// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

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

/// The encoding of `one` with another value at the only byte by which the encoding of `other` differs.
Bytes with_byte(const InstanceRecord& one, const InstanceRecord& other, char value) {
  Bytes bytes = encode_record(one);
  const Bytes others = encode_record(other);
  const auto differs = std::mismatch(bytes.begin(), bytes.end(), others.begin(), others.end());
  EXPECT_EQ(Bytes(differs.first + 1, bytes.end()), Bytes(differs.second + 1, others.end()));
  *differs.first = value;
  return bytes;
}

TEST(InstanceRecord, KnowsEveryValueOfItsFlagsAndNoOther) {
  InstanceRecord open = record();
  open.instance.endpoints[0].secure = false;
  EXPECT_EQ(decode_record(with_byte(record(), open, 0)), open);
  EXPECT_EQ(decode_record(with_byte(record(), open, 1)), record());
  EXPECT_EQ(decode_record(with_byte(record(), open, 2)).error().code, ErrorCode::Invalid);
  InstanceRecord up = record();
  up.instance.status = Status::Up;
  for (const char status : {1, 2, 3, 4, 5}) EXPECT_TRUE(decode_record(with_byte(record(), up, status)));
  for (const char status : {0, 6}) {
    EXPECT_EQ(decode_record(with_byte(record(), up, status)).error().code, ErrorCode::Invalid);
  }
}

TEST(InstanceRecord, NamesEachTextOnceAndInOrder) {
  InstanceRecord earlier = record();
  earlier.instance.metadata = {{"0", "1"}, {"b", ""}};
  EXPECT_EQ(decode_record(with_byte(record(), earlier, '0')), earlier);
  for (const char doubled_or_later : {'b', 'c'}) {
    EXPECT_EQ(decode_record(with_byte(record(), earlier, doubled_or_later)).error().code, ErrorCode::Invalid);
  }
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
  EXPECT_EQ(parse_service_endpoint("grpc://[::1]"), (ServiceEndpoint{"grpc", "::1", 0, false, ""}));
  EXPECT_EQ(parse_service_endpoint("8080"), (ServiceEndpoint{"", "8080", 0, false, ""})) << "a host, not a port";
}

}  // namespace
}  // namespace syncer::registry
