// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/hash.h"
#include "syncer/base/http_message.h"
#include "syncer/base/random.h"

namespace syncer {
namespace {

TEST(Bytes, VarintsRoundTripAndRefuseOverlongForms) {
  for (const std::uint64_t v : {0ULL, 127ULL, 128ULL, 300ULL, ~0ULL}) {
    Bytes out;
    ByteWriter(out).varint(v);
    ByteReader in(out);
    EXPECT_EQ(in.varint(), v);
    EXPECT_TRUE(in.finished());
  }
  ByteReader overlong("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  overlong.varint();
  EXPECT_FALSE(overlong.ok());
}

TEST(Bytes, ReaderNeverReadsPastTheEnd) {
  ByteReader in(
      ByteView("\x05"
               "abc",
               4));
  EXPECT_EQ(in.string(), "");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u64(), 0U);
  ByteReader counts(ByteView("\xff\x7f", 2));
  EXPECT_EQ(counts.count(1), 0U);
  EXPECT_FALSE(counts.ok());
}

TEST(Hash, AgreesWithPublishedVectors) {
  EXPECT_EQ(sha1_hex("0.0,"), "97784746be9a2d00f08bc72fe1ce5ff8c7d07ffe");
  EXPECT_EQ(sha1_hex("/cse-sr/ms/indexes/default/default//default/hello/1.0.0"),
            "28b0ee2cdd11afcc537f7c3517c141bf6e5fb452");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(crc32_ieee("123456789"), 0xcbf43926U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
}

/// One bit at a time, as the polynomial is defined.
std::uint32_t crc32c_by_bits(ByteView bytes) {
  std::uint32_t c = ~0U;
  for (const char byte : bytes) {
    c ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) c = (c & 1U) != 0 ? 0x82f63b78U ^ (c >> 1U) : c >> 1U;
  }
  return ~c;
}

TEST(Hash, ChecksumsAreThoseOfTheirPolynomialForEveryLength) {
  Bytes bytes;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(crc32c(bytes), crc32c_by_bits(bytes)) << bytes.size() << " bytes";
    bytes.push_back(static_cast<char>(37 * i + 200));
  }
}

TEST(Hash, SetSumsCarryAndUndo) {
  Hash128 sum{0, ~0ULL};
  sum += Hash128{0, 1};
  EXPECT_EQ(sum, (Hash128{1, 0}));
  sum -= Hash128{0, 1};
  EXPECT_EQ(sum, (Hash128{0, ~0ULL}));
}

TEST(Random, StreamsDoNotDependOnDraws) {
  Random a(7);
  const std::uint64_t before = a.stream(3).next();
  a.next();
  EXPECT_EQ(a.stream(3).next(), before);
  EXPECT_NE(a.stream(4).next(), before);
  EXPECT_NE(a.stream("x").next(), a.stream("y").next());
}

TEST(Random, BelowCoversItsRangeEvenly) {
  Random random(1);
  std::array<int, 5> seen{};
  for (int i = 0; i < 50'000; ++i) ++seen[random.below(5)];
  for (const int n : seen) EXPECT_NEAR(n, 10'000, 400);
}

TEST(Endpoint, ReadsAndWritesBothFamilies) {
  const auto v4 = parse_endpoint("10.0.0.1:30190");
  ASSERT_TRUE(v4);
  EXPECT_EQ(*v4, Endpoint::v4(10, 0, 0, 1, 30190));
  EXPECT_EQ(to_string(*v4), "10.0.0.1:30190");
  EXPECT_EQ(v4->octets().size(), 4U);
  const auto v6 = parse_endpoint("[::1]:80");
  ASSERT_TRUE(v6);
  EXPECT_TRUE(v6->is_loopback());
  EXPECT_EQ(to_string(*v6), "[::1]:80");
  for (const char* text : {"", "10.0.0.1", ":80", "10.0.0.1:", "10.0.0.1:65536", "host:80", "::1:80", "10.0.0.256:1"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(HttpMessage, HeadersCompareWithoutCaseAndPercentCodingRoundTrips) {
  HttpHeaders headers{{"X-Resource-Revision", "1"}};
  headers.set("x-resource-revision", "2");
  EXPECT_EQ(headers.size(), 1U);
  EXPECT_EQ(*headers.find("X-RESOURCE-REVISION"), "2");
  EXPECT_EQ(percent_encode("a b/ü"), "a%20b%2F%C3%BC");
  EXPECT_EQ(percent_decode("a%20b%2F%C3%BC+%zz%2", true), "a b/ü %zz%2");
}

}  // namespace
}  // namespace syncer
