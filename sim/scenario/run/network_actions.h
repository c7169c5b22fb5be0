// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/run/actions.h"

namespace sim::scenario {

/// The network.
struct NetworkActions : ActionContext {
  void operator()(const Partition& a) const;
  void operator()(const Heal& a) const;
  void operator()(const LinkChange& a) const;
  void operator()(const Clog& a) const;
  void operator()(const Unclog& a) const;
  void operator()(const Swizzle& a) const;
  void operator()(const Reset& a) const;
  void operator()(const HalfOpen& a) const;
};

}  // namespace sim::scenario
