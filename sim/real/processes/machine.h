// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/host/outside.h"
#include "sim/real/namespaces/network_namespace.h"
#include "syncer/base/random.h"
#include "syncer/node/node_config.h"

namespace sim::real {

/// What all machines of a run have in common.
struct Workplace {
  std::string folder;                             ///< everything of the run lies below it
  std::string syncer;                             ///< the program
  std::string fake_clock;                         ///< libfaketime; empty where no clock is wrong
  std::map<std::string, std::string> registries;  ///< origin in the scenario -> origin on the real network
  bool sealed = false;                            ///< gossip has a key
  std::string password;                           ///< of registries that want one
};

/// A real machine below one syncer: a network namespace, a folder, a small disk of its own, clocks that can be wrong.
class Machine final : public host::Hardware {
 public:
  static syncer::Result<std::unique_ptr<Machine>> make(const Workplace& site, const std::string& name,
                                                       syncer::Random random);
  ~Machine() override;

  void crash_disk(host::DiskFate fate) override;
  bool flip_bit(std::string_view file) override;
  void set_disk_fault(const host::DiskFault& fault) override;
  void set_drift(std::int64_t ppm) override;
  void set_wall(syncer::Duration off) override;

  NetworkNamespace& network() { return *network_; }
  /// Writes the configuration of the next process, and gives its file.
  syncer::Result<std::string> write_config(const syncer::node::NodeConfig& config) const;
  std::vector<std::string> environment() const;
  std::string log() const { return folder_ + "/log"; }
  /// What its processes said, for `syncsim judge`.
  std::string trace() const { return folder_ + "/trace"; }
  std::string admin_socket() const { return folder_ + "/admin.socket"; }
  const Workplace& site() const { return site_; }

 private:
  Machine(const Workplace& site, std::string folder, std::unique_ptr<NetworkNamespace> network, syncer::Random random)
      : site_(site), folder_(std::move(folder)), network_(std::move(network)), random_(random) {}
  std::string disk() const { return folder_ + "/data"; }
  bool resize_disk(const std::string& size) const;
  void write_clock() const;

  const Workplace& site_;
  std::string folder_;
  std::unique_ptr<NetworkNamespace> network_;
  syncer::Random random_;
  bool is_mounted_ = false;
  std::int64_t ppm_ = 0;
  syncer::Duration wall_off_{};
};

/// Writes a file that its owner alone may read.
syncer::Result<void> write_private(const std::string& path, const std::string& content);

}  // namespace sim::real
