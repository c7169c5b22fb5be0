// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/event_queue.h"

#include <algorithm>

namespace sim::engine {

using syncer::Instant;

namespace {
constexpr std::size_t kArity = 4;
}

Instant EventQueue::next() const {
  if (head_ < present_.size()) return now_;
  return heap_.empty() ? syncer::kNever : heap_.front().at;
}

void EventQueue::push(Instant at, const QueuedEvent& event) {
  SYNCER_ASSERT(at >= now_);
  if (at == now_) {
    present_.push_back(event);
    return;
  }
  heap_.emplace_back();
  sift_up(heap_.size() - 1, Node{at, sequence_++, event});
}

/// What the heap holds for the present instant was put in before the instant began, so it comes before the FIFO.
QueuedEvent EventQueue::pop() {
  SYNCER_ASSERT(!empty());
  if (!heap_.empty() && heap_.front().at == now_) return pop_heap();
  if (head_ < present_.size()) {
    const QueuedEvent event = present_[head_++];
    if (head_ == present_.size()) {
      present_.clear();
      head_ = 0;
    }
    return event;
  }
  now_ = heap_.front().at;
  return pop_heap();
}

void EventQueue::pass_to(Instant at) {
  SYNCER_ASSERT(at >= now_ && (at == now_ || next() > at));
  now_ = at;
}

void EventQueue::sift_up(std::size_t hole, const Node& node) {
  while (hole > 0) {
    const std::size_t parent = (hole - 1) / kArity;
    if (!node.before(heap_[parent])) break;
    heap_[hole] = heap_[parent];
    hole = parent;
  }
  heap_[hole] = node;
}

QueuedEvent EventQueue::pop_heap() {
  const QueuedEvent event = heap_.front().event;
  const Node last = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sift_down(last);
  return event;
}

void EventQueue::sift_down(const Node& node) {
  std::size_t hole = 0;
  for (std::size_t child = 1; child < heap_.size(); child = hole * kArity + 1) {
    const std::size_t end = std::min(child + kArity, heap_.size());
    std::size_t least = child;
    for (std::size_t i = child + 1; i < end; ++i) {
      if (heap_[i].before(heap_[least])) least = i;
    }
    if (!heap_[least].before(node)) break;
    heap_[hole] = heap_[least];
    hole = least;
  }
  heap_[hole] = node;
}

}  // namespace sim::engine
