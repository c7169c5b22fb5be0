// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/registry/driver.h"
#include "syncer/registry/nacos/answers.h"
#include "syncer/registry/nacos/occupancy.h"
#include "syncer/registry/poll_cycle.h"

namespace syncer::registry::nacos {

/// Reads everything: one catalog a space, in the way that the server's release has, which it is asked for. Nothing
/// tells cheaply whether something changed, but an answer that is equal to the one before needs no second reading.
class Reader {
 public:
  Reader(const DriverContext& context, Occupancy& occupancy) : context_(context), occupancy_(occupancy) {}

  void poll(Instant now);
  /// The snapshot may differ from the last answer: the next one is shown, equal or not.
  void show_anew(const std::string& space) { prints_.erase(space); }
  /// First number of the server's release; 2 until it is known.
  std::uint32_t release() const { return release_ == 0 ? 2 : release_; }

 private:
  /// What was collected of a space in this reading.
  struct Reading {
    std::string space;
    CatalogPage all;
    std::optional<std::size_t> count;  ///< of services, as the other answer says
    bool is_listed = false;
    Hash128 print;                       ///< of the answer that tells everything; of several none
    std::optional<HttpResponse> unread;  ///< that answer, when it is shown already: `all` has no more than the count
  };
  /// What the snapshot shows of a space.
  struct Print {
    Hash128 print;
    std::size_t services = 0;
  };
  using SharedReading = std::shared_ptr<Reading>;

  void ask_release(Instant now, bool is_third);
  void read_all(Instant now);
  void read_space(Instant now, const SharedReading& reading);
  void on_catalog(const SharedReading& reading, const RawAnswer& raw);
  void read_page(Instant now, const SharedReading& reading, std::size_t number);
  void on_page(Instant now, const SharedReading& reading, std::size_t number, const RawAnswer& raw);
  void doubt(const Error& error);
  void conclude(const SharedReading& reading);
  bool is_shown(const Reading& reading) const;
  void show(const Reading& reading);

  const DriverContext& context_;
  Occupancy& occupancy_;
  std::uint32_t release_ = 0;            ///< 0: not known yet
  bool ask_ = true;                      ///< for the release, before anything else
  std::map<std::string, Print> prints_;  ///< by space, of what the snapshot shows
};

}  // namespace syncer::registry::nacos
