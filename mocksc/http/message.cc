// SPDX-License-Identifier: Apache-2.0
#include "mocksc/http/message.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <optional>

namespace mocksc {
namespace {

/// The configured 32 KiB and what Go's reader allows on top.
constexpr std::size_t kMaxHeader = 32768 + 4096;
constexpr std::size_t kMaxBody = 64U << 20U;
/// Go's server buffers that much before it gives up knowing the length.
constexpr std::size_t kMaxUnchunked = 2048;
constexpr std::size_t kMinCompressed = 1400;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Reads up to and including the line feed; nothing at the end of the connection. `budget` shrinks by what was read.
std::optional<std::string> read_line(Connection& connection, std::size_t& budget) {
  std::string line;
  char c = 0;
  while (budget > 0) {
    if (connection.read(&c, 1) != 1) return std::nullopt;
    --budget;
    if (c == '\n') {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    line.push_back(c);
  }
  return std::nullopt;
}

bool read_exactly(Connection& connection, std::size_t size, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + size);
  for (std::size_t got = 0; got < size;) {
    const ssize_t n = connection.read(out.data() + before + got, size - got);
    if (n <= 0) return false;
    got += static_cast<std::size_t>(n);
  }
  return true;
}

std::optional<std::size_t> parse_size(std::string_view text, int base) {
  std::size_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool is_whole = end.ec == std::errc() && end.ptr == text.data() + text.size() && !text.empty();
  return is_whole && value <= kMaxBody ? std::optional(value) : std::nullopt;
}

bool has_broken_escape(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  for (std::size_t i = path.find('%'); i != std::string_view::npos; i = path.find('%', i + 1)) {
    const std::string_view digits = path.substr(i + 1, 2);
    if (digits.size() < 2 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) return true;
  }
  return false;
}

/// "GET /path HTTP/1.1"; the target may hold anything but blanks.
bool parse_request_line(std::string_view line, WireRequest& out) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last <= first + 1) return false;
  const std::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
  out.request.method = line.substr(0, first);
  out.request.target = line.substr(first + 1, last - first - 1);
  out.keeps_alive = version == "HTTP/1.1";
  return out.request.target.find(' ') == std::string::npos && !has_broken_escape(out.request.target);
}

ReadEnd read_headers(Connection& connection, std::size_t& budget, syncer::HttpHeaders& out) {
  for (;;) {
    const auto line = read_line(connection, budget);
    if (!line) return budget == 0 ? ReadEnd::TooLarge : ReadEnd::Closed;
    if (line->empty()) return ReadEnd::Request;
    const auto colon = line->find(':');
    if (colon == std::string::npos || colon == 0) return ReadEnd::BadRequest;
    out.add(line->substr(0, colon), std::string(trim(std::string_view(*line).substr(colon + 1))));
  }
}

ReadEnd read_chunks(Connection& connection, std::string& out) {
  std::size_t budget = kMaxHeader;
  for (;;) {
    const auto line = read_line(connection, budget);
    if (!line) return ReadEnd::Closed;
    const auto size = parse_size(trim(std::string_view(*line).substr(0, line->find(';'))), 16);
    if (!size || out.size() + *size > kMaxBody) return ReadEnd::BadRequest;
    if (*size == 0) break;
    if (!read_exactly(connection, *size, out)) return ReadEnd::Closed;
    budget = kMaxHeader;
    if (const auto end = read_line(connection, budget); !end || !end->empty()) return ReadEnd::BadRequest;
  }
  syncer::HttpHeaders trailers;
  return read_headers(connection, budget, trailers);
}

ReadEnd read_body(Connection& connection, WireRequest& out) {
  const syncer::HttpHeaders& headers = out.request.headers;
  const bool is_chunked = header_lists(headers, "Transfer-Encoding", "chunked");
  const std::string* length = headers.find("Content-Length");
  if (!is_chunked && length == nullptr) return ReadEnd::Request;
  const auto size = is_chunked ? std::optional<std::size_t>(0) : parse_size(*length, 10);
  if (!size) return ReadEnd::BadRequest;
  if (header_lists(headers, "Expect", "100-continue")) connection.write("HTTP/1.1 100 Continue\r\n\r\n");
  if (is_chunked) return read_chunks(connection, out.request.body);
  return read_exactly(connection, *size, out.request.body) ? ReadEnd::Request : ReadEnd::Closed;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

std::string date_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), size};
}

