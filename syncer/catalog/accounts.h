// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/catalog/config.h"
#include "syncer/catalog/regions.h"

namespace syncer::catalog {

class Session;

/// What the local side knows of one own instance.
struct NativeAccount {
  Bytes key;
  bool listed = false;    ///< the registry's last list names it
  std::string status;     ///< the registry's word for it; empty when it is not listed
  std::string withheld;   ///< why it is given to no other region; empty when nothing speaks against it
  bool exported = false;  ///< it is among what other regions are given
  std::string held;       ///< its removal is held, and why; empty when it is not
};

/// What became of the copy of an instance of another region.
enum class CopyPhase : std::uint8_t { Present, Waiting, Held, Rejected, Leaving };
std::string_view name(CopyPhase phase);

/// What the local side knows of one instance of another region.
struct CopyAccount {
  std::string region;
  Bytes key;
  bool wanted = false;  ///< its region has it
  CopyPhase phase = CopyPhase::Waiting;
  std::string detail;                      ///< why it is not there as it is to be, in words; empty when it is
  std::string copy;                        ///< id of its entry in the registry; empty while there is none
  std::string status;                      ///< the registry's word for it
  std::optional<Duration> renewed_before;  ///< age of the last renewal that is known
};

/// Some of the copies, in order; `next` goes on where they end.
struct CopyPage {
  std::vector<CopyAccount> copies;
  std::uint64_t total = 0;  ///< that match, on all pages
  std::string next;         ///< empty at the end
};

/// Which copies, and where to begin.
struct CopyQuery {
  std::string region;  ///< of the copies; empty for all
  std::string search;  ///< a part of service or instance; empty for all
  std::string after;   ///< CopyPage::next of the page before
  std::size_t limit = 100;
};

/// How many instances of a service there are here.
struct ServiceAccount {
  std::string service;
  std::uint64_t own = 0;                        ///< instances of applications
  std::uint64_t exported = 0;                   ///< those of them that other regions are given
  std::map<std::string, std::uint64_t> copies;  ///< by region
};

/// Answers what operators ask about single instances. Reads only; costs time with the number of instances, so it is not
/// for what is asked all the time.
class Accounts {
 public:
  /// Borrows all. Nothing is remembered between calls.
  Accounts(const CatalogConfig& config, const Session& session, const Regions& regions)
      : config_(config), session_(session), regions_(regions) {}

  /// Own instances of a service of that name, or with that id.
  std::vector<NativeAccount> natives(std::string_view what, std::size_t limit) const;
  /// Own instances that no other region is given though the registry lists them.
  std::vector<NativeAccount> withheld(std::size_t limit) const;
  /// Copies of a service of that name, or of an instance with that id, or with that id themselves.
  std::vector<CopyAccount> copies(Instant now, std::string_view what, std::size_t limit) const;
  /// Copies that are not there as they are to be.
  std::vector<CopyAccount> unfinished(Instant now, std::size_t limit) const;
  CopyPage page(Instant now, const CopyQuery& query) const;
  /// What the registry calls the service of that copy, by name or by id; empty while the copy is not there.
  std::string place_of(const std::string& region, const Bytes& key) const;
  /// All services with instances, by name.
  std::vector<ServiceAccount> services() const;

 private:
  NativeAccount account_of(const registry::EntryId& ref, const registry::SeenService& service,
                           const registry::SeenEntry& seen) const;
  CopyAccount account_of(Instant now, const std::string& region, const RemoteCopies& remote, const Bytes& key,
                         const DesiredCopy& copy) const;
  void add_held(std::string_view what, std::size_t limit, std::vector<NativeAccount>& all) const;
  std::string hold_of(const Bytes& key) const;

  const CatalogConfig& config_;
  const Session& session_;
  const Regions& regions_;
};

}  // namespace syncer::catalog
