// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/raft/notation.h"

#include <cstdio>
#include <sstream>

namespace syncer::raft::golden {
namespace {

std::string hex(VoterId id) {
  char text[17];
  std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(id.value));
  return id == kNobody ? "None" : text;
}

std::string quoted(const Bytes& data) {
  std::string out = "\"";
  for (const char c : data) {
    const auto byte = static_cast<unsigned char>(c);
    char escape[5];
    std::snprintf(escape, sizeof escape, "\\x%02x", byte);
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else {
      out += byte >= 0x20 && byte < 0x7f ? std::string(1, c) : std::string(escape);
    }
  }
  return out + "\"";
}

std::string describe(const Entry& e) {
  return std::to_string(e.term) + "/" + std::to_string(e.index) + " EntryNormal " + quoted(e.data);
}

std::string describe(const Snapshot& s, const std::vector<VoterId>& voters) {
  std::ostringstream out;
  out << "Index:" << s.at.index << " Term:" << s.at.term << " ConfState:Voters:[";
  for (std::size_t i = 0; i < voters.size(); ++i) out << (i == 0 ? "" : " ") << voters[i].value;
  out << "] VotersOutgoing:[] Learners:[] LearnersNext:[] AutoLeave:false";
  return out.str();
}

std::string describe(const std::vector<Entry>& entries) {
  if (entries.empty()) return {};
  if (entries.size() == 1) return " Entries:[" + describe(entries.front()) + "]";
  std::string out = " Entries:[\n";
  for (const Entry& e : entries) out += "  " + describe(e) + "\n";
  return out + "]";
}

void print_entries(std::ostream& out, const char* heading, const std::vector<Entry>& entries) {
  if (entries.empty()) return;
  out << heading << ":\n";
  for (const Entry& e : entries) out << print(e);
}

}  // namespace

std::string print(Role role) {
  switch (role) {
    case Role::Follower:
      return "StateFollower";
    case Role::PreCandidate:
      return "StatePreCandidate";
    case Role::Candidate:
      return "StateCandidate";
    case Role::Leader:
      return "StateLeader";
  }
  return "?";
}

std::string print(const Entry& entry) { return describe(entry) + "\n"; }

std::string print(const Message& m, const std::vector<VoterId>& voters) {
  std::ostringstream out;
  out << hex(m.from) << "->" << hex(m.to) << " " << name(m.type) << " Term:" << m.term;
  out << " Log:" << m.log.term << "/" << m.log.index;
  if (m.rejected) out << " Rejected (Hint: " << m.hint << ")";
  if (m.commit != 0) out << " Commit:" << m.commit;
  out << describe(m.entries);
  if (m.snapshot) out << "\n  Snapshot: " << describe(*m.snapshot, voters);
  out << "\n";
  return out.str();
}

std::string print(const Ready& r, const std::vector<VoterId>& voters) {
  std::ostringstream out;
  if (r.soft_state) {
    out << "Lead:" << r.soft_state->leader.value << " State:" << print(r.soft_state->role) << "\n";
  }
  if (r.hard_state) {
    out << "HardState Term:" << r.hard_state->term;
    if (r.hard_state->vote != kNobody) out << " Vote:" << r.hard_state->vote.value;
    out << " Commit:" << r.hard_state->commit << "\n";
  }
  print_entries(out, "Entries", r.entries);
  if (r.snapshot) out << "Snapshot " << describe(*r.snapshot, voters) << "\n";
  print_entries(out, "CommittedEntries", r.committed);
  if (!r.messages.empty() || !r.promises.empty()) out << "Messages:\n";
  for (const Message& m : r.messages) out << print(m, voters);
  for (const Message& m : r.promises) out << print(m, voters);
  if (out.str().empty()) return "<empty Ready>\n";
  return std::string("Ready MustSync=") + (r.must_sync ? "true" : "false") + ":\n" + out.str();
}

std::string print(const std::map<VoterId, Progress>& progress, std::size_t max_inflight) {
  static constexpr const char* kStates[] = {"StateProbe", "StateReplicate", "StateSnapshot"};
  std::ostringstream out;
  for (const auto& [voter, p] : progress) {
    out << voter.value << ": " << kStates[static_cast<int>(p.state)] << " match=" << p.match << " next=" << p.next;
    if (p.paused()) out << " paused";
    if (p.pending_snapshot > 0) out << " pendingSnap=" << p.pending_snapshot;
    if (!p.active) out << " inactive";
    if (!p.window.empty()) out << " inflight=" << p.window.size() << (p.window.size() >= max_inflight ? "[full]" : "");
    out << "\n";
  }
  return out.str();
}

std::string indent(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) out += "  " + line + "\n";
  return out;
}

}  // namespace syncer::raft::golden
