// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"

namespace sim::host {

using syncer::Instant;

void NodeHost::tell(HostChange change) const {
  if (!spec_.stranger) fabric_.kernel.probes.host_change(index_, change);
}

bool NodeHost::start() {
  if (running()) return false;
  ++incarnation_;
  failure_.clear();
  revives_ = false;
  stopping_ = false;
  paused_ = false;
  armed_.reset();
  busy_until_ = {};
  fabric_.network.set_machine_up(Site::node(index_), !suspended_);
  tell(HostChange::Started);
  const syncer::Random random = syncer::Random(fabric_.kernel.seed).stream("node").stream(index_).stream(incarnation_);
  syncer::Result<std::unique_ptr<Process>> process = factory_(spec_.config, ports_.ports(), random, local_now());
  if (!process) {
    exit_failed(to_string(process.error()));
    return true;
  }
  process_ = std::move(*process);
  process_->start(local_now());
  settle();
  return true;
}

bool NodeHost::stop() {
  if (!running() || paused() || stopping_) return false;
  stopping_ = true;
  fabric_.kernel.after(std::chrono::seconds(30), EventCode::StopLimit, index_, {incarnation_, 0});
  process_->leave(local_now());
  settle();
  return true;
}

void NodeHost::stop_limit(std::uint32_t incarnation) {
  if (running() && stopping_ && incarnation == incarnation_) end_process(HostChange::Stopped, Farewell::Reset);
}

bool NodeHost::crash(DiskFate fate, Farewell farewell) {
  if (!running()) return false;
  end_process(HostChange::Crashed, farewell);
  disk_.crash(fate);
  if (farewell == Farewell::Silent) fabric_.network.set_machine_up(Site::node(index_), false);
  return true;
}

/// The operating system closes what the process had open and forgets what waited for it. What it had written stays
/// in the page cache and reaches the disk, except in a crash, which decides about it afterwards.
void NodeHost::end_process(HostChange change, Farewell farewell) {
  fabric_.streams.process_ended(index_, farewell);
  fabric_.calls.process_ended(index_);
  for (; inbox_head_ < inbox_.size(); ++inbox_head_) discard(inbox_[inbox_head_].work);
  inbox_.clear();
  inbox_head_ = 0;
  inbox_octets_ = 0;
  process_.reset();
  armed_.reset();
  paused_ = false;
  if (change != HostChange::Crashed) disk_.crash(DiskFate::Keep);
  tell(change);
}

void NodeHost::exit_failed(std::string reason) {
  failure_ = std::move(reason);
  end_process(HostChange::Exited, Farewell::Reset);
  const auto delay = fabric_.kernel.options.supervisor_delay;
  if (delay) fabric_.kernel.after(*delay, EventCode::Supervise, index_, {incarnation_, 0});
}

void NodeHost::supervise(std::uint32_t incarnation) {
  if (!running() && incarnation == incarnation_ && (revives_ || !failure_.empty())) start();
}

void NodeHost::made(CallKind call) {
  if (!doom_ || doom_->call != call || --doom_->nth > 0) return;
  dying_ = true;
}

void NodeHost::die() {
  const Doom doom = *std::exchange(doom_, {});
  dying_ = false;
  revives_ = true;
  ++doomed_deaths_;
  crash(doom.disk, Farewell::Reset);
  fabric_.kernel.after(doom.down, EventCode::Supervise, index_, {incarnation_, 0});
}

bool NodeHost::pause() {
  if (!running() || paused_) return false;
  paused_ = true;
  tell(HostChange::Paused);
  return true;
}

bool NodeHost::resume() {
  if (!running() || !paused_) return false;
  paused_ = false;
  tell(HostChange::Resumed);
  drain();
  if (running() && !paused()) rearm();
  return true;
}

bool NodeHost::suspend() {
  if (suspended_) return false;
  suspended_ = true;
  fabric_.network.set_machine_up(Site::node(index_), false);
  if (running()) tell(HostChange::Paused);
  return true;
}

bool NodeHost::resume_machine() {
  if (!suspended_) return false;
  suspended_ = false;
  fabric_.network.set_machine_up(Site::node(index_), true);
  if (!running()) return true;
  tell(HostChange::Resumed);
  drain();
  if (running() && !paused()) rearm();
  return true;
}

bool NodeHost::operate(const std::function<void(syncer::node::Node&, Instant)>& action) {
  if (node() == nullptr || paused()) return false;
  action(*process_->node(), local_now());
  settle();
  return true;
}

}  // namespace sim::host
