// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/request_reader.h"

#include <gtest/gtest.h>

namespace syncer::httpio {
namespace {

constexpr RequestLimits kSmall = {.line = 60, .head = 150, .fields = 4, .body = 20};

/// What these bytes come to when they arrive in pieces of that size.
RequestReader read(ByteView bytes, std::size_t piece = 1000, const RequestLimits& limits = {}) {
  RequestReader reader(limits);
  while (!bytes.empty() && !reader.complete() && !reader.refusal())
    bytes.remove_prefix(reader.feed(bytes.substr(0, piece)));
  return reader;
}

int status_of(ByteView bytes, const RequestLimits& limits = {}) {
  const RequestReader reader = read(bytes, 1000, limits);
  return reader.refusal() ? reader.refusal()->status : reader.complete() ? 200 : 0;
}

TEST(RequestReader, TakesARequestInWhateverPieces) {
  for (std::size_t piece = 1; piece < 30; ++piece) {
    RequestReader reader =
        read("POST /v1/keys/use?id=12ab HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody", piece);
    ASSERT_TRUE(reader.complete()) << piece;
    const ServedRequest request = reader.take();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path(), "/v1/keys/use");
    EXPECT_EQ(request.parameter("id"), "12ab");
    EXPECT_EQ(request.body, "body");
    EXPECT_TRUE(request.keeps_alive);
  }
}

TEST(RequestReader, LeavesTheNextRequestAlone) {
  const ByteView two = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\n\r\n";
  RequestReader reader{RequestLimits{}};
  const std::size_t first = reader.feed(two);
  EXPECT_EQ(reader.take().target, "/");
  EXPECT_TRUE(reader.is_idle());
  EXPECT_EQ(reader.feed(two.substr(first)), two.size() - first);
  const ServedRequest second = reader.take();
  EXPECT_EQ(second.target, "/2");
  EXPECT_FALSE(second.keeps_alive) << "HTTP/1.0 closes unless it says otherwise";
}

TEST(RequestReader, APostWithoutALengthHasNoBody) {
  EXPECT_EQ(status_of("POST /v1/cluster/raise-generation HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

TEST(RequestReader, ReadsParametersDecoded) {
  const ServedRequest request = read("GET /a?x=1&region=we+st%26%2F&region=no HTTP/1.1\r\nHost: a\r\n\r\n").take();
  EXPECT_EQ(request.parameter("region"), "we st&/");
  EXPECT_EQ(request.parameter("y"), std::nullopt);
  EXPECT_EQ(read("GET /?flag HTTP/1.1\r\nHost: a\r\n\r\n").take().parameter("flag"), "");
}

TEST(RequestReader, RefusesWhatTwoReadersCouldTakeForTwoThings) {
  const auto with = [](const std::string& headers) { return status_of("GET / HTTP/1.1\r\n" + headers + "\r\n"); };
  EXPECT_EQ(with("Host: a\r\n"), 200);
  EXPECT_EQ(with(""), 400) << "no Host";
  EXPECT_EQ(with("Host: a\r\nHost: b\r\n"), 400);
  EXPECT_EQ(with("Host : a\r\n"), 400) << "a blank before the colon";
  EXPECT_EQ(with("Host: a\r\n folded\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nX: a\rb\r\n"), 400) << "a bare CR";
  EXPECT_EQ(with(std::string("Host: a\r\nX: a\0b\r\n", 18)), 400) << "NUL";
  EXPECT_EQ(with("Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nContent-Length: -1\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nContent-Length: 0x5\r\n"), 400);
  EXPECT_EQ(with("Host: a\r\nTransfer-Encoding: chunked\r\n"), 411);
  EXPECT_EQ(with("Host: a\r\nExpect: 100-continue\r\n"), 417);
}

TEST(RequestReader, RefusesWhatIsNoRequest) {
  for (const char* line :
       {"", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 x", "G\tT / HTTP/1.1", "GET a HTTP/1.1",
        "GET http://a/ HTTP/1.1", "GET /\x7f HTTP/1.1", "\x16\x03\x01 TLS", "AAAAAAAAAAAAAAAAA / HTTP/1.1"}) {
    EXPECT_EQ(status_of(std::string(line) + "\r\nHost: a\r\n\r\n"), 400) << line;
  }
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\n\r\n"), 505);
  EXPECT_EQ(status_of("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200) << "one line too many before it is common";
}

TEST(RequestReader, EveryPartIsBounded) {
  EXPECT_EQ(status_of("GET /" + std::string(100, 'a'), kSmall), 414);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: " + std::string(100, 'a'), kSmall), 431);
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 4; ++i) many += "A: b\r\n";
  EXPECT_EQ(status_of(many + "\r\n", kSmall), 431) << "too many headers";
  EXPECT_EQ(status_of(std::string(200, '\n'), kSmall), 431) << "empty lines before it count as well";
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 21\r\n\r\n", kSmall), 413)
      << "refused by its announcement";
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999999\r\n\r\n", kSmall), 413);
}

TEST(RequestReader, RefusesForTheLimitThatIsReachedFirstInWhateverPieces) {
  const std::string head = "GET / HTTP/1.1\r\nA: " + std::string(55, 'a') + "\r\nB: " + std::string(50, 'b') + "\r\n";
  ASSERT_GT(head.size() + kSmall.line, kSmall.head);
  for (const std::size_t piece : {1U, 7U, 1000U}) {
    const RequestReader reader = read(head + std::string(100, 'c'), piece, kSmall);
    ASSERT_TRUE(reader.refusal()) << piece;
    EXPECT_EQ(reader.refusal()->reason, "the request's head is larger than the limit") << piece;
  }
}

TEST(RequestReader, TakesNothingAfterARefusal) {
  RequestReader reader{RequestLimits{}};
  EXPECT_GT(reader.feed("nonsense\r\n"), 0U);
  ASSERT_TRUE(reader.refusal());
  EXPECT_EQ(reader.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0U);
  EXPECT_FALSE(reader.complete());
}

}  // namespace
}  // namespace syncer::httpio
