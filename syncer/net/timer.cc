// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/timer.h"

#include "syncer/net/loop.h"

namespace syncer::net {

Agenda::Key Agenda::add(Instant at, std::function<void()> then) {
  const Key key{at, ++added_};
  entries_.emplace(key, std::move(then));
  return key;
}

void Agenda::run_due(Instant now) {
  const std::uint64_t last = added_;
  auto due = entries_.begin();
  while (due != entries_.end() && due->first.first <= now) {
    const Key key = due->first;
    if (key.second <= last) entries_.extract(due).mapped()();
    due = entries_.upper_bound(key);  // what was just done may have changed all the rest
  }
}

Timer::Timer(Loop& loop) : loop_(loop), agenda_(loop.agenda()) {}

void Timer::set(Instant at, std::function<void()> then) {
  cancel();
  key_ = agenda_->add(at, std::move(then));
}

void Timer::set(Duration after, std::function<void()> then) {
  set(saturating_add(loop_.now(), after), std::move(then));
}

}  // namespace syncer::net
