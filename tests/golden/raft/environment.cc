// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/raft/environment.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tests/golden/raft/notation.h"

namespace syncer::raft::golden {
namespace {

constexpr Duration kTick = std::chrono::milliseconds(100);

VoterId voter_id(const std::string& text) { return VoterId{std::stoull(text)}; }

std::vector<VoterId> voter_ids(const std::vector<std::string>& texts) {
  std::vector<VoterId> ids;
  for (const std::string& text : texts) ids.push_back(voter_id(text));
  return ids;
}

Options options_of(const Directive& d) {
  Options options;
  options.election_timeout = 3 * kTick;
  options.heartbeat_interval = options.election_step = kTick;
  options.pre_vote = d.values("prevote") == std::vector<std::string>{"true"};
  options.check_quorum = d.values("checkquorum") == std::vector<std::string>{"true"};
  options.max_inflight = d.has("inflight") ? std::stoull(d.values("inflight").at(0)) : std::size_t{1} << 31U;
  options.max_message_entries = options.max_message_bytes = std::numeric_limits<std::size_t>::max();
  options.max_uncommitted_bytes = std::numeric_limits<std::size_t>::max();
  return options;
}

}  // namespace

std::string Environment::run(const Directive& d) {
  std::string printed = dispatch(d);
  // A proposal prints nothing but its error, and errors are printed at every level.
  if (quiet_ && d.command != "propose") return "ok\n";
  return printed.empty() ? "ok\n" : printed;
}

std::string Environment::dispatch(const Directive& d) {
  const auto first = [&]() -> Node& { return node(d.positionals().at(0)); };
  if (d.command == "log-level") return quiet_ = d.positionals().at(0) == "none", "";
  if (d.command == "add-nodes") return add_nodes(d), "";
  if (d.command == "campaign") return first().voter.campaign(first().clock), "";
  if (d.command == "propose") return propose(d);
  if (d.command == "process-ready") return process_ready(d);
  if (d.command == "stabilize") return stabilize(d);
  if (d.command == "deliver-msgs") return deliver(d);
  if (d.command == "tick-heartbeat") return tick(first(), 1), "";
  if (d.command == "tick-election") return tick(first(), 3), "";
  if (d.command == "raft-state") return raft_state();
  if (d.command == "raft-log") return raft_log(first());
  if (d.command == "compact") return compact(d);
  if (d.command == "send-snapshot") return send_snapshot(d);
  if (d.command == "forget-leader") return first().voter.forget_leader(), "";
  if (d.command == "report-unreachable") return first().voter.report_unreachable(voter_id(d.positionals().at(1))), "";
  if (d.command == "set-randomized-election-timeout") {
    return first().voter.set_drawn_timeout(std::stoi(d.values("timeout").at(0)) * kTick), "";
  }
  if (d.command == "transfer-leadership") {
    Node& from = node(d.values("from").at(0));
    return from.voter.transfer(from.clock, voter_id(d.values("to").at(0))), "";
  }
  if (d.command == "status") {
    const Raft& voter = first().voter;
    return voter.soft_state().role == Role::Leader ? print(voter.progress(), voter.options().max_inflight) : "";
  }
  throw std::runtime_error(d.place + ": unknown command " + d.command);
}

void Environment::add_nodes(const Directive& d) {
  const bool with_snapshot = d.has("index");
  if (voters_.empty()) voters_ = voter_ids(d.values("voters"));
  Stored stored;
  if (with_snapshot) stored.base = stored.snapshot.at = {1, std::stoull(d.values("index").at(0))};
  for (int count = std::stoi(d.positionals().at(0)); count > 0; --count) {
    const VoterId id{nodes_.size() + 1};
    // A blank node gets the group's voters too: it cannot campaign before the snapshot it waits for.
    Raft voter(id, voters_, options_of(d), Random(id.value), Instant{}, stored);
    nodes_.emplace(id, Node{std::move(voter), with_snapshot, Instant{}, stored.base, {}});
  }
}

std::string Environment::propose(const Directive& d) {
  Node& n = node(d.positionals().at(0));
  const Result<Position> at = n.voter.propose(n.clock, d.positionals().at(1));
  return at ? "" : at.error().where + "\n";
}

std::string Environment::process_ready(const Directive& d) {
  const std::vector<std::string> ids = d.positionals();
  if (ids.size() == 1) return handle_ready(node(ids.front()));
  std::string out;
  for (const std::string& id : ids) out += "> " + id + " handling Ready\n" + indent(handle_ready(node(id)));
  return out;
}

std::string Environment::handle_ready(Node& n) {
  const Ready ready = n.voter.take_ready();
  std::string out = print(ready, voters_);
  store(n, ready);
  queue_.insert(queue_.end(), ready.messages.begin(), ready.messages.end());
  queue_.insert(queue_.end(), ready.promises.begin(), ready.promises.end());
  n.voter.on_stored(n.clock);
  const Index applied = n.voter.log().applied();
  if (ready.snapshot) n.knows_voters = true;
  if (!ready.committed.empty()) n.voter.keep_snapshot(Snapshot{{ready.committed.back().term, applied}, "state"});
  return out;
}

void Environment::store(Node& n, const Ready& ready) {
  if (ready.snapshot) {
    n.base = ready.snapshot->at;
    n.entries.clear();
  }
  if (ready.entries.empty()) return;
  n.entries.resize(ready.entries.front().index - n.base.index - 1);
  n.entries.insert(n.entries.end(), ready.entries.begin(), ready.entries.end());
}

std::string Environment::stabilize(const Directive& d) {
  std::vector<VoterId> ids = voter_ids(d.positionals());
  if (ids.empty()) {
    for (const auto& [id, n] : nodes_) ids.push_back(id);
  }
  std::string out;
  for (bool busy = true; busy;) {
    busy = false;
    for (const VoterId id : ids) {
      if (!nodes_.at(id).voter.has_ready()) continue;
      busy = true;
      out += "> " + std::to_string(id.value) + " handling Ready\n" + indent(handle_ready(nodes_.at(id)));
    }
    for (const VoterId id : ids) {
      if (!has_mail(id)) continue;
      out += "> " + std::to_string(id.value) + " receiving messages\n" + indent(deliver_to(id, false, {}, busy));
    }
  }
  return d.values("log-level") == std::vector<std::string>{"none"} ? "" : out;
}

std::string Environment::deliver(const Directive& d) {
  std::optional<std::string> type;
  if (d.has("type")) type = d.values("type").at(0);
  std::string out;
  bool handled = false;
  for (const Argument& a : d.arguments) {
    if (a.values.empty()) out += deliver_to(voter_id(a.key), false, type, handled);
    if (a.key != "drop") continue;
    for (const std::string& id : a.values) out += deliver_to(voter_id(id), true, type, handled);
  }
  return handled ? out : "no messages\n";
}

std::string Environment::deliver_to(VoterId id, bool dropped, const std::optional<std::string>& type, bool& handled) {
  const auto stays = [&](const Message& m) { return m.to != id || (type && name(m.type) != *type); };
  const auto first = std::stable_partition(queue_.begin(), queue_.end(), stays);
  const std::vector<Message> taken(first, queue_.end());
  queue_.erase(first, queue_.end());
  std::string out;
  for (const Message& m : taken) {
    handled = true;
    out += (dropped ? "dropped: " : "") + print(m, voters_);
    if (dropped) continue;
    Node& n = nodes_.at(id);
    if (const auto reason = n.voter.receive(n.clock, m)) out += "refused: " + std::string(name(*reason)) + "\n";
  }
  return out;
}

std::string Environment::compact(const Directive& d) {
  Node& n = node(d.positionals().at(0));
  const Index index = std::stoull(d.positionals().at(1));
  if (index <= n.base.index) return "requested index is unavailable due to compaction\n";
  n.voter.compact(index);
  n.base = n.voter.log().base();
  n.entries.erase(n.entries.begin(),
                  std::find_if(n.entries.begin(), n.entries.end(), [&](const Entry& e) { return e.index > index; }));
  return raft_log(n);
}

std::string Environment::send_snapshot(const Directive& d) {
  const Node& from = node(d.positionals().at(0));
  Message m;
  m.type = MessageType::InstallSnapshot;
  m.from = from.voter.self();
  m.to = voter_id(d.positionals().at(1));
  m.term = from.voter.term();
  m.snapshot = from.voter.snapshot();
  queue_.push_back(m);
  return print(m, voters_);
}

std::string Environment::raft_state() const {
  std::string out;
  for (const auto& [id, n] : nodes_) {
    const SoftState soft = n.voter.soft_state();
    out += std::to_string(id.value) + ": " + print(soft.role) + (n.knows_voters ? " (Voter)" : " (Non-Voter)");
    out += " Term:" + std::to_string(n.voter.term()) + " Lead:" + std::to_string(soft.leader.value) + "\n";
  }
  return out;
}

std::string Environment::raft_log(const Node& n) const {
  if (n.entries.empty()) {
    return "log is empty: first index=" + std::to_string(n.base.index + 1) +
           ", last index=" + std::to_string(n.base.index) + "\n";
  }
  std::string out;
  for (const Entry& e : n.entries) out += print(e);
  return out;
}

void Environment::tick(Node& n, int times) {
  for (; times > 0; --times) {
    n.clock += kTick;
    n.voter.advance(n.clock);
  }
}

Environment::Node& Environment::node(const std::string& id) { return nodes_.at(voter_id(id)); }

bool Environment::has_mail(VoterId id) const {
  return std::any_of(queue_.begin(), queue_.end(), [&](const Message& m) { return m.to == id; });
}

}  // namespace syncer::raft::golden
