// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/node_host.h"

#include <algorithm>
#include <utility>

#include "sim/host/network/fabric.h"

namespace sim::host {

using engine::Handle;
using engine::QueuedEvent;
using syncer::Duration;
using syncer::Instant;

namespace {

/// Each machine booted some time ago, so that no code can take an Instant for the age of a process.
Instant boot_time(std::uint64_t seed, NodeIndex index) {
  syncer::Random random = syncer::Random(seed).stream("boot").stream(index);
  return Instant{} + random.between(std::chrono::minutes(1), std::chrono::hours(1000));
}

}  // namespace

NodeHost::NodeHost(Fabric& fabric, NodeIndex index, NodeSpec spec, ProcessFactory factory)
    : fabric_(fabric),
      index_(index),
      spec_(std::move(spec)),
      clock_(boot_time(fabric.kernel.seed, index)),
      disk_(engine::Draws(fabric.kernel.seed, "disk", index), spec_.disk_min, spec_.disk_max),
      ports_(fabric, index),
      factory_(std::move(factory)) {
  set_config(spec_.config);
}

NodeHost::~NodeHost() = default;

void NodeHost::set_config(syncer::node::NodeConfig config) {
  const syncer::node::NodeConfig& former = spec_.config;
  for (const syncer::Endpoint& address : {former.gossip_address, former.rpc_address, former.cluster_address}) {
    fabric_.directory.unbind(address, index_);
  }
  spec_.config = std::move(config);
  fabric_.directory.bind(spec_.config.gossip_address, {index_, syncer::Listener::Gossip});
  fabric_.directory.bind(spec_.config.rpc_address, {index_, syncer::Listener::Rpc});
  if (spec_.config.cluster_address != syncer::Endpoint{}) {
    fabric_.directory.bind(spec_.config.cluster_address, {index_, syncer::Listener::Cluster});
  }
}

Instant NodeHost::local_now() const { return clock_.local(fabric_.kernel.now()); }

bool NodeHost::can_run() const {
  return running() && !paused() && fabric_.kernel.now() >= busy_until_ && inbox_head_ == inbox_.size();
}

bool NodeHost::takes_datagram(std::size_t bytes) const {
  return running() && !suspended_ &&
         (inbox_bytes_ == 0 || inbox_bytes_ + bytes <= fabric_.kernel.options.socket_buffer);
}

void NodeHost::post(const QueuedEvent& work, std::size_t bytes) {
  if (!running()) return discard(work);
  if (can_run()) return run(work);
  inbox_.push_back({work, bytes});
  inbox_bytes_ += bytes;
  if (!paused() && !processor_armed_) {
    processor_armed_ = true;
    fabric_.kernel.push(std::max(busy_until_, fabric_.kernel.now()), EventCode::ProcessorFree, index_);
  }
}

void NodeHost::processor_free() {
  processor_armed_ = false;
  drain();
  if (running() && !paused()) arm();
}

/// Takes up waiting work until the processor is busy again.
void NodeHost::drain() {
  while (running() && !paused() && inbox_head_ < inbox_.size() && fabric_.kernel.now() >= busy_until_) {
    const Waiting next = inbox_[inbox_head_++];
    inbox_bytes_ -= next.bytes;
    if (inbox_head_ == inbox_.size()) {
      inbox_.clear();
      inbox_head_ = 0;
    }
    run(next.work);
  }
  if (inbox_head_ < inbox_.size() && running() && !paused() && !processor_armed_) {
    processor_armed_ = true;
    fabric_.kernel.push(busy_until_, EventCode::ProcessorFree, index_);
  }
}

void NodeHost::run(const QueuedEvent& work) {
  fabric_.kernel.at_work = index_;
  const Instant now = local_now();
  input_is_next_ = false;
  busy_until_ = fabric_.kernel.now() + cost_;
  switch (static_cast<EventCode>(work.kind)) {
    case EventCode::WorkDatagram:
      run_datagram(work.payload, now);
      break;
    case EventCode::WorkAnswer: {
      std::optional<CallNet::Ended> ended = fabric_.calls.take(work.payload);
      if (ended) process_->on_http(now, ended->id, std::move(ended->outcome));
      break;
    }
    case EventCode::WorkStored: {
      const Stored stored = stored_.at(work.payload);
      stored_.release(work.payload);
      if (stored.incarnation == incarnation_) process_->on_stored(now, stored.call, stored.outcome);
      break;
    }
    default:
      run_stream(work, now);
  }
  settle();
}

void NodeHost::run_datagram(Handle handle, Instant now) {
  const Packet& packet = fabric_.datagrams.packet(handle);
  const OddDelivery delivery = fabric_.datagrams.take_up(handle, incarnation_);
  if (delivery.oddity != Oddity::None) fabric_.kernel.probes.before_odd_delivery(delivery);
  process_->on_datagram(now, packet.source, packet.bytes);
  if (delivery.oddity != Oddity::None) fabric_.kernel.probes.after_odd_delivery(delivery);
  fabric_.datagrams.release(handle);
}

void NodeHost::run_stream(const QueuedEvent& work, Instant now) {
  StreamNet& streams = fabric_.streams;
  if (!streams.link_open(work.payload)) return streams.release_segment(work.payload);
  const Segment& segment = streams.segment(work.payload);
  switch (static_cast<EventCode>(work.kind)) {
    case EventCode::WorkAccepted: {
      const StreamNet::Accepted accepted = streams.accepted(work.payload);
      process_->on_stream_accepted(now, segment.link, accepted.listener, accepted.from, accepted.identity);
      break;
    }
    case EventCode::WorkConnected:
      process_->on_stream_connected(now, segment.link, streams.identity_of_acceptor(work.payload));
      break;
    case EventCode::WorkData:
      process_->on_stream_data(now, segment.link, segment.bytes);
      return streams.consumed(work.payload);
    default: {
      SYNCER_ASSERT(static_cast<EventCode>(work.kind) == EventCode::WorkClosed);
      const syncer::LinkId link = segment.link;
      const char* reason = segment.reason;
      streams.closed_told(work.payload);
      process_->on_stream_closed(now, link, reason);
    }
  }
  streams.release_segment(work.payload);
}

/// Work that nobody will do any more.
void NodeHost::discard(const QueuedEvent& work) {
  switch (static_cast<EventCode>(work.kind)) {
    case EventCode::WorkDatagram:
      return fabric_.datagrams.release(work.payload);
    case EventCode::WorkAnswer:
      return;  // its call went with the process
    case EventCode::WorkStored:
      return stored_.release(work.payload);
    default:
      return fabric_.streams.release_segment(work.payload);
  }
}

/// After every call of the node: it may have come to its end, or have another deadline.
void NodeHost::settle() {
  std::vector<NodeIndex>& acted = fabric_.kernel.acted;
  if (!spec_.stranger && std::find(acted.begin(), acted.end(), index_) == acted.end()) acted.push_back(index_);
  if (dying_) return die();
  if (!process_->fatal().empty()) return exit_failed(process_->fatal());
  if (stopping_ && process_->left()) return end_process(HostChange::Stopped, Farewell::Reset);
  arm();
}

void NodeHost::arm() {
  const Instant due = clock_.world(process_->next_deadline());
  if (due == syncer::kNever || paused()) return;
  const Instant at = std::max({due, fabric_.kernel.now(), busy_until_});
  if (armed_ && *armed_ <= at) return;
  armed_ = at;
  fabric_.kernel.push(at, EventCode::Wake, index_);
}

void NodeHost::rearm() {
  armed_.reset();
  if (running()) arm();
}

bool NodeHost::wake() {
  if (!running() || armed_ != fabric_.kernel.now()) return false;
  armed_.reset();
  if (paused()) return false;
  const bool yields = input_is_next_ && processor_armed_;
  if (fabric_.kernel.now() >= busy_until_ && local_now() >= process_->next_deadline() && !yields) {
    busy_until_ = fabric_.kernel.now() + cost_;
    input_is_next_ = inbox_head_ < inbox_.size();
    fabric_.kernel.at_work = index_;
    process_->advance(local_now());
    settle();
    return true;
  }
  arm();
  return false;
}

bool NodeHost::disk_done(std::uint32_t incarnation) {
  if (incarnation != incarnation_ || disk_.idle()) return false;
  DiskDone done = disk_.complete();
  const Handle handle = stored_.acquire();
  stored_.at(handle) = {done.call, std::move(done.outcome), incarnation};
  post({static_cast<std::uint32_t>(EventCode::WorkStored), index_, handle}, 0);
  return true;
}

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
  fabric_.kernel.at_work = index_;
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
  fabric_.kernel.at_work = index_;
  fabric_.kernel.after(std::chrono::seconds(30), EventCode::StopLimit, index_, {incarnation_, 0});
  process_->leave(local_now());
  settle();
  return true;
}

