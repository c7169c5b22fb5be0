// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "syncer/base/bytes.h"

namespace syncer::httpio {

/// The last large answers that came packed, each with its text: a registry repeats a list as long as nothing changes,
/// and the same bytes need not be unpacked again. Memory: the bound at most.
class UnpackedBodies {
 public:
  struct Body {
    Bytes packed;
    Bytes text;
    std::size_t size() const { return packed.size() + text.size(); }
  };

  explicit UnpackedBodies(std::size_t most = std::size_t{16} << 20U) : most_(most) {}

  /// What was kept under this key; nullptr: nothing.
  std::shared_ptr<const Body> find(const std::string& key) const {
    const auto found = bodies_.find(key);
    return found == bodies_.end() ? nullptr : found->second;
  }
  /// Instead of what had the key. Small ones are not kept; one that there is no room for beside the others takes the
  /// place of them all.
  void keep(const std::string& key, Body body) {
    drop(key);
    if (body.text.size() < kSmall || body.size() > most_) return;
    if (size_ + body.size() > most_) clear();
    size_ += body.size();
    bodies_.emplace(key, std::make_shared<const Body>(std::move(body)));
  }
  void drop(const std::string& key) {
    const auto found = bodies_.find(key);
    if (found == bodies_.end()) return;
    size_ -= found->second->size();
    bodies_.erase(found);
  }
  void clear() {
    bodies_.clear();
    size_ = 0;
  }
  std::size_t most() const { return most_; }
  std::size_t size() const { return size_; }

  static constexpr std::size_t kSmall = 64U << 10U;

 private:
  std::size_t most_;
  std::size_t size_ = 0;
  std::map<std::string, std::shared_ptr<const Body>> bodies_;
};

/// Where an answer's body is looked up, and kept. Without a memory it is not.
struct Recall {
  std::shared_ptr<UnpackedBodies> bodies{};
  std::string key{};
};

}  // namespace syncer::httpio
