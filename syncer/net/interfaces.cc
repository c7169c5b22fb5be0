// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "syncer/net/addresses.h"

namespace syncer::net {
namespace {

/// 169.254.0.0/16 and fe80::/10: valid on one cable only.
bool is_link_local(const Endpoint& e) {
  if (e.is_v4()) return e.address[12] == 169 && e.address[13] == 254;
  return e.address[0] == 0xfe && (e.address[1] & 0xc0U) == 0x80;
}

}  // namespace

std::optional<Endpoint> primary_address(bool v4) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  const int family = v4 ? AF_INET : AF_INET6;
  for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next) {
    if (i->ifa_addr == nullptr || i->ifa_addr->sa_family != family || (i->ifa_flags & IFF_UP) == 0) continue;
    Endpoint found = from_sockaddr(*i->ifa_addr);
    found.port = 0;
    if (!found.is_loopback() && !is_link_local(found)) return found;
  }
  return std::nullopt;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  const std::string full(name.data());
  return full.substr(0, full.find('.'));
}

}  // namespace syncer::net
