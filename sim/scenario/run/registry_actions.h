// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/run/actions.h"

namespace sim::scenario {

/// Registries and the applications beside them.
struct RegistryActions : ActionContext {
  void operator()(const RegistryRegister& a) const;
  void operator()(const RegistryDeregister& a) const;
  void operator()(const RegistryStopHeartbeat& a) const;
  void operator()(const RegistryHeartbeat& a) const;
  void operator()(const RegistryExpire& a) const;
  void operator()(const RegistryStatus& a) const;
  void operator()(const RegistryUpdate& a) const;
  void operator()(const RegistryOutage& a) const;
  void operator()(const RegistryStoreOutage& a) const;
  void operator()(const RegistrySlow& a) const;
  void operator()(const RegistryFail& a) const;
  void operator()(const RegistryListEmpty& a) const;
  void operator()(const RegistryListPartial& a) const;
  void operator()(const RegistryStaleRead& a) const;
  void operator()(const RegistryDataLoss& a) const;
  void operator()(const RegistryRestore& a) const;
  void operator()(const RegistryFailover& a) const;
  void operator()(const RegistryLimit& a) const;
  void operator()(const RegistryMeddle& a) const;
};

}  // namespace sim::scenario
