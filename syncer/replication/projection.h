// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/time.h"

namespace syncer::replication {

/// How one record is seen through a view: as something else, as it is, or not at all.
struct Seen {
  Bytes key;                     ///< that it is shown under, or would be
  std::optional<Bytes> payload;  ///< that it is shown with; nothing: it is withheld
  std::uint32_t reason = 0;      ///< why it is withheld, in the view's own numbers
};

/// What of a record a reader may see. Depends on nothing but the record. Two records are never shown under one key.
using View = std::function<Seen(const Bytes& key, const Bytes& payload)>;

/// What a reader is to be told of a set of records that is seen through a view. What the records' owner removes, leaves
/// at once; what the view takes away leaves in the order of keys, one at a time and so far apart as the pace says.
class Projection {
 public:
  /// One thing that the reader is to be told.
  struct Change {
    enum class Kind : std::uint8_t {
      Show,      ///< the reader has this payload now
      Withhold,  ///< the view withholds it: what the reader has of it leaves later, and must not be made anew
      Hide,      ///< the reader has it no more
    };
    Kind kind;
    Bytes key;
    Bytes payload = {};
    bool judged = true;  ///< of Hide: its owner removed it in the running epoch, or the view took it away
    bool operator==(const Change&) const = default;
  };
  using Changes = std::vector<Change>;

  /// Nothing is shown yet.
  Projection(View view, Duration pace) : view_(std::move(view)), pace_(pace) {}

  void put(const Bytes& key, const Bytes& payload, Changes& out);
  /// The record's owner removed it.
  void erase(const Bytes& key, bool judged, Changes& out);
  /// The reader has this record as it is, from before there was a view.
  void has(const Bytes& key);
  /// The reader has a record that the view withholds: it leaves at the pace. `shown` is the key that the reader knows.
  void leave(const Bytes& key, const Bytes& shown) { leaving_.emplace(key, shown); }
  /// Another view from now on; `records` gives all records of the set to the function it is called with.
  using Records = std::function<void(const std::function<void(const Bytes& key, const Bytes& payload)>&)>;
  void set_view(View view, Duration pace, const Records& records, Changes& out);
  /// Forgets what is shown, and goes on with the same view.
  void restart();

  /// What is leaving does so now: the reader has not been told of anything yet.
  void leave_at_once(Changes& out);
  void advance(Instant now, Changes& out);
  Instant next_deadline() const { return leaving_.empty() ? kNever : next_; }

  /// Records that are withheld, with the view's reasons.
  const std::map<Bytes, std::uint32_t>& withheld() const { return withheld_; }
  /// How many of them for each reason.
  const std::map<std::uint32_t, std::size_t>& reasons() const { return reasons_; }
  std::size_t shown() const { return shown_.size(); }
  /// The record is shown, is leaving, or is withheld.
  bool knows(const Bytes& key) const;
  /// The key that the record is shown under; nullptr while it is not shown.
  const Bytes* shown_as(const Bytes& key) const {
    const auto it = shown_.find(key);
    return it == shown_.end() ? nullptr : &it->second;
  }
  /// Shown still, although the view took them away: keys of the records and as the reader knows them.
  const std::set<std::pair<Bytes, Bytes>>& leaving() const { return leaving_; }

 private:
  void withhold(const Bytes& key, std::uint32_t reason);
  void pass(const Bytes& key);
  void take_away(const Bytes& key, Changes& out);

  View view_;
  Duration pace_;
  std::map<Bytes, Bytes> shown_;    // key of the record -> key that it is shown under
  std::map<Bytes, Bytes> holders_;  // the other way
  std::map<Bytes, std::uint32_t> withheld_;
  std::map<std::uint32_t, std::size_t> reasons_;
  std::set<std::pair<Bytes, Bytes>> leaving_;
  Instant next_ = Instant::min();  // the next one leaves not before
};

}  // namespace syncer::replication
