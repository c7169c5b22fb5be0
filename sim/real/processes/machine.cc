// SPDX-License-Identifier: Apache-2.0
#include "sim/real/processes/machine.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "sim/real/processes/config_file.h"

namespace sim::real {

using syncer::ErrorCode;
using syncer::failure;
using syncer::Result;

namespace {
constexpr const char* kDiskSize = "64m";
constexpr std::size_t kPage = 4096;
}  // namespace

Result<void> write_private(const std::string& path, const std::string& content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool done = file >= 0 && ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  const int number = errno;
  if (file >= 0) ::close(file);
  if (done) return {};
  return failure(ErrorCode::Io, path, "cannot write it: " + std::generic_category().message(number));
}

Result<std::unique_ptr<Machine>> Machine::make(const Workplace& site, const std::string& name, syncer::Random random) {
  auto network = NetworkNamespace::make();
  if (!network) return tl::unexpected(network.error());
  std::unique_ptr<Machine> machine(new Machine(site, site.folder + "/" + name, std::move(*network), random));
  std::error_code failed;
  std::filesystem::create_directories(machine->disk(), failed);
  if (failed) return failure(ErrorCode::Io, machine->disk(), failed.message());
  const std::string options = std::string("mode=0700,size=") + kDiskSize;
  if (::mount("syncsim", machine->disk().c_str(), "tmpfs", 0, options.c_str()) != 0) {
    return failure(ErrorCode::Io, machine->disk(), "cannot mount a tmpfs: " + std::generic_category().message(errno));
  }
  machine->is_mounted_ = true;
  machine->write_clock();
  return machine;
}

Machine::~Machine() {
  if (is_mounted_) ::umount2(disk().c_str(), MNT_DETACH);
}

/// The kernel goes on, and with it what was written but not synced: of the fates only an empty disk takes more.
void Machine::crash_disk(host::DiskFate fate) {
  if (fate != host::DiskFate::Wipe) return;
  std::error_code ignored;  // what cannot be removed shows in the next start
  for (const auto& entry : std::filesystem::directory_iterator(disk(), ignored)) {
    std::filesystem::remove_all(entry.path(), ignored);
  }
}

bool Machine::flip_bit(std::string_view file) {
  const std::string path = disk() + "/" + std::string(file);
  std::fstream stream(path, std::ios::in | std::ios::out | std::ios::binary | std::ios::ate);
  const auto size = stream ? static_cast<std::int64_t>(stream.tellg()) : 0;
  if (size <= 0) return false;
  const auto at = static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(size)));
  const auto bit = static_cast<unsigned>(random_.below(8));
  stream.seekg(at);
  const auto byte = static_cast<unsigned char>(stream.get());
  stream.seekp(at);
  stream.put(static_cast<char>(byte ^ (1U << bit)));
  return static_cast<bool>(stream.flush());
}

void Machine::set_disk_fault(const host::DiskFault& fault) {
  if (!fault.full) {
    resize_disk(kDiskSize);
    return;
  }
  struct statvfs about {};
  if (::statvfs(disk().c_str(), &about) != 0) return;
  const std::size_t used = (about.f_blocks - about.f_bfree) * about.f_frsize;
  resize_disk(std::to_string(std::max(used, kPage)));
}

bool Machine::resize_disk(const std::string& size) const {
  return ::mount("syncsim", disk().c_str(), "tmpfs", MS_REMOUNT, ("size=" + size).c_str()) == 0;
}

void Machine::set_drift(std::int64_t ppm) {
  ppm_ = ppm;
  write_clock();
}

void Machine::set_wall(syncer::Duration off) {
  wall_off_ = off;
  write_clock();
}

/// In the words of libfaketime, which reads it again and again.
void Machine::write_clock() const {
  if (site_.fake_clock.empty()) return;
  std::array<char, 96> text{};
  const double seconds = static_cast<double>(wall_off_.count()) / 1e9;
  std::snprintf(text.data(), text.size(), "%+.6f x%.6f\n", seconds, 1.0 + static_cast<double>(ppm_) / 1e6);
  const std::string path = folder_ + "/clock";
  // Never half written: it is read at any moment.
  if (write_private(path + ".new", text.data())) ::rename((path + ".new").c_str(), path.c_str());
}

std::vector<std::string> Machine::environment() const {
  std::vector<std::string> all = {"PATH=/usr/bin:/bin", "HOME=" + folder_};
  if (site_.fake_clock.empty()) return all;
  all.insert(all.end(), {"LD_PRELOAD=" + site_.fake_clock, "FAKETIME_TIMESTAMP_FILE=" + folder_ + "/clock",
                         "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"});
  return all;
}

Result<std::string> Machine::write_config(const syncer::node::NodeConfig& config) const {
  const std::string path = folder_ + "/config.json";
  ConfigPlaces places{disk(), admin_socket(), "/proc/self/fd/3", "", ""};
  if (site_.sealed) {
    places.keyring = folder_ + "/keyring.json";
    if (auto done = write_private(places.keyring, keyring_text()); !done) return tl::unexpected(done.error());
  }
  if (!config.registry.password.empty()) {
    places.password = folder_ + "/password";
    if (auto done = write_private(places.password, config.registry.password + "\n"); !done)
      return tl::unexpected(done.error());
  }
  if (auto done = write_private(path, config_text(config, places, site_.registries)); !done)
    return tl::unexpected(done.error());
  return path;
}

}  // namespace sim::real
