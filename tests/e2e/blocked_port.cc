// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>

// Preloaded into a process, this is a firewall in one direction: connections to the ports that the file
// SYNCER_TEST_BLOCKED names find nobody. The file is read at each connection, so a test blocks and opens ports as it
// likes.

namespace {

int port_of(const sockaddr* address) {
  if (address == nullptr) return 0;
  if (address->sa_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(address)->sin_port);
  if (address->sa_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(address)->sin6_port);
  return 0;
}

bool is_blocked(int port) {
  const char* path = std::getenv("SYNCER_TEST_BLOCKED");
  if (path == nullptr || port == 0) return false;
  std::ifstream file(path);
  for (int one = 0; file >> one;) {
    if (one == port) return true;
  }
  return false;
}

}  // namespace

extern "C" int connect(int socket, const sockaddr* address, socklen_t size) {
  using Connect = int (*)(int, const sockaddr*, socklen_t);
  static const auto original = reinterpret_cast<Connect>(::dlsym(RTLD_NEXT, "connect"));
  int type = 0;
  socklen_t length = sizeof type;
  const bool is_stream = ::getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
  if (is_stream && is_blocked(port_of(address))) {
    errno = EHOSTUNREACH;
    return -1;
  }
  return original(socket, address, size);
}
