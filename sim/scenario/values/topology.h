// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fault/path.h"
#include "sim/scenario/values/identity.h"
#include "sim/scenario/values/type.h"
#include "sim/scenario/values/values.h"

namespace sim::host {
struct RegistrySpec;
}

namespace sim::scenario {

using fault::ConnectFate;

enum class RegionMode : std::uint8_t { Single, Cluster };

/// Nodes that die together; the selector "machine:NAME" means all of them.
struct Machine {
  std::string name;
  std::vector<std::string> nodes;
  bool operator==(const Machine&) const = default;
};

/// How the clocks of a region's machines go from the beginning.
struct Clock {
  Shift skew;              ///< of the wall clock
  std::int64_t drift = 0;  ///< of the monotonic clock, parts per million
  bool operator==(const Clock&) const = default;
};

/// One registry and its syncers. The region's name is the cluster name of its syncers.
struct Region {
  Place place;
  std::string name;
  std::string registry;  ///< two regions may name the same one: a mistake of operators worth a scenario
  std::vector<std::string> syncers;
  RegionMode mode = RegionMode::Single;
  std::vector<Machine> machines;
  Clock clock{};
  std::string bridge_of;  ///< a syncer of another region: its process has this region's syncer as its far side
  bool operator==(const Region&) const = default;
};

/// Which id an application takes that registers again.
enum class ReturnIds : std::uint8_t { Same, New };

/// How applications come back that their registry forgot.
struct Returning {
  ReturnIds ids = ReturnIds::Same;
  Duration within{};  ///< over which they notice, from their next heartbeat on
  bool operator==(const Returning&) const = default;
};

/// Details of one registry; all have a default.
struct Registry {
  Place place;
  std::string name;
  std::string kind = "servicecenter";               ///< which implementation of a registry it is
  Duration ttl = std::chrono::seconds(120);         ///< lease of an instance registered by an application
  std::uint32_t front_ends = 1;                     ///< addresses in front of the one store
  Duration latency = std::chrono::milliseconds(1);  ///< time to answer
  std::string version;                              ///< which release of its kind it behaves like; empty: its usual one
  std::optional<Duration> min_lease;                ///< shorter leases are raised to this (release 2.1 and later)
  std::optional<Duration> delete_visibility;        ///< how long a removed instance is still listed
  bool lags = true;                                 ///< readers see writes late, and some writes are lost
  Returning returning{};
  std::optional<Duration> tokens;  ///< requests need a token, which lives this long; its syncers know a password
  bool operator==(const Registry&) const = default;
};
/// What the world is to build for it.
host::RegistrySpec registry_spec(const Registry& registry);

/// const: `mean`. uniform: `min`..`max`. exp: `min` + exponential up to the given `mean`. lognormal: `p50`, `p99`.
/// bimodal: `min`, and with probability `chance` `max`.
struct Delay {
  fault::Shape dist = fault::Shape::Const;
  std::optional<Duration> min;
  std::optional<Duration> max;
  std::optional<Duration> mean;
  std::optional<Duration> p50;
  std::optional<Duration> p99;
  std::optional<Ratio> chance;
  bool operator==(const Delay&) const = default;
};

/// Two-state Gilbert model: losses that come together.
struct Burst {
  Ratio enter;
  Ratio exit;
  Ratio loss{1, 1};
  bool operator==(const Burst&) const = default;
};

/// A share of packets is held back by up to `extra`.
struct Reorder {
  Ratio chance;
  Duration extra{};
  bool operator==(const Reorder&) const = default;
};

/// What a link does to packets; absent means "leave as it is".
struct LinkQuality {
  std::optional<Delay> latency;
  std::optional<Ratio> loss;
  std::optional<Burst> burst;
  std::optional<Ratio> duplicate;
  std::optional<Reorder> reorder;
  std::optional<Ratio> corrupt;
  std::optional<Bandwidth> bandwidth;
  std::optional<Size> queue;  ///< bytes that wait for the bandwidth; more is dropped (tail drop)
  std::optional<Size> mtu;
  std::optional<ConnectFate> connect;
  bool operator==(const LinkQuality&) const = default;
};

/// Quality of the links `from` -> `to` (and back with `both`), or of all links inside each region of `within`.
/// The last entry that matches a pair of nodes wins as a whole.
struct LinkRule {
  Place place;
  Selector from;
  Selector to;
  bool both = false;
  Selector within;  ///< "any-region" or "region:NAME"; exclusive with from / to
  LinkQuality quality;
  bool operator==(const LinkRule&) const = default;
};

/// Some pairs of nodes are always slower than the rest: each with `chance`, by a time up to `extra` in both directions.
struct SlowPair {
  Selector among{"all"};
  Ratio chance;
  Duration extra{};
  bool operator==(const SlowPair&) const = default;
};

struct Topology {
  std::vector<Region> regions;
  std::vector<Registry> registries;  ///< every one that a region names, with or without details
  std::vector<LinkRule> links;
  bool sealed = false;                                  ///< gossip is encrypted, all syncers share one key
  CertificateRule certificates = CertificateRule::Off;  ///< each syncer shows one of its region
  std::vector<Identity> identities;                     ///< of syncers that show another one
  std::optional<SlowPair> slow_pair;
  bool operator==(const Topology&) const = default;
};

// A registry's instance ids know no "/" (^[A-Za-z0-9_.-]*$, at most 64), so "base/svc-1/3" is "base..svc-1..3" there.

/// The id in a registry of the instance that a scenario calls `name`.
std::string instance_id(std::string_view name);
/// The way back.
std::string instance_name(std::string_view id);
/// Whether the instance with this id (or name) is meant by a scenario's word: a name, a glob over names, "any" or
/// "all".
bool instance_matches(std::string_view pattern, std::string_view id);
/// Whether a name can be an id.
bool is_instance_name(std::string_view name);

constexpr auto words(Type<RegionMode>) {
  return Words<RegionMode, 2>{{{"single", RegionMode::Single}, {"cluster", RegionMode::Cluster}}};
}

constexpr auto words(Type<ReturnIds>) {
  return Words<ReturnIds, 2>{{{"same", ReturnIds::Same}, {"new", ReturnIds::New}}};
}

constexpr auto words(Type<fault::Shape>) {
  return Words<fault::Shape, 5>{{{"const", fault::Shape::Const},
                                 {"uniform", fault::Shape::Uniform},
                                 {"exp", fault::Shape::Exp},
                                 {"lognormal", fault::Shape::Lognormal},
                                 {"bimodal", fault::Shape::Bimodal}}};
}

constexpr auto words(Type<ConnectFate>) {
  return Words<ConnectFate, 3>{
      {{"accept", ConnectFate::Accept}, {"refuse", ConnectFate::Refuse}, {"hang", ConnectFate::Hang}}};
}

template <class V>
void describe(V& v, Type<ServiceKey>) {
  v.needs("name", &ServiceKey::name, "name of the microservice");
  v.takes("app", &ServiceKey::app, "application it belongs to");
  v.takes("version", &ServiceKey::version, "version, such as \"1.0.0\"");
  v.takes("environment", &ServiceKey::environment, "environment, empty for the registry's default");
}

template <class V>
void describe(V& v, Type<Clock>) {
  v.takes("skew", &Clock::skew, "the wall clock is off by this, with a sign");
  v.takes("drift", &Clock::drift, "the monotonic clock runs fast or slow, parts per million");
}

template <class V>
void describe(V& v, Type<Region>) {
  v.needs("registry", &Region::registry, "name of the region's registry");
  v.needs("syncers", &Region::syncers, "names of its syncers");
  v.takes("mode", &Region::mode, "one syncer, or three that elect a leader");
  v.takes("machines", &Region::machines, "groups of nodes that die together: name -> list of syncers");
  v.takes("clock", &Region::clock, "how the clocks of its machines go");
  v.takes("bridge_of", &Region::bridge_of,
          "the syncer whose bridge ends in this region's registry: one process with this region's syncer");
}

template <class V>
void describe(V& v, Type<Returning>) {
  v.takes("ids", &Returning::ids, "the same as before, or new ones with the same endpoints");
  v.takes("within", &Returning::within, "over which they come back, from their next heartbeat on");
}

template <class V>
void describe(V& v, Type<Registry>) {
  v.takes("kind", &Registry::kind, "which implementation it is");
  v.takes("ttl", &Registry::ttl, "lease of an instance of an application");
  v.takes("front_ends", &Registry::front_ends, "addresses in front of the one store");
  v.takes("latency", &Registry::latency, "time to answer a request");
  v.takes("version", &Registry::version, "release it behaves like");
  v.takes("min_lease", &Registry::min_lease, "shorter leases are raised to this (release 2.1 and later)");
  v.takes("delete_visibility", &Registry::delete_visibility, "how long a removed instance is still listed");
  v.takes("lags", &Registry::lags, "readers see writes late and some writes are lost, as in the real one");
  v.takes("tokens", &Registry::tokens, "requests need a token, which lives this long; its syncers know a password");
  v.takes("returning", &Registry::returning, "how applications come back that it forgot");
  v.later("watch", "syncers poll their registry: nothing to choose");
  v.later("seed", "use a workload \"steady\" at \"0s\"");
}

template <class V>
void describe(V& v, Type<Delay>) {
  v.needs("dist", &Delay::dist, "shape of the distribution");
  v.takes("min", &Delay::min, "least value (uniform, exp, bimodal)");
  v.takes("max", &Delay::max, "greatest value (uniform), or the slow one (bimodal)");
  v.takes("mean", &Delay::mean, "value (const) or mean over all (exp)");
  v.takes("p50", &Delay::p50, "median (lognormal)");
  v.takes("p99", &Delay::p99, "99th percentile (lognormal)");
  v.takes("chance", &Delay::chance, "share of slow ones (bimodal)");
  v.later("file", "use \"lognormal\" with the \"p50\" and \"p99\" of the trace");
}

template <class V>
void describe(V& v, Type<Burst>) {
  v.needs("enter", &Burst::enter, "chance per packet to enter the bad state");
  v.needs("exit", &Burst::exit, "chance per packet to leave it");
  v.takes("loss", &Burst::loss, "loss in the bad state");
}

template <class V>
void describe(V& v, Type<Reorder>) {
  v.needs("chance", &Reorder::chance, "share of packets held back");
  v.needs("extra", &Reorder::extra, "for at most this long");
}

template <class V>
void describe(V& v, Type<LinkQuality>) {
  v.takes("latency", &LinkQuality::latency, "one-way delay");
  v.takes("loss", &LinkQuality::loss, "chance that a packet is lost");
  v.takes("burst", &LinkQuality::burst, "losses that come together (Gilbert model)");
  v.takes("duplicate", &LinkQuality::duplicate, "chance that a datagram arrives twice");
  v.takes("reorder", &LinkQuality::reorder, "datagrams that are overtaken");
  v.takes("corrupt", &LinkQuality::corrupt, "chance that a datagram is damaged");
  v.takes("bandwidth", &LinkQuality::bandwidth, "bits per second");
  v.takes("queue", &LinkQuality::queue, "bytes that may wait for the bandwidth");
  v.takes("mtu", &LinkQuality::mtu, "largest datagram");
  v.takes("connect", &LinkQuality::connect, "what becomes of new connections; open ones go on");
}

template <class V>
void describe(V& v, Type<LinkRule>) {
  v.takes("from", &LinkRule::from, "sending side");
  v.takes("to", &LinkRule::to, "receiving side");
  v.takes("both", &LinkRule::both, "the way back as well");
  v.takes("within", &LinkRule::within, "inside each of these regions, instead of from and to");
  v.inlined(&LinkRule::quality);
}

template <class V>
void describe(V& v, Type<SlowPair>) {
  v.takes("among", &SlowPair::among, "nodes; all when absent");
  v.needs("chance", &SlowPair::chance, "that a pair is slow");
  v.needs("extra", &SlowPair::extra, "up to so much is added to each way");
}

template <class V>
void describe(V& v, Type<Topology>) {
  v.named("regions", &Topology::regions, "name -> region");
  v.named("registries", &Topology::registries, "name -> details of a registry");
  v.takes("links", &Topology::links, "quality of links; the last match wins");
  v.takes("sealed", &Topology::sealed, "gossip is sealed with a key that all syncers share");
  v.takes("certificates", &Topology::certificates, "each syncer shows a certificate of its region, and demands one");
  v.named("identities", &Topology::identities, "syncer -> the certificate that it shows instead");
  v.takes("slow_pair", &Topology::slow_pair, "some pairs of nodes are always slower than the rest");
}

}  // namespace sim::scenario
