// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mocksc/eureka/instance.h"
#include "mocksc/eureka/render.h"
#include "syncer/base/result.h"

namespace mocksc::eureka {

/// The answers that a server keeps ready. One is made anew when it is asked for after something changed; in front of
/// that may stand a copy that readers see, and that is refreshed at full intervals of the wall clock.
class Cache {
 public:
  enum class Kind : std::uint8_t { Apps, Delta, App, Vip, SecureVip };
  /// What is asked for. Answers to the same question by another path are kept apart.
  struct Key {
    Kind kind = Kind::Apps;
    std::string name;
    Format format = Format::Xml;
    std::string path;
    auto operator<=>(const Key&) const = default;
  };
  /// An empty text is an answer, too: there is no such application.
  using Make = std::function<std::string(const Key&)>;

  /// All in milliseconds. While an answer is made, which takes `load_time`, changes do not touch it: it is kept
  /// although it lacks them.
  Cache(bool read_only, Millis interval, Millis load_time, Make make)
      : read_only_(read_only), interval_(interval), load_time_(load_time), make_(std::move(make)) {}

  const std::string& get(Millis now, const Key& key);
  /// The instance changed: what shows it is made anew.
  void invalidate(Millis now, const Instance& instance);
  void refresh(Millis now);
  void clear();

 private:
  static constexpr Millis kKept = 180'000;  ///< an answer that nothing changed is made anew after this
  struct Kept {
    std::string text;
    Millis since = 0;
  };
  const std::string& fresh(Millis now, const Key& key);

  bool read_only_;
  Millis interval_;
  Millis load_time_;
  Make make_;
  std::map<Key, Kept> fresh_;
  std::map<Key, std::string> shown_;
  Millis refreshed_ = 0;
};

}  // namespace mocksc::eureka
