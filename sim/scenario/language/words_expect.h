// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/values/expect.h"
#include "sim/scenario/language/words_predicate.h"

namespace sim::scenario {

constexpr auto words(Type<Per>) {
  return Words<Per, 3>{{{"run", Per::Run}, {"node", Per::Node}, {"node second", Per::NodeSecond}}};
}

template <class V>
void describe(V& v, Type<Eventually>) {
  v.needs("eventually", &Eventually::predicate, "true at some time");
  v.takes("after", &Eventually::after, "from then on");
  v.needs("within", &Eventually::within, "at the latest so much later");
}

template <class V>
void describe(V& v, Type<Always>) {
  v.needs("always", &Always::predicate, "true all the time");
  v.takes("from", &Always::from, "begin of the window");
  v.takes("until", &Always::until, "end of the window");
  v.takes("grace", &Always::grace, "may be false for at most this long in one stretch");
}

template <class V>
void describe(V& v, Type<Never>) {
  v.needs("never", &Never::predicate, "false all the time");
  v.takes("from", &Never::from, "begin of the window");
  v.takes("until", &Never::until, "end of the window");
  v.takes("grace", &Never::grace, "may be true for at most this long in one stretch");
}

template <class V>
void describe(V& v, Type<Keeps>) {
  v.needs("keeps", &Keeps::keeps, "true until the other comes");
  v.needs("until", &Keeps::until, "the other, which must come");
  v.takes("after", &Keeps::after, "from then on");
  v.needs("within", &Keeps::within, "at the latest so much later");
}

template <class V>
void describe(V& v, Type<Converged>) {
  v.needs("converged", &Converged::what, "regions that must show the same instances, or all, or core");
  v.takes("after", &Converged::after, "from then on");
  v.needs("within", &Converged::within, "at the latest so much later");
}

template <class V>
void describe(V& v, Type<Metric>) {
  v.needs("metric", &Metric::metric, "name of a measured quantity");
  v.takes("per", &Metric::per, "what it is divided by");
  v.takes("p50", &Metric::p50, "bound on the median");
  v.takes("p99", &Metric::p99, "bound on the 99th percentile");
  v.takes("max", &Metric::max, "bound on the maximum");
  v.takes("mean", &Metric::mean, "bound on the mean");
  v.takes("count", &Metric::count, "bound on the count");
  v.later("where", "the metric counts the whole run");
}

template <class V>
void describe(V& v, Type<Order>) {
  v.needs("order", &Order::labels, "labels in the order they come true");
}

/// Tells every form of an expectation, by the key that makes it.
template <class V>
void alternatives(V& v, Type<decltype(Expectation::form)>) {
  v.template alternative<Eventually>("eventually", "true at some time in a window");
  v.template alternative<Always>("always", "true at every event of a window");
  v.template alternative<Never>("never", "false at every event of a window");
  v.template alternative<Keeps>("keeps", "true until another comes");
  v.template alternative<Converged>("converged", "all live instances everywhere, once");
  v.template alternative<Metric>("metric", "bounds on a measured quantity");
  v.template alternative<Order>("order", "labels in order");
  v.later("sometimes", "use \"eventually\" in a scenario that makes it happen");
  v.later("reachable", "use \"eventually\" with a predicate that shows it");
  v.later("unreachable", "use \"never\" with a predicate that shows it");
  v.later("watermark", "use \"metric\" with \"max\", or \"always\" with \"queue_depth\"");
  v.later("message", "use \"metric\" of net.messages_sent or net.bytes_sent");
}

template <class V>
void describe(V& v, Type<Expectation>) {
  v.needs("id", &Expectation::id, "its name in reports");
  v.choice("", &Expectation::form, "what is demanded");
  v.takes("note", &Expectation::note, "a remark");
}

template <class V>
void describe(V& v, Type<Relax>) {
  v.needs("invariant", &Relax::invariant, "name of an always-on invariant");
  v.takes("grace", &Relax::grace, "may be broken for this long; switched off when absent");
  v.needs("reason", &Relax::reason, "why");
}

}  // namespace sim::scenario
