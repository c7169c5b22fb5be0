// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/membership/transition_harness.h"

#include <map>

namespace syncer::membership {

using json = nlohmann::json;

namespace {

Duration ms(const json& value) { return std::chrono::milliseconds(value.get<std::int64_t>()); }

Endpoint endpoint(const std::string& host, int port) {
  return parse_endpoint(host + ":" + std::to_string(port)).value();
}

Bytes bytes_of(const json& list) {
  Bytes out;
  for (const int v : list) out.push_back(static_cast<char>(v));
  return out;
}

json list_of(ByteView bytes) {
  json out = json::array();
  for (const char c : bytes) out.push_back(static_cast<std::uint8_t>(c));
  return out;
}

Versions versions_of(const json& list) {
  Versions v{};
  if (list.size() >= v.size()) {
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = list[i].get<std::uint8_t>();
  }
  return v;
}

Network network_of(const std::string& text) {
  const auto slash = text.find('/');
  return {endpoint(text.substr(0, slash), 0), 96 + std::stoi(text.substr(slash + 1))};
}

Options options_of(const json& config, Recorder& recorder) {
  Options o = lan_profile();
  o.encode = recorder.encoder();
  o.versions = {1, 5, 2, 0, 0, 0};
  if (config.contains("probe_interval_ms")) o.probe_interval = ms(config["probe_interval_ms"]);
  if (config.contains("probe_timeout_ms")) o.probe_timeout = ms(config["probe_timeout_ms"]);
  if (config.contains("dead_node_reclaim_ms")) o.dead_reclaim = ms(config["dead_node_reclaim_ms"]);
  o.indirect_checks = config.value("indirect_checks", o.indirect_checks);
  o.suspicion_mult = config.value("suspicion_mult", o.suspicion_mult);
  o.suspicion_max_mult = config.value("suspicion_max_timeout_mult", o.suspicion_max_mult);
  o.stream_pings = !config.value("disable_stream_pings", false);
  for (const std::string& text : config.value("cidrs_allowed", std::vector<std::string>{})) {
    o.allowed.push_back(network_of(text));
  }
  if (config.contains("alive_filter")) {
    o.alive_filter = [ok = config["alive_filter"] == "accept"](const Alive&) { return ok; };
  }
  if (config.contains("merge_filter")) {
    o.merge_filter = [ok = config["merge_filter"] == "accept"](std::span<const Entry>) { return ok; };
  }
  return o;
}

}  // namespace

State state_of(const std::string& text) {
  static const std::map<std::string, State> kStates{
      {"alive", State::Alive}, {"suspect", State::Suspect}, {"dead", State::Dead}, {"left", State::Left}};
  return kStates.at(text);
}

namespace {

Member self_of(const json& me, const Options& options, Instant now) {
  Member self;
  self.name = me.value("name", "self");
  self.address = endpoint(me.value("addr", "10.0.0.1"), me.value("port", 7946));
  self.meta = me.value("meta", "");
  self.versions = options.versions;
  self.state = state_of(me.value("state", "alive"));
  self.incarnation = me.value("incarnation", 1);
  self.changed = now;
  return self;
}

Member member_of(const json& m, std::size_t position, Instant now) {
  Member member;
  member.name = m.at("name").get<std::string>();
  member.address = endpoint(m.value("addr", "10.0.1." + std::to_string(position + 2)), m.value("port", 7946));
  member.meta = m.value("meta", "");
  member.versions = versions_of(m.at("vsn"));
  member.state = state_of(m.at("state"));
  member.incarnation = m.at("incarnation");
  member.changed = now - ms(m.value("state_age_ms", json(0)));
  return member;
}

void start_suspicion(const json& m, const Options& o, std::size_t members, Instant now, Member& member) {
  if (!m.contains("suspicion")) return;
  const auto start = suspicion_start(o.suspicion_mult, o.suspicion_max_mult, members, o.probe_interval);
  member.suspicion.emplace(m["suspicion"].at("from").get<std::string>(), start, now);
  for (const std::string from : m["suspicion"].at("confirmed_by")) member.suspicion->confirm(from, now);
}

}  // namespace

TransitionHarness::TransitionHarness(const json& setup)
    : options_(options_of(setup.value("config", json::object()), recorder_)),
      roster_(setup.value("self", json::object()).value("name", "self"), options_, Random(1)) {
  const json me = setup.value("self", json::object());
  RosterState state;
  state.members.push_back(self_of(me, options_, now_));
  for (std::size_t i = 0; i < setup.at("members").size(); ++i) {
    state.members.push_back(member_of(setup["members"][i], i, now_));
    // The number of members decides how a suspicion starts.
    start_suspicion(setup["members"][i], options_, setup["members"].size() + 1, now_, state.members.back());
  }
  state.counter = me.value("counter", state.members.front().incarnation);
  state.leaving = setup.value("leaving", false);
  state.health = setup.value("health", 0);
  roster_.restore(std::move(state));
}

void TransitionHarness::alive(const json& in) {
  const std::string node = in.at("node");
  // The reference tells itself its new metadata by an alive message marked so; ours has a call for it, which must end
  // the same.
  if (in.value("bootstrap", false)) {
    roster_.update_meta(now_, in.at("meta").get<std::string>(), out_);
    return;
  }
  const Bytes meta = in.at("meta").get<std::string>();
  const Bytes versions = bytes_of(in.at("vsn"));
  const Alive message{in.at("incarnation"), node, endpoint(in.at("addr"), in.at("port")), meta, versions};
  roster_.alive(now_, message, out_);
}

std::string TransitionHarness::merge(const json& in) {
  struct Owned {
    std::string name, meta, versions;
  };
  std::deque<Owned> owned;
  std::vector<Entry> entries;
  for (const json& e : in.at("entries")) {
    const Owned& o = owned.emplace_back(Owned{e.at("name"), e.at("meta"), bytes_of(e.at("vsn"))});
    const std::string state = e.at("state");
    const auto number = state == "9" ? 9 : static_cast<std::int64_t>(state_of(state));
    entries.push_back({o.name, endpoint(e.at("addr"), e.at("port")), o.meta, e.at("incarnation"), number, o.versions});
  }
  switch (roster_.merge(now_, entries, in.at("join"), out_)) {
    case Merge::Incompatible:
      return "incompatible";
    case Merge::Vetoed:
      return "vetoed";
    case Merge::Merged:
      break;
  }
  return "";
}

std::string TransitionHarness::apply(const json& in) {
  changed_before_.clear();
  roster_.table().for_each([&](const Member& m) { changed_before_[m.name] = m.changed; });
  now_ += Duration(1);  // a later instant, so that a moved time stamp shows
  const std::string type = in.at("type");
  const std::string node = in.value("node", "");
  const std::string from = in.value("from", "");
  if (type == "alive") alive(in);
  if (type == "suspect") roster_.suspect(now_, Suspect{in.at("incarnation"), node, from}, out_);
  if (type == "dead") roster_.dead(now_, Dead{in.at("incarnation"), node, from}, out_);
  if (type == "push_pull") return merge(in);
  if (type == "local_leave") roster_.leave(now_, out_);
  if (type == "local_update") roster_.update_meta(now_, in.at("meta").get<std::string>(), out_);
  if (type == "advance") {
    now_ += ms(in.at("ms"));
    while (roster_.next_expiry() <= now_) roster_.expire(roster_.next_expiry(), out_);
  }
  return "";
}

json TransitionHarness::describe(const std::string& node, const json& expected) const {
  const Member* m = find(node);
  if (m == nullptr) return {{"state", "unknown"}};
  json d{{"state", name(m->state)}, {"incarnation", m->incarnation}, {"addr", m->address.host()}};
  d["port"] = m->address.port;
  d["meta"] = m->meta;
  d["vsn"] = list_of(ByteView(reinterpret_cast<const char*>(m->versions.data()), m->versions.size()));
  const auto before = changed_before_.find(node);
  // A member that is new and not even alive yet never changed.
  d["state_changed"] = before == changed_before_.end() ? m->state == State::Alive || m->state == State::Left
                                                       : before->second != m->changed;
  d["suspicion"] = nullptr;
  if (m->suspicion) {
    const auto whole_ms = [](Duration t) { return std::chrono::duration_cast<std::chrono::milliseconds>(t).count(); };
    d["suspicion"] = {{"confirmations", m->suspicion->confirmations()},
                      {"k", m->suspicion->expected()},
                      {"min_ms", whole_ms(m->suspicion->min())},
                      {"max_ms", whole_ms(m->suspicion->max())}};
  }
  for (auto it = d.begin(); it != d.end();) it = expected.contains(it.key()) ? std::next(it) : d.erase(it);
  return d;
}

json TransitionHarness::take_broadcasts() {
  std::vector<ByteView> queued;
  roster_.queue().take(0, 1 << 20, 0, queued);  // a limit of no sends: all that is queued leaves the queue
  std::map<std::string, json> in_order;
  for (const ByteView bytes : queued) {
    const Recorded& r = recorder_.decode(bytes);
    json d{{"type", r.type}, {"node", r.node}, {"incarnation", r.incarnation}};
    if (r.type != "alive") d["from"] = r.from;
    if (r.type == "alive") {
      d.update({{"addr", r.address.host()}, {"port", r.address.port}, {"meta", r.meta}, {"vsn", list_of(r.versions)}});
    }
    in_order[to_hex(Bytes(bytes.rbegin(), bytes.rend()))] = d;  // the record's number, big end first
  }
  json result = json::array();
  for (auto& [number, d] : in_order) result.push_back(std::move(d));
  return result;
}

json TransitionHarness::take_events() {
  json events = json::array();
  for (const Change& c : out_.changes) {
    switch (c.kind) {
      case Change::Kind::Joined:
        events.push_back({{"type", "join"}, {"node", c.name}});
        break;
      case Change::Kind::Updated:
        events.push_back({{"type", "update"}, {"node", c.name}});
        break;
      case Change::Kind::Died:
      case Change::Kind::Left:
        events.push_back({{"type", "leave"}, {"node", c.name}});
        break;
      case Change::Kind::Conflict:
        events.push_back(
            {{"type", "conflict"}, {"node", c.name}, {"other_addr", c.other.host()}, {"other_port", c.other.port}});
        break;
      case Change::Kind::Suspected:
      case Change::Kind::Refuted:
        break;  // the reference keeps silent about these
    }
  }
  out_.clear();
  return events;
}

}  // namespace syncer::membership
