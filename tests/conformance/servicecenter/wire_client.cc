// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/servicecenter/wire_client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

namespace mocksc::conformance {
namespace {

/// Sends all and reads to the end: every request asks for the end of the connection.
std::string answer_of(std::uint16_t port, const std::string& request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{10, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string answer;
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    for (std::size_t sent = 0; sent < request.size();) {
      const ssize_t n = send(socket, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    std::array<char, 16384> buffer{};
    for (ssize_t n = 0; (n = recv(socket, buffer.data(), buffer.size(), 0)) > 0;) {
      answer.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }
  close(socket);
  return answer;
}

std::string unchunk(const std::string& body) {
  std::string out;
  for (std::size_t at = 0; at < body.size();) {
    const auto end = body.find("\r\n", at);
    const std::size_t size = std::stoul(body.substr(at, end - at), nullptr, 16);
    if (size == 0) break;
    out += body.substr(end + 2, size);
    at = end + 2 + size + 2;
  }
  return out;
}

std::string gunzip(std::string body) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  std::string out(body.size() * 100 + 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(body.data());
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

WireAnswer parse(const std::string& text) {
  WireAnswer out;
  const auto head_end = text.find("\r\n\r\n");
  if (head_end == std::string::npos) return out;
  std::istringstream lines(text.substr(0, head_end + 2));
  std::string line;
  std::getline(lines, line);
  out.status = std::stoi(line.substr(9, 3));
  while (std::getline(lines, line)) {
    const auto colon = line.find(':');
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string value = line.substr(colon + 2);
    if (!value.empty() && value.back() == '\r') value.pop_back();
    std::string& slot = out.headers[name];
    slot += (slot.empty() ? "" : ", ") + value;
  }
  out.body = text.substr(head_end + 4);
  if (out.headers.count("transfer-encoding") > 0) out.body = unchunk(out.body);
  if (out.headers.count("content-encoding") > 0) out.body = gunzip(out.body);
  return out;
}

}  // namespace

WireAnswer send_request(std::uint16_t port, const std::string& method, const std::string& target,
                        const std::map<std::string, std::string>& headers, const std::string& body) {
  std::string request = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PUT") {
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return parse(answer_of(port, request + "\r\n" + body));
}

}  // namespace mocksc::conformance
