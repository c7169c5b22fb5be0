// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/region.h"

namespace e2e {

/// The syncers of one region in cluster mode: the quick start's three commands of one machine, moved to a loopback
/// address. There an address cannot name a region, so the name is given.
class Cluster {
 public:
  /// `host` is the region's address; its service center listens on port 30100 of it. `first` numbers the syncers.
  Cluster(const Workplace& workplace, std::string host, std::string region, std::string join, int first);

  /// Number of the syncer that writes; nothing while nobody says so.
  std::optional<std::size_t> leader() const;
  void kill(std::size_t i);
  void terminate(std::size_t i);
  /// Starts the syncer with the same words on the same data, and waits until it is ready.
  void start(std::size_t i);
  std::size_t size() const { return words_.size(); }
  const Syncer& syncer(std::size_t i) const { return *syncers_[i]; }
  /// What all of them wrote, for a failed test.
  std::string output() const;

 private:
  void end(std::size_t i, int signal);
  const Workplace& workplace_;
  std::vector<std::vector<std::string>> words_;
  std::vector<std::unique_ptr<Syncer>> syncers_;  ///< nullptr while it does not run
};

/// The words of one syncer of such a region, mode apart.
std::vector<std::string> quick_start_words(const std::string& host, const std::string& region, const std::string& join,
                                           int first, int i);

}  // namespace e2e
