// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/fault/site.h"
#include "sim/host/options.h"
#include "syncer/base/time.h"

namespace sim::host {

class World;

/// What lies beyond a world whose time is the real one: a world with an outside waits for the moment of each event
/// instead of skipping to it, and meanwhile the outside brings in what happens there. Without one everything follows
/// from the seed.
class Outside {
 public:
  virtual ~Outside() = default;
  /// Once, after the world is built and before anything happens in it.
  virtual void begin(World& world) = 0;
  /// Lets time pass up to `until` of the world. False when something came in before; it is in the world's queue then.
  virtual bool wait(syncer::Instant until) = 0;
  // What a world does to connections, see World.
  virtual void reset_streams(fault::Site a, fault::Site b) = 0;
  virtual void half_open(fault::Site a, fault::Site b, syncer::Duration duration) = 0;
};

/// The machine below a process that is a real one: what is done to a node's disk and clocks is done there as well.
class Hardware {
 public:
  virtual ~Hardware() = default;
  /// The process is gone: this becomes of its files.
  virtual void crash_disk(DiskFate fate) = 0;
  /// False when there is no such file.
  virtual bool flip_bit(std::string_view file) = 0;
  virtual void set_disk_fault(const DiskFault& fault) = 0;
  virtual void set_drift(std::int64_t ppm) = 0;
  /// The wall clock is off by so much in all.
  virtual void set_wall(syncer::Duration off) = 0;
};

}  // namespace sim::host
