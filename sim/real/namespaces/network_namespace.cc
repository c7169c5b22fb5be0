// SPDX-License-Identifier: Apache-2.0
#include "sim/real/namespaces/network_namespace.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/route.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

namespace sim::real {

using syncer::ErrorCode;
using syncer::failure;
using syncer::Result;

namespace {

constexpr const char* kTunDevice = "/dev/net/tun";
constexpr const char* kOwnNamespace = "/proc/thread-self/ns/net";
constexpr const char* kWire = "wire";
constexpr std::size_t kLargestPacket = 65536;

tl::unexpected<syncer::Error> system_failure(const std::string& where, const char* doing) {
  return failure(ErrorCode::Io, where, std::string("cannot ") + doing + ": " + std::generic_category().message(errno));
}

/// A descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

/// The thread is back where it was at the end.
class Excursion {
 public:
  Excursion() : home_(::open(kOwnNamespace, O_RDONLY | O_CLOEXEC)) {}
  ~Excursion() {
    // Nowhere else could anything be done right.
    if (home_.get() < 0 || ::setns(home_.get(), CLONE_NEWNET) != 0) std::abort();
  }
  Excursion(const Excursion&) = delete;
  Excursion& operator=(const Excursion&) = delete;

 private:
  Descriptor home_;
};

ifreq request_for(const char* device) {
  ifreq request{};
  std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  return request;
}

sockaddr v4(const syncer::Bytes& octets) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (octets.size() == 4) std::memcpy(&address.sin_addr, octets.data(), 4);
  sockaddr plain{};
  std::memcpy(&plain, &address, sizeof plain);
  return plain;
}

bool raise(int socket, const char* device) {
  ifreq request = request_for(device);
  if (::ioctl(socket, SIOCGIFFLAGS, &request) != 0) return false;
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
  return ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
}

/// Everybody is reached over the wire.
bool route_all(int socket) {
  rtentry route{};
  route.rt_dst = route.rt_genmask = v4(syncer::Bytes(4, '\0'));
  route.rt_flags = RTF_UP;
  std::string device = kWire;
  route.rt_dev = device.data();
  return ::ioctl(socket, SIOCADDRT, &route) == 0;
}

Result<int> open_tun() {
  Descriptor tun(::open(kTunDevice, O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (tun.get() < 0) return system_failure(kTunDevice, "open it");
  ifreq request = request_for(kWire);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (::ioctl(tun.get(), TUNSETIFF, &request) != 0) return system_failure(kTunDevice, "make a network device");
  return tun.release();
}

bool write_file(const char* path, const std::string& text) {
  const Descriptor file(::open(path, O_WRONLY | O_CLOEXEC));
  return file.get() >= 0 && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// Root of a namespace where nobody else is. The network that this starts from must be of it too, to come back to.
Result<void> become_root() {
  const std::string user = "0 " + std::to_string(::geteuid()) + " 1\n";
  const std::string group = "0 " + std::to_string(::getegid()) + " 1\n";
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return system_failure("user namespace", "make one, and this is not root");
  const bool mapped = write_file("/proc/self/setgroups", "deny") && write_file("/proc/self/uid_map", user) &&
                      write_file("/proc/self/gid_map", group);
  if (!mapped) return system_failure("user namespace", "become its root");
  return {};
}

}  // namespace

Result<void> prepare_namespaces() {
  if (::geteuid() != 0) {
    if (auto root = become_root(); !root) return root;
  }
  // Small disks are mounted for nobody else to see, and are gone with this process.
  if (::unshare(CLONE_NEWNS) != 0) return system_failure("mount namespace", "make one");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return system_failure("/", "keep mounts apart");
  auto probe = NetworkNamespace::make();
  if (!probe) return tl::unexpected(probe.error());
  return {};
}

Result<std::unique_ptr<NetworkNamespace>> NetworkNamespace::make() {
  const Excursion there;
  if (::unshare(CLONE_NEWNET) != 0) return system_failure("network namespace", "make one");
  Descriptor space(::open(kOwnNamespace, O_RDONLY | O_CLOEXEC));
  auto tun = open_tun();
  if (!tun) return tl::unexpected(tun.error());
  std::unique_ptr<NetworkNamespace> made(new NetworkNamespace(space.release(), *tun));
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!raise(socket.get(), "lo") || !raise(socket.get(), kWire) || !route_all(socket.get())) {
    return system_failure("network namespace", "set up its devices");
  }
  return made;
}

NetworkNamespace::~NetworkNamespace() {
  ::close(tun_);
  ::close(namespace_);
}

Result<void> NetworkNamespace::inside(const std::function<Result<void>()>& act) const {
  const Excursion there;
  if (::setns(namespace_, CLONE_NEWNET) != 0) return system_failure("network namespace", "enter it");
  return act();
}

Result<void> NetworkNamespace::take_address(const syncer::Endpoint& address, const std::string& label) {
  return inside([&]() -> Result<void> {
    const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request = request_for((kWire + label).c_str());
    request.ifr_addr = v4(address.octets());
    if (::ioctl(socket.get(), SIOCSIFADDR, &request) != 0) return system_failure(address.host(), "have this address");
    request.ifr_netmask = v4(syncer::Bytes(4, '\xff'));
    if (::ioctl(socket.get(), SIOCSIFNETMASK, &request) != 0) return system_failure(address.host(), "set its mask");
    // The way out goes with the address that it was made for.
    if (!route_all(socket.get()) && errno != EEXIST) return system_failure(address.host(), "reach others from it");
    return {};
  });
}

bool NetworkNamespace::read(syncer::Bytes& packet) const {
  packet.resize(kLargestPacket);
  const ssize_t got = ::read(tun_, packet.data(), packet.size());
  packet.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return got > 0;
}

void NetworkNamespace::write(syncer::ByteView packet) const {
  static_cast<void>(::write(tun_, packet.data(), packet.size()));
}

}  // namespace sim::real
