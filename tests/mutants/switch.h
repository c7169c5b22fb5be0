// SPDX-License-Identifier: Apache-2.0
// Included by sources that tests/mutants has instrumented, never by the product: which one of the faults compiled into
// this program is on. SYNCER_MUTANT=N turns fault N on for a process and its children. SYNCER_MUTANTS_REACHED=FILE
// turns none on and notes in FILE, a byte for each fault, which of them the process came by; FILE is shared memory, so
// that what children and processes that crash came by is in it too.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace mutants {

/// What a byte of the file says: the place was executed; the faulty value there differed from the right one.
inline constexpr unsigned char kReached = 1;
inline constexpr unsigned char kDiffered = 2;

struct Reached {
  unsigned char* bytes = nullptr;
  std::size_t size = 0;
};

/// Ends the process when FILE cannot be mapped: a run that notes nothing would look like one that reaches nothing.
inline Reached map_reached() {
  const char* path = std::getenv("SYNCER_MUTANTS_REACHED");
  if (path == nullptr) return {};
  const int fd = ::open(path, O_RDWR | O_CLOEXEC);
  struct stat status {};
  void* memory = MAP_FAILED;
  if (fd >= 0 && ::fstat(fd, &status) == 0) {
    memory = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  if (memory == MAP_FAILED) {
    std::perror(path);
    std::_Exit(2);
  }
  ::close(fd);
  return {static_cast<unsigned char*>(memory), static_cast<std::size_t>(status.st_size)};
}

inline int chosen() {
  const char* text = std::getenv("SYNCER_MUTANT");
  return text == nullptr ? 0 : std::atoi(text);
}

inline const Reached reached = map_reached();
inline const int active = chosen();

inline void note(int fault, unsigned char what) {
  const auto at = static_cast<std::size_t>(fault);
  if (at < reached.size) reached.bytes[at] = static_cast<unsigned char>(reached.bytes[at] | what);
}

/// Whether this fault is on.
inline bool on(int fault) {
  if (active == fault) return true;
  if (reached.bytes != nullptr) note(fault, kReached);
  return false;
}

/// Whether both values of this fault are to be compared, which costs time.
inline bool compares() { return reached.bytes != nullptr; }
inline void compared(int fault, bool differs) { note(fault, differs ? kDiffered : 0); }

}  // namespace mutants