/// The body as gzip; nothing when zlib cannot.
std::optional<std::string> gzip(const std::string& body) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  std::string out(deflateBound(&stream, body.size()), '\0');
  std::string in = body;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int end = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return end == Z_STREAM_END ? std::optional(std::move(out)) : std::nullopt;
}

std::string chunk(std::string_view bytes) {
  std::array<char, 16> size{};
  const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return std::string(size.data(), static_cast<std::size_t>(digits)) + std::string(bytes) + "\r\n";
}

bool has_no_body(int status) { return status == 204 || status == 304 || status / 100 == 1; }

/// Status line and headers, without those that tell the length.
std::string render_head(const syncer::HttpResponse& answer, bool keeps_alive) {
  std::string out = "HTTP/1.1 " + std::to_string(answer.status) + " " + std::string(reason_of(answer.status)) + "\r\n";
  for (const auto& [name, value] : answer.headers) out += name + ": " + value + "\r\n";
  out += "Date: " + date_now() + "\r\n";
  if (!keeps_alive && answer.headers.find("Connection") == nullptr) out += "Connection: close\r\n";
  return out;
}

}  // namespace

bool header_lists(const syncer::HttpHeaders& headers, std::string_view name, std::string_view word) {
  for (const auto& [field, value] : headers) {
    if (!equals_ignoring_case(field, name)) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = std::min(rest.find(','), rest.size());
      const std::string_view one = trim(rest.substr(0, end));
      if (equals_ignoring_case(one.substr(0, one.find(';')), word)) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

ReadEnd read_request(Connection& connection, WireRequest& out) {
  std::size_t budget = kMaxHeader;
  const auto line = read_line(connection, budget);
  if (!line) return budget == 0 ? ReadEnd::TooLarge : ReadEnd::Closed;
  const bool is_well_formed = parse_request_line(*line, out);
  const ReadEnd headers = read_headers(connection, budget, out.request.headers);
  if (headers != ReadEnd::Request) return headers;
  if (!is_well_formed) return ReadEnd::BadRequest;
  if (header_lists(out.request.headers, "Connection", "close")) out.keeps_alive = false;
  out.accepts_gzip = header_lists(out.request.headers, "Accept-Encoding", "gzip");
  return read_body(connection, out);
}

void write_answer(Connection& connection, const WireRequest& to, const Outcome& outcome) {
  const syncer::HttpResponse& answer = outcome.response;
  std::string head = render_head(answer, to.keeps_alive);
  if (has_no_body(answer.status)) {
    connection.write(head + "\r\n");
    return;
  }
  const bool is_head = to.request.method == "HEAD";
  if (outcome.is_truncated) {
    head += "Content-Length: " + std::to_string(answer.body.size() * 2 + 1) + "\r\n\r\n";
    connection.write(is_head ? head : head + answer.body);
    connection.cut(false);
    return;
  }
  // A registry that compresses whatever its size says so itself.
  const bool is_declared = answer.headers.find("Content-Encoding") != nullptr;
  const bool may_compress = to.accepts_gzip && (is_declared || answer.body.size() >= kMinCompressed);
  const std::optional<std::string> compressed = may_compress ? gzip(answer.body) : std::nullopt;
  if (compressed && !is_declared) head += "Content-Encoding: gzip\r\n";
  const std::string& body = compressed ? *compressed : answer.body;
  const bool is_chunked = compressed || body.size() > kMaxUnchunked;
  head += is_chunked ? std::string("Transfer-Encoding: chunked\r\n\r\n")
                     : "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  if (!is_head) head += is_chunked ? chunk(body) + "0\r\n\r\n" : body;
  connection.write(head);
}

void write_bad_request(Connection& connection) {
  connection.write(
      "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
      "400 Bad Request");
}

}  // namespace mocksc
