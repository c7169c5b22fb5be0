// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/endpoint.h"

#include <arpa/inet.h>

#include <algorithm>

#include "syncer/base/quantity.h"

namespace syncer {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

tl::unexpected<Error> refuse(std::string_view text) {
  return failure(ErrorCode::Invalid, "",
                 "\"" + std::string(text) + "\" is not an address such as \"10.0.0.1:30190\" or \"[::1]:30190\"");
}

}  // namespace

Endpoint Endpoint::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::uint16_t port) {
  Endpoint e;
  std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), e.address.begin());
  e.address[12] = a;
  e.address[13] = b;
  e.address[14] = c;
  e.address[15] = d;
  e.port = port;
  return e;
}

Endpoint Endpoint::from_octets(ByteView bytes, std::uint16_t port) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  if (bytes.size() == 4) return v4(at(0), at(1), at(2), at(3), port);
  Endpoint e;
  e.port = port;
  if (bytes.size() == 16) std::copy(bytes.begin(), bytes.end(), e.address.begin());
  return e;
}

bool Endpoint::is_v4() const { return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.begin()); }

bool Endpoint::is_loopback() const {
  if (is_v4()) return address[12] == 127;
  return std::all_of(address.begin(), address.end() - 1, [](std::uint8_t o) { return o == 0; }) && address[15] == 1;
}

bool Endpoint::is_unspecified() const {
  const auto first = is_v4() ? address.begin() + 12 : address.begin();
  return std::all_of(first, address.end(), [](std::uint8_t o) { return o == 0; });
}

Bytes Endpoint::octets() const { return {is_v4() ? address.begin() + 12 : address.begin(), address.end()}; }

std::string Endpoint::host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = is_v4() ? AF_INET : AF_INET6;
  const void* source = is_v4() ? address.data() + 12 : address.data();
  return inet_ntop(family, source, text.data(), text.size());
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse(text);
  const auto port = parse_number(text.substr(colon + 1), 65535);
  std::string host(text.substr(0, colon));
  if (!port || host.empty()) return refuse(text);
  if (host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    return refuse(text);
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) {
    return Endpoint::from_octets(ByteView(bytes.data(), 4), static_cast<std::uint16_t>(*port));
  }
  if (inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) {
    return Endpoint::from_octets(ByteView(bytes.data(), 16), static_cast<std::uint16_t>(*port));
  }
  return refuse(text);
}

std::string to_string(const Endpoint& endpoint) {
  const std::string port = ":" + std::to_string(endpoint.port);
  return endpoint.is_v4() ? endpoint.host() + port : "[" + endpoint.host() + "]" + port;
}

}  // namespace syncer
