// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/fault/fault_layer.h"
#include "mocksc/servicecenter/api/model.h"
#include "mocksc/servicecenter/api/operation.h"

namespace mocksc {

/// The front-ends of a service center with faults between them and their callers.
class FaultyFrontend : public FaultLayer {
 public:
  FaultyFrontend(Model model, syncer::Random random);

  Model& model() { return *model_; }
  const Model& model() const { return *model_; }

 private:
  Model* model_;
};

}  // namespace mocksc
