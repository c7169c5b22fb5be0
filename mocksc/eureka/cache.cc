// SPDX-License-Identifier: Apache-2.0
#include "mocksc/eureka/cache.h"

#include <utility>

namespace mocksc::eureka {

const std::string& Cache::fresh(Millis now, const Key& key) {
  const auto found = fresh_.find(key);
  if (found != fresh_.end() && now - found->second.since < kKept) return found->second.text;
  return fresh_.insert_or_assign(key, Kept{make_(key), now}).first->second.text;
}

const std::string& Cache::get(Millis now, const Key& key) {
  if (!read_only_) return fresh(now, key);
  refresh(now);
  const auto found = shown_.find(key);
  return found != shown_.end() ? found->second : shown_.emplace(key, fresh(now, key)).first->second;
}

void Cache::invalidate(Millis now, const Instance& instance) {
  const auto shows = [&](const Key& key) {
    const auto is_at = [&](const char* member) {
      const auto found = instance.texts.find(member);
      return found != instance.texts.end() && found->second == key.name;
    };
    switch (key.kind) {
      case Kind::Apps:
      case Kind::Delta:
        return true;
      case Kind::App:
        return key.name == instance.app;
      case Kind::Vip:
        return is_at("vipAddress");
      case Kind::SecureVip:
        return is_at("secureVipAddress");
    }
    return true;
  };
  std::erase_if(fresh_, [&](const auto& kept) { return shows(kept.first) && now - kept.second.since >= load_time_; });
}

void Cache::refresh(Millis now) {
  if (refreshed_ == 0) refreshed_ = now - now % interval_;
  if (now - refreshed_ < interval_) return;
  refreshed_ = now - now % interval_;
  for (auto& [key, text] : shown_) text = fresh(now, key);
}

void Cache::clear() {
  fresh_.clear();
  shown_.clear();
}

}  // namespace mocksc::eureka
