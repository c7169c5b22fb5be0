// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/language/type.h"
#include "sim/scenario/values/topology.h"

namespace sim::scenario {

constexpr auto words(Type<RegionMode>) {
  return Words<RegionMode, 2>{{{"single", RegionMode::Single}, {"cluster", RegionMode::Cluster}}};
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
  v.takes("slow_pair", &Topology::slow_pair, "some pairs of nodes are always slower than the rest");
}

}  // namespace sim::scenario