void NodeHost::stop_limit(std::uint32_t incarnation) {
  if (running() && stopping_ && incarnation == incarnation_) end_process(HostChange::Stopped, Farewell::Reset);
}

void NodeHost::lose_from_disk(DiskFate fate) {
  disk_.crash(fate);
  if (hardware_ != nullptr) hardware_->crash_disk(fate);
}

bool NodeHost::crash(DiskFate fate, Farewell farewell) {
  if (!running()) return false;
  end_process(HostChange::Crashed, farewell);
  lose_from_disk(fate);
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
  inbox_bytes_ = 0;
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
  if (other_side_ != nullptr && other_side_->running())
    other_side_->exit_failed("the other side of its bridge failed: " + failure_);
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
  ++doomed_deaths_;
  fall(doom);
  if (other_side_ != nullptr && other_side_->running()) other_side_->fall(doom);
}

void NodeHost::fall(const Doom& doom) {
  revives_ = true;
  crash(doom.disk, Farewell::Reset);
  fabric_.kernel.after(doom.down, EventCode::Supervise, index_, {incarnation_, 0});
}

bool NodeHost::pause() {
  if (!running() || paused_) return false;
  paused_ = true;
  hold_process();
  tell(HostChange::Paused);
  return true;
}

bool NodeHost::resume() {
  if (!running() || !paused_) return false;
  paused_ = false;
  hold_process();
  tell(HostChange::Resumed);
  drain();
  if (running() && !paused()) rearm();
  return true;
}

