// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/answer_reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "syncer/httpio/origin.h"

namespace syncer::httpio {
namespace {

AnswerLimits small() { return {.line = 200, .head = 1000, .body = 1000, .framing = 500}; }

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// What comes of these bytes, fed in pieces of that size, and the end of the connection after them.
Result<HttpResponse> read(const std::string& text, std::size_t piece, bool has_body = true) {
  AnswerReader reader(small(), has_body);
  for (std::size_t at = 0; at < text.size() && !reader.complete();) {
    const auto taken = reader.feed(ByteView(text).substr(at, piece));
    if (!taken) return tl::unexpected(taken.error());
    at += *taken;
  }
  if (!reader.complete()) {
    if (const auto ended = reader.end(); !ended) return tl::unexpected(ended.error());
  }
  return reader.take();
}

ErrorCode error_of(const std::string& text) {
  const auto answer = read(text, 7);
  EXPECT_FALSE(answer) << text;
  return answer ? ErrorCode::Invalid : answer.error().code;
}

TEST(AnswerReader, ReadsEveryFramingInPiecesOfEverySize) {
  const std::string packed = gzip(std::string(900, 'x'));
  const std::pair<std::string, std::string> cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc"},
      {"HTTP/1.1 200\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", "abc"},
      {"HTTP/1.0 200 OK\n\nto the end", "to the end"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", "x"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;ext=1\r\nabc\r\nA \r\n0123456789\r\n0\r\nT: 1\r\n\r\n",
       "abc0123456789"},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + std::to_string(packed.size()) + "\r\n\r\n" +
           packed,
       std::string(900, 'x')},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", ""},
      {"HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n", ""}};
  for (const auto& [text, body] : cases) {
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
      const auto answer = read(text, piece);
      ASSERT_TRUE(answer) << text << ": " << to_string(answer.error());
      EXPECT_EQ(answer->body, body) << text;
    }
  }
  EXPECT_TRUE(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", 5, false)) << "the answer to HEAD";
}

TEST(AnswerReader, LeavesWhatFollowsTheAnswer) {
  const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
  AnswerReader reader(small(), true);
  EXPECT_EQ(reader.feed(text + "HTTP").value(), text.size());
  EXPECT_TRUE(reader.complete());
}

TEST(AnswerReader, KnowsWhetherTheConnectionStays) {
  const auto keeps = [](const std::string& head) {
    AnswerReader reader(small(), true);
    EXPECT_TRUE(reader.feed(head + "Content-Length: 0\r\n\r\n"));
    EXPECT_TRUE(reader.complete());
    return reader.keeps_alive();
  };
  EXPECT_TRUE(keeps("HTTP/1.1 200 OK\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.1 200 OK\r\nConnection: x, Close\r\n"));
  EXPECT_FALSE(keeps("HTTP/1.0 200 OK\r\n"));
  EXPECT_TRUE(keeps("HTTP/1.0 200 OK\r\nconnection: keep-alive\r\n"));
}

TEST(AnswerReader, RefusesWhatIsNoHttp) {
  for (const char* text : {"220 mail.example ESMTP\r\n", "HTTP/2 200\r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 099 OK\r\n",
                           "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n",
                           "HTTP/1.1 200 OK\r\nbad name : x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
                           "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"}) {
    EXPECT_EQ(error_of(text), ErrorCode::Corrupt) << text;
  }
  EXPECT_EQ(error_of("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"), ErrorCode::Unsupported);
}

TEST(AnswerReader, AnAnswerThatIsCutIsNone) {
  const std::string packed = gzip("some text");
  for (const std::string& text :
       {std::string("HTTP/1.1 200 OK\r\nContent-Le"), std::string("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc"),
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")}) {
    EXPECT_EQ(error_of(text), ErrorCode::Unreachable) << text;
  }
  EXPECT_EQ(error_of("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed.substr(0, packed.size() - 9)),
            ErrorCode::Corrupt);
}

TEST(AnswerReader, RefusesForTheLimitThatIsReachedFirstInWhateverPieces) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  while (head.size() + small().line < small().head) head += "A: " + std::string(100, 'a') + "\r\n";
  for (const std::size_t piece : {1U, 7U, 2000U}) {
    const auto answer = read(head + std::string(500, 'b'), piece);
    ASSERT_FALSE(answer) << piece;
    EXPECT_NE(answer.error().detail.find("head is larger than the limit"), std::string::npos) << answer.error().detail;
  }
}

TEST(AnswerReader, HoldsNoMoreThanItsLimits) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  std::string many;
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  std::string crumbs = ok + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 200; ++i) crumbs += "1\r\nx\r\n";
  for (const std::string& text :
       {std::string(300, 'H'), ok + std::string(300, 'a'), ok + many, ok + many + "\r\n",
        ok + "Transfer-Encoding: chunked\r\n\r\n" + std::string(300, '0'),
        ok + "Transfer-Encoding: chunked\r\n\r\n0\r\n" + many, crumbs,
        ok + "Content-Length: 1001\r\n\r\n" + std::string(1001, 'x'), ok + "\r\n" + std::string(1001, 'x'),
        ok + "Content-Encoding: gzip\r\n\r\n" + gzip(std::string(1'000'000, 'x'))}) {
    EXPECT_EQ(error_of(text), ErrorCode::TooLarge) << text.substr(0, 60);
  }
  std::string endless;
  for (int i = 0; i < 100; ++i) endless += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(error_of(endless), ErrorCode::TooLarge);
}

TEST(Origin, IsSchemeHostAndPort) {
  const auto v6 = parse_origin("http://[fd00::10]:30100");
  ASSERT_TRUE(v6) << to_string(v6.error());
  EXPECT_EQ(v6->host, "fd00::10");
  EXPECT_EQ(v6->port, "30100");
  EXPECT_EQ(v6->authority, "[fd00::10]:30100");
  const auto name = parse_origin("https://sc.example/");
  ASSERT_TRUE(name);
  EXPECT_TRUE(name->secure);
  EXPECT_EQ(name->host + " " + name->port + " " + name->authority, "sc.example 443 sc.example");
  for (const char* text :
       {"", "sc:1", "ftp://a", "http://", "http://:1", "http://a:", "http://a:0", "http://a:65536", "http://a:1x",
        "http://[::1", "http://[::1]x", "http://a/b", "http://a b", "http://a\r\nb"}) {
    EXPECT_FALSE(parse_origin(text)) << text;
  }
}

}  // namespace
}  // namespace syncer::httpio