bool NodeHost::suspend() {
  if (suspended_) return false;
  suspended_ = true;
  hold_process();
  fabric_.network.set_machine_up(Site::node(index_), false);
  if (running()) tell(HostChange::Paused);
  return true;
}

bool NodeHost::resume_machine() {
  if (!suspended_) return false;
  suspended_ = false;
  fabric_.network.set_machine_up(Site::node(index_), true);
  if (!running()) return true;
  hold_process();
  tell(HostChange::Resumed);
  drain();
  if (running() && !paused()) rearm();
  return true;
}

bool NodeHost::operate(const std::function<void(syncer::node::Node&, Instant)>& action) {
  if (node() == nullptr || paused()) return false;
  fabric_.kernel.at_work = index_;
  action(*process_->node(), local_now());
  settle();
  return true;
}

syncer::Result<void> NodeHost::obey(const Order& order) {
  if (!running() || paused()) {
    return syncer::failure(syncer::ErrorCode::Unreachable, "", "the syncer is not there to hear it");
  }
  fabric_.kernel.at_work = index_;
  syncer::Result<void> outcome = process_->obey(local_now(), order);
  settle();
  return outcome;
}

void NodeHost::stir() {
  if (!running()) return;
  fabric_.kernel.at_work = index_;
  settle();
}

void NodeHost::set_real(ProcessFactory factory, Hardware& hardware) {
  factory_ = std::move(factory);
  hardware_ = &hardware;
}

std::optional<Appearance> NodeHost::appearance() const {
  if (!running()) return std::nullopt;
  return process_->appearance();
}

/// The process goes or stands as it is told to.
void NodeHost::hold_process() {
  if (running()) process_->freeze(paused());
}

}  // namespace sim::host
